// Time spans in the notation of systemd.
import ArgumentParser

/// A span of time: 90s, 10min, 1h 30min, 500ms; a bare number is seconds, as in systemd.time(7).
public struct TimeSpan: ExpressibleByArgument, Sendable, Equatable {
    /// The span; more than zero.
    public let duration: Duration

    private static let units: [String: Double] = [
        "ms": 0.001, "msec": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hr": 3600,
        "d": 86_400, "day": 86_400, "days": 86_400,
    ]

    /// Nil unless it is a sum of numbers with units, more than zero, and less than a hundred years.
    public init?(argument: String) {
        var rest = argument.lowercased()[...]
        var seconds = 0.0
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { break }
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits),
                let factor = unit.isEmpty ? 1 : Self.units[String(unit)]
            else { return nil }
            seconds += number * factor
        }
        // A hundred years fit into every type that the span is converted to.
        guard seconds > 0, seconds < 3.2e9 else { return nil }
        duration = .seconds(seconds)
    }
}
