// UNSAFE: moves decrypted bytes together within one buffer. Invariants: both ranges of a move are
// checked to lie in the buffer, which is lent to the call.

import LibC
import Storage

extension TLSSession {
    /// How many bytes of an incomplete record have been kept.
    package var incompleteByteCount: Int { incoming.count }

    /// Whether libssl has the session: during the handshake, and afterwards if our layer cannot go
    /// on.
    package var isKeptByLibrary: Bool { object != nil }

    /// Copies the kept bytes of an incomplete record to the beginning of `bytes`, which must have
    /// room for them; the bytes that follow belong behind them. They stay kept until
    /// `receive(inPlace:count:output:_:)`.
    package borrowing func copyIncomplete(to bytes: inout MutableSpan<UInt8>) {
        let kept = incoming.span
        precondition(kept.count <= bytes.count, "an incomplete record must fit")
        unsafe bytes.withUnsafeMutableBufferPointer { target in
            unsafe kept.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                unsafe to.update(from: from, count: source.count)
            }
        }
    }

    /// Takes the first `count` bytes, which begin with the incomplete record that was kept, and
    /// decrypts them where they lie. Returns how many bytes of application data there are: they
    /// begin at ``plaintextOffset``, where those of the first record are already. What the peer
    /// must get is appended to `output`. ``end`` and ``isEstablished`` may have changed then.
    ///
    /// While libssl has the session the rest of the buffer is used too, for up to a record more
    /// than has come: there must be room for that.
    package mutating func receive(
        inPlace bytes: inout MutableSpan<UInt8>, count: Int, output: inout ByteBuffer,
        _ ciphers: inout RecordCiphers
    ) -> Int {
        guard !hasEnded else { return 0 }
        guard layer != nil else {
            return receiveByCopy(&bytes, count: count, output: &output, &ciphers)
        }
        incoming.removeAll()
        var (position, plaintextEnd) = (0, Self.plaintextOffset)
        reading: while true {
            switch layer?.next(&bytes, from: &position, upTo: count, output: &output, &ciphers) {
            case nil, .needsMore: break reading
            case .data(let range):
                Self.move(range, to: plaintextEnd, in: &bytes)
                plaintextEnd += range.count
            case .ended(let end):
                self.end = .records(end)
                break reading
            }
        }
        if !hasEnded, position < count {
            incoming.append(bytes.span.extracting(position..<count))
        }
        return plaintextEnd - Self.plaintextOffset
    }

    /// How much more application data libssl may give than it gets in one call: a record, of which
    /// it had kept all but the end.
    package static var libraryRoom: Int {
        RecordLayer.headerByteCount + RecordLayer.bodyByteLimit
    }

    /// Where the application data of a buffer's first record is: behind the header.
    package static var plaintextOffset: Int { RecordLayer.headerByteCount }

    /// libssl has a buffer of its own for input, so that its application data is copied.
    private mutating func receiveByCopy(
        _ bytes: inout MutableSpan<UInt8>, count: Int, output: inout ByteBuffer,
        _ ciphers: inout RecordCiphers
    ) -> Int {
        var plaintext = ByteBuffer()
        // Part of a hello, which is in front of the bytes.
        incoming.removeAll()
        receive(
            bytes.span.extracting(0..<count), plaintext: &plaintext, output: &output, &ciphers)
        let byteCount = plaintext.count
        precondition(byteCount <= bytes.count - Self.plaintextOffset, "libssl kept too much")
        unsafe bytes.withUnsafeMutableBufferPointer { target in
            unsafe plaintext.span.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                unsafe (to + Self.plaintextOffset).update(from: from, count: source.count)
            }
        }
        return byteCount
    }

    /// Moves the bytes of `range` forward to `offset`, if they are not there.
    private static func move(
        _ range: Range<Int>, to offset: Int, in bytes: inout MutableSpan<UInt8>
    ) {
        guard range.lowerBound != offset else { return }
        precondition(
            offset >= 0 && offset <= range.lowerBound && range.upperBound <= bytes.count,
            "decrypted bytes move forward")
        unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            guard let first = bytes.baseAddress else { return }
            _ = unsafe memmove(first + offset, first + range.lowerBound, range.count)
        }
    }
}
