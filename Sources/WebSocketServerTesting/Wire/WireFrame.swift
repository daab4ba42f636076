// Frames of RFC 6455 §5.2, as a peer reads and writes them: made without the code under test.

struct WireFrame {
    let opcode: UInt8
    let isFinal: Bool
    let payload: [UInt8]

    /// Takes a whole frame off the front; nil if there is none yet.
    static func take(from bytes: inout [UInt8]) -> WireFrame? {
        guard bytes.count >= 2 else { return nil }
        precondition(bytes[0] & 0x70 == 0, "the server has sent a frame with reserved bits")
        let isMasked = bytes[1] & 0x80 != 0
        var (start, count) = (2, Int(bytes[1] & 0x7F))
        if count == 126 { start = 4 } else if count == 127 { start = 10 }
        guard bytes.count >= start else { return nil }
        if start > 2 { count = bytes[2..<start].reduce(0) { $0 << 8 | Int($1) } }
        let keyStart = start
        if isMasked { start += 4 }
        guard bytes.count >= start + count else { return nil }
        var payload = Array(bytes[start..<start + count])
        if isMasked {
            for index in payload.indices { payload[index] ^= bytes[keyStart + index % 4] }
        }
        let first = bytes[0]
        bytes.removeFirst(start + count)
        return WireFrame(opcode: first & 0xF, isFinal: first & 0x80 != 0, payload: payload)
    }

    static func bytes(
        _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool, isMasked: Bool
    ) -> [UInt8] {
        var frame = [opcode | (isFinal ? 0x80 : 0)]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ..<126: frame.append(mask | UInt8(payload.count))
        case ..<65536:
            frame += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            frame.append(mask | 127)
            frame += stride(from: 56, through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: payload.count >> $0)
            }
        }
        guard isMasked else { return frame + payload }
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return frame + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }
}
