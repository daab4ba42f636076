// Which values a flag takes, in words for errors.
import ArgumentParser

/// A type of values that says what they are.
protocol DescribedValue {
    /// To follow "takes": "a number of bytes (65536, 64K, 1M)".
    static var words: String { get }
}

enum ValueWords {
    /// The words for a flag's type; nil for text, which may be anything.
    static func of(_ type: Any.Type) -> String? {
        if let wrapped = (type as? any WrappingType.Type)?.wrapped { return of(wrapped) }
        if let described = type as? any DescribedValue.Type { return described.words }
        let values = (type as? any ExpressibleByArgument.Type)?.allValueStrings ?? []
        guard let last = values.last else { return nil }
        let first = values.dropLast().map { "'\($0)'" }.joined(separator: ", ")
        return first.isEmpty ? "'\(last)'" : "\(first) or '\(last)'"
    }
}

/// A flag may have no value, or several.
private protocol WrappingType {
    static var wrapped: Any.Type { get }
}

extension Optional: WrappingType {
    fileprivate static var wrapped: Any.Type { Wrapped.self }
}

extension Array: WrappingType {
    fileprivate static var wrapped: Any.Type { Element.self }
}

extension Int: DescribedValue {
    static var words: String { "a whole number" }
}

extension UInt16: DescribedValue {
    static var words: String { "a whole number from 0 to 65535" }
}

extension Double: DescribedValue {
    static var words: String { "a number" }
}

extension TimeSpan: DescribedValue {
    static var words: String { "a time such as 90s, 10min or 1h 30min" }
}

extension ByteCount: DescribedValue {
    static var words: String { "a number of bytes such as 65536, 64K or 1M" }
}

extension Limit: DescribedValue {
    static var words: String { "a whole number above 0, or 'off'" }
}

extension OriginRule: DescribedValue {
    static var words: String { "'same', 'any', or hosts and origins with commas between them" }
}

extension ProxyRange: DescribedValue {
    static var words: String { "an address, a range of addresses, or 'unix'" }
}

extension HostAndPort: DescribedValue {
    static var words: String { "an address and a port such as 127.0.0.1:9100" }
}

extension ListenPlace: DescribedValue {
    static var words: String { "a port such as 80, or an address and a port such as 0.0.0.0:80" }
}
