// Numbers as people read them.
import Foundation

enum Words {
    /// 1234567 → "1,234,567".
    static func count(_ value: Double) -> String {
        let digits = Array(String(Int(value.rounded().magnitude)))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value.rounded() < 0 ? "-" : "") + text
    }

    static func count(_ value: Int) -> String { count(Double(value)) }

    /// A rate: whole above 100, else with a digit or two after the point.
    static func rate(_ value: Double) -> String {
        value >= 100 ? count(value) : value >= 10 ? fixed(value, 1) : fixed(value, 2)
    }

    /// Microseconds as "47 µs", "1.27 ms", "3.2 s": three significant digits.
    static func time(_ microseconds: Double) -> String {
        switch microseconds {
        case ..<999.5: return three(microseconds) + " µs"
        case ..<999_500: return three(microseconds / 1e3) + " ms"
        default: return three(microseconds / 1e6) + " s"
        }
    }

    /// Bytes as "512 B", "12.4 MiB".
    static func bytes(_ bytes: Double) -> String {
        var (value, unit) = (bytes, 0)
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while abs(value) >= 1023.5, unit + 1 < units.count {
            (value, unit) = (value / 1024, unit + 1)
        }
        return "\(unit == 0 ? fixed(value, 0) : three(value)) \(units[unit])"
    }

    static func bytes(_ value: Int) -> String { bytes(Double(value)) }

    /// "3 s", "0.5 s".
    static func seconds(_ value: Double) -> String {
        value == value.rounded() ? "\(count(value)) s" : "\(fixed(value, 1)) s"
    }

    static func percent(_ share: Double) -> String { "\(fixed(share * 100, 0)) %" }

    static func fixed(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", value)
    }

    private static func three(_ value: Double) -> String {
        fixed(value, abs(value) >= 99.95 ? 0 : abs(value) >= 9.995 ? 1 : 2)
    }

    /// A paragraph in lines of at most `columns` characters, if no word is longer.
    static func wrapped(_ text: String, columns: Int = 100) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let line = lines.last, line.count + 1 + word.count <= columns {
                lines[lines.count - 1] = "\(line) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// "1 run", "3 runs".
    static func plural(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}
