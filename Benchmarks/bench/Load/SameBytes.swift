// UNSAFE: memcmp(3) on two spans, after their lengths were compared.
// Whether bytes are the same: how a load generator checks what came back.
import Glibc

extension Span<UInt8> {
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard count > 0 else { return true }
        return unsafe withUnsafeBufferPointer { own in
            unsafe other.withUnsafeBufferPointer { other in
                unsafe memcmp(own.baseAddress!, other.baseAddress!, own.count) == 0
            }
        }
    }
}

/// What a chat sends for one message, which must be the same for every member of the room: so also
/// what the chat put around a payload is checked.
struct SharedFrames {
    private struct Frame {
        var stamp: Stamp
        var bytes: [UInt8]
    }

    /// The latest messages, each at a place that its stamp determines. A message that comes to a
    /// slow member after another has taken its place is not compared.
    private var frames = [Frame?](repeating: nil, count: placeCount)
    private static let placeCount = 256

    /// - Returns: false if an earlier receiver of the same message got other bytes.
    mutating func agree(_ bytes: Span<UInt8>, _ stamp: Stamp) -> Bool {
        let place = Int(stamp.fingerprint % UInt64(Self.placeCount))
        if let frame = frames[place], frame.stamp == stamp {
            return bytes.isEqual(to: frame.bytes.span)
        }
        frames[place] = Frame(
            stamp: stamp, bytes: unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) })
        return true
    }
}
