// The incremental decoder of request bodies: plain or chunked. Chunk extensions and trailers are
// dropped.
import Storage

/// Collects the body of one request (RFC 9112 §6–7), within a limit.
///
/// It is plain data. It consumes every byte up to the end of the body.
public struct BodyDecoder: BitwiseCopyable, Sendable {
    /// How far the body has been read.
    public enum Progress: Equatable, Sendable {
        /// All bytes are consumed, and the body has not ended.
        case needsMore
        /// `body` has the whole body; the bytes from `position` on belong to the next request.
        case complete
        /// The body is too large or malformed; close the connection after the response.
        case rejected(HandshakeRejection)
    }

    /// The most bytes that chunk extensions and trailers may have together, over a whole body: we
    /// make no use of them.
    public static let overheadLimit = 4096

    enum State: UInt8, BitwiseCopyable {
        case data, size, sizeDigits, sizeSpace, extensions, sizeEnd, chunk, chunkCR, chunkLF
        case trailerStart, trailer, trailerEnd, finalLF
        case complete, tooLarge, malformed
    }

    var state: State
    /// Bytes of the body or chunk that have not arrived yet; while a chunk's size is being read,
    /// the size so far.
    var remaining: Int
    /// Bytes of extensions and trailers so far.
    var overhead: UInt16 = 0
    var sizeDigitCount: UInt8 = 0

    /// A decoder at the first byte of the body.
    public init(_ framing: BodyFraming) {
        switch framing {
        case .none: (state, remaining) = (.complete, 0)
        case .contentLength(let byteCount):
            (state, remaining) = (byteCount == 0 ? .complete : .data, byteCount)
        case .chunked: (state, remaining) = (.size, 0)
        }
    }

    /// Appends the bytes of the body that have arrived to `body`, and moves `position` past them.
    ///
    /// `limit` is the most bytes that `body` may have. A body that declares or sends more is
    /// rejected with 413 as soon as that is known.
    public mutating func next(
        _ bytes: Span<UInt8>, from position: inout Int, into body: inout ByteBuffer, limit: Int
    ) -> Progress {
        if state == .data && remaining > limit - body.count { state = .tooLarge }
        while position < bytes.count && state.rawValue < State.complete.rawValue {
            if state == .data || state == .chunk {
                let byteCount = min(remaining, bytes.count - position)
                body.append(bytes.extracting(position..<position + byteCount))
                position += byteCount
                remaining -= byteCount
                if remaining == 0 { state = state == .data ? .complete : .chunkCR }
            } else {
                step(bytes[position], room: limit - body.count)
                position += 1
            }
        }
        switch state {
        case .complete: return .complete
        case .tooLarge: return .rejected(Self.tooLarge(limit))
        case .malformed: return .rejected(Self.malformed)
        default: return .needsMore
        }
    }

    /// One byte between the chunks' data (RFC 9112 §7.1).
    private mutating func step(_ byte: UInt8, room: Int) {
        switch state {
        case .size, .sizeDigits: size(byte, room: room)
        case .sizeSpace:
            if byte == UInt8(ascii: ";") {
                state = .extensions
            } else if byte == 0x0D {
                state = .sizeEnd
            } else if byte == 0x20 || byte == 0x09 {
                spend()
            } else {
                state = .malformed
            }
        case .extensions:
            if byte == 0x0D {
                state = .sizeEnd
            } else if HTTPGrammar.isFieldValue(byte) {
                spend()
            } else {
                state = .malformed
            }
        case .sizeEnd: expect(byte, 0x0A, remaining == 0 ? .trailerStart : .chunk)
        case .chunkCR: expect(byte, 0x0D, .chunkLF)
        case .chunkLF:
            sizeDigitCount = 0
            expect(byte, 0x0A, .size)
        case .trailerStart where byte == 0x0D: state = .finalLF
        case .trailerStart, .trailer: trailer(byte)
        case .trailerEnd: expect(byte, 0x0A, .trailerStart)
        case .finalLF: expect(byte, 0x0A, .complete)
        case .data, .chunk, .complete, .tooLarge, .malformed: break
        }
    }

    /// One byte of a chunk's size: at most 15 hexadecimal digits, so that it can't overflow.
    private mutating func size(_ byte: UInt8, room: Int) {
        if let digit = HTTPGrammar.hexValue(byte) {
            sizeDigitCount += 1
            if sizeDigitCount > 15 {
                state = .malformed
                return
            }
            remaining = remaining << 4 | Int(digit)
            state = remaining > room ? .tooLarge : .sizeDigits
            return
        }
        if state == .size {
            state = .malformed
            return
        }
        switch byte {
        case 0x0D: state = .sizeEnd
        case UInt8(ascii: ";"): state = .extensions
        case 0x20, 0x09: state = .sizeSpace
        default: state = .malformed
        }
    }

    /// One byte of a trailer field, whose content is ignored.
    private mutating func trailer(_ byte: UInt8) {
        if byte == 0x0D {
            state = .trailerEnd
        } else if HTTPGrammar.isFieldValue(byte) {
            state = .trailer
            spend()
        } else {
            state = .malformed
        }
    }

    private mutating func expect(_ byte: UInt8, _ wanted: UInt8, _ next: State) {
        state = byte == wanted ? next : .malformed
    }

    private mutating func spend() {
        overhead += 1
        if overhead > Self.overheadLimit { state = .malformed }
    }

    private static func tooLarge(_ limit: Int) -> HandshakeRejection {
        HandshakeRejection(
            .contentTooLarge, reason: "The body is larger than the \(limit) bytes allowed here.")
    }

    private static var malformed: HandshakeRejection {
        HandshakeRejection(.badRequest, reason: "The chunked body is malformed.")
    }
}
