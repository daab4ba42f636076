// The PROXY protocol, versions 1 and 2: a header before the first byte of a connection, in which a
// proxy names the client (haproxy.org/download/3.0/doc/proxy-protocol.txt).
import LinuxReactor

/// The header that a proxy sends before the client's bytes. Parsing needs the whole header, and
/// starts again from its first byte each time more has come; that is cheap, since it is never
/// longer than ``byteLimit``.
enum ProxyHeader {
    /// A version 1 line has at most 107 bytes. A version 2 header may be 64 KiB; with the usual
    /// additions (TLS details, a unique id) it has a few hundred bytes.
    static let byteLimit = 4096

    /// What was found at the front of the bytes.
    enum Outcome: Equatable, Sendable {
        /// They may be the beginning of a header; more are needed.
        case incomplete
        /// The header has `byteCount` bytes. `source` is the client; nil if the proxy speaks for
        /// itself, as in a health check, or names an address that is not an internet address.
        case complete(byteCount: Int, source: NetworkAddress?)
        /// They are not a header, whatever follows.
        case malformed(Flaw)
    }

    /// What is wrong with the header.
    enum Flaw: Error, Sendable {
        /// It does not begin like a header: there is no proxy, or it does not send the header.
        case missing
        /// A version 1 line that is malformed, or does not end within 107 bytes.
        case badLine
        /// A version 2 header of another version, command or transport.
        case badCommand
        /// A version 2 header that is too short for its addresses, or longer than ``byteLimit``.
        case badLength
    }

    /// Looks for a header at the very front of `bytes`.
    static func parse(_ bytes: Span<UInt8>) -> Outcome {
        if bytes.count == 0 { return .incomplete }
        do throws(Flaw) {
            return try bytes[0] == signature[0] ? parseBinary(bytes) : parseLine(bytes)
        } catch {
            return .malformed(error)
        }
    }

    // MARK: Version 1: a line of text

    private static let lineLimit = 107
    private static let lineStart = Array("PROXY ".utf8)

    private static func parseLine(_ bytes: Span<UInt8>) throws(Flaw) -> Outcome {
        for index in 0..<min(bytes.count, lineStart.count) where bytes[index] != lineStart[index] {
            throw .missing
        }
        var end = 0
        while end < bytes.count, bytes[end] != 0x0D { end += 1 }
        guard end + 2 <= lineLimit else { throw .badLine }
        guard end + 2 <= bytes.count else { return .incomplete }
        guard bytes[end + 1] == 0x0A else { throw .badLine }
        var line: [UInt8] = []
        for index in lineStart.count..<max(end, lineStart.count) { line.append(bytes[index]) }
        return .complete(byteCount: end + 2, source: try source(line))
    }

    /// "TCP4 192.0.2.1 192.0.2.9 50000 443", without "PROXY " and CRLF; or "UNKNOWN…".
    private static func source(_ line: [UInt8]) throws(Flaw) -> NetworkAddress? {
        guard let text = String(validating: line, as: UTF8.self) else { throw .badLine }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        if words.first == "UNKNOWN" { return nil }
        guard words.count == 5, let port = portNumber(words[3]), portNumber(words[4]) != nil,
            let source = NetworkAddress(numeric: words[1], port: port),
            NetworkAddress(numeric: words[2]) != nil, words[0] == "TCP4" || words[0] == "TCP6"
        else { throw .badLine }
        // The text decides, since ::ffff:a.b.c.d is an address of IPv4.
        let isIPv6 = words[0] == "TCP6"
        guard words[1...2].allSatisfy({ $0.utf8.contains(UInt8(ascii: ":")) == isIPv6 }) else {
            throw .badLine
        }
        return source
    }

    private static func portNumber(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            text == "0" || text.first != "0"
        else { return nil }
        return UInt16(text)
    }

    // MARK: Version 2: binary

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    private static func parseBinary(_ bytes: Span<UInt8>) throws(Flaw) -> Outcome {
        for index in 0..<min(bytes.count, signature.count) where bytes[index] != signature[index] {
            throw .missing
        }
        if bytes.count > 12, bytes[12] >> 4 != 2 || bytes[12] & 0xF > 1 { throw .badCommand }
        if bytes.count > 13, bytes[13] >> 4 > 3 || bytes[13] & 0xF > 2 { throw .badCommand }
        guard bytes.count >= 16 else { return .incomplete }
        let end = 16 + Int(number(bytes, 14, 2))
        guard end <= byteLimit else { throw .badLength }
        guard end >= 16 + addressByteCount(bytes) else { throw .badLength }
        guard bytes.count >= end else { return .incomplete }
        return .complete(byteCount: end, source: source(bytes))
    }

    /// 0 for LOCAL, which may carry anything, and for AF_UNSPEC, which has no addresses.
    private static func addressByteCount(_ bytes: Span<UInt8>) -> Int {
        guard bytes[12] & 0xF == 1 else { return 0 }
        switch bytes[13] >> 4 {
        case 1: return 12
        case 2: return 36
        case 3: return 216
        default: return 0
        }
    }

    private static func source(_ bytes: Span<UInt8>) -> NetworkAddress? {
        guard bytes[12] & 0xF == 1, bytes[13] & 0xF == 1 else { return nil }
        switch bytes[13] >> 4 {
        case 1:
            return NetworkAddress(
                family: .ipv4, low: number(bytes, 16, 4),
                port: UInt16(truncatingIfNeeded: number(bytes, 24, 2)))
        case 2:
            return NetworkAddress(
                family: .ipv6, high: number(bytes, 16, 8), low: number(bytes, 24, 8),
                port: UInt16(truncatingIfNeeded: number(bytes, 48, 2)))
        default: return nil
        }
    }

    /// Big-endian.
    private static func number(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in start..<start + count { number = number << 8 | UInt64(bytes[index]) }
        return number
    }
}
