// The request line (RFC 9112 §3): method, target, version, with a single space between them.

extension RequestHeadParser {
    /// Consumes at least one byte of the request line and returns the next index.
    mutating func requestLine(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        let byte = bytes[index]
        switch state {
        case .start:
            // One empty line before the request is tolerated (RFC 9112 §2.2).
            if byte == 0x0D {
                state = .emptyLine
            } else if HTTPGrammar.isToken(byte) {
                state = .method
            } else {
                reject(byte == 0x16 ? .isTLS : .notHTTP)
            }
        case .emptyLine where index == 1:
            if byte != 0x0A { reject(.bareCarriageReturn) }
        case .emptyLine:
            if HTTPGrammar.isToken(byte) { state = .method } else { reject(.notHTTP) }
        case .method:
            while index < end, HTTPGrammar.isToken(bytes[index]) { index += 1 }
            if index == end { return index }
            if bytes[index] == 0x20 { state = .targetStart } else { reject(.notHTTP) }
        case .targetStart:
            targetStart = UInt32(index)
            if HTTPGrammar.isTarget(byte) { state = .target } else { reject(.badTarget) }
        case .target:
            while index < end, HTTPGrammar.isTarget(bytes[index]) { index += 1 }
            if index == end { return index }
            targetEnd = UInt32(index)
            if bytes[index] == 0x20 {
                state = .version
            } else {
                let isLineEnd = bytes[index] == 0x0D || bytes[index] == 0x0A
                reject(isLineEnd ? .versionMissing : .badTarget)
            }
        case .version:
            version(byte)
        default:
            endRequestLine(bytes, byte)
        }
        return index + 1
    }

    /// One byte of "HTTP/1.0" or "HTTP/1.1", or the CR after it.
    private mutating func version(_ byte: UInt8) {
        let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        switch versionIndex {
        case 0, 1, 2, 3, 4, 6:
            if byte != Self.versionPattern[Int(versionIndex)] { return reject(.badVersion) }
        case 5:
            if !isDigit { return reject(.badVersion) }
            if byte != UInt8(ascii: "1") { return reject(.unsupportedVersion) }
        case 7:
            if !isDigit { return reject(.badVersion) }
            if byte > UInt8(ascii: "1") { return reject(.unsupportedVersion) }
        default:
            if byte != 0x0D { return reject(byte == 0x0A ? .bareLineFeed : .badVersion) }
            state = .requestLineEnd
        }
        versionIndex += 1
    }

    private static var versionPattern: InlineArray<7, UInt8> {
        [0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E]
    }

    /// The LF of the request line. The form of the target is checked here, after the version, so
    /// that the preface of HTTP/2 (`PRI * HTTP/2.0`) is rejected for its version.
    private mutating func endRequestLine(_ bytes: Span<UInt8>, _ byte: UInt8) {
        guard byte == 0x0A else { return reject(.bareCarriageReturn) }
        let lineStart = bytes[0] == 0x0D ? 2 : 0
        let method = HTTPMethod(bytes.extracting(lineStart..<Int(targetStart) - 1))
        let target = bytes.extracting(Int(targetStart)..<Int(targetEnd))
        if let flaw = RequestTarget.flaw(in: target, of: method) { return reject(flaw) }
        state = .fields
    }
}
