// A decoder's state as numbers, to hand it over to another process in the middle of a message.
import Storage

extension MessageDecoder {
    /// How many numbers ``state`` has.
    public static let stateCount = 8

    /// The decoder's whole state. Together with the assembly's bytes and the bytes not consumed
    /// yet, it lets another decoder continue where this decoder is.
    public var state: [UInt64] {
        let kind = message.map { UInt64($0.opcode.rawValue) | ($0.isCompressed ? 0x100 : 0) }
        return [
            UInt64(bitPattern: Int64(remaining)), UInt64(maskingKey), UInt64(fragmentCount),
            UInt64(phase.rawValue), frameIsFinal ? 1 : 0, kind ?? 0, UInt64(utf8.state),
            UInt64(failure.rawValue),
        ]
    }

    /// A decoder that continues from a ``state``; nil if no decoder can be in that state.
    public init?(state: [UInt64]) {
        guard state.count == Self.stateCount, let maskingKey = UInt32(exactly: state[1]),
            let fragmentCount = UInt32(exactly: state[2]),
            let phase = UInt8(exactly: state[3]).flatMap(Phase.init), state[4] <= 1,
            let utf8State = UInt8(exactly: state[6]), let utf8 = UTF8Validator(state: utf8State),
            let failure = UInt8(exactly: state[7]).flatMap(ProtocolViolation.Kind.init)
        else { return nil }
        self.init()
        remaining = Int(Int64(bitPattern: state[0]))
        self.maskingKey = maskingKey
        self.fragmentCount = fragmentCount
        self.phase = phase
        frameIsFinal = state[4] == 1
        self.utf8 = utf8
        self.failure = failure
        if state[5] != 0 {
            guard let opcode = UInt8(exactly: state[5] & 0xFF).flatMap(Opcode.init),
                opcode == .text || opcode == .binary, state[5] & ~0x1FF == 0
            else { return nil }
            message = MessageKind(opcode, isCompressed: state[5] & 0x100 != 0)
        }
        // A payload needs a message and a length; a closed decoder has a close code or none.
        switch phase {
        case .payload: guard message != nil, remaining >= 0 else { return nil }
        case .closed: guard remaining < 0 || remaining <= UInt16.max else { return nil }
        case .header, .failed: break
        }
    }
    /// Writes a decoder that is within a message or has ended; between two messages it is as at
    /// first, and the caller writes nothing.
    package func save(to writer: inout StateWriter) {
        for number in state { writer.write(number) }
    }

    /// Reads what ``save(to:)`` wrote.
    package init(from reader: inout StateReader) throws(StateError) {
        var numbers: [UInt64] = []
        for _ in 0..<Self.stateCount { numbers.append(try reader.read()) }
        guard let decoder = MessageDecoder(state: numbers) else {
            throw StateError("a connection's decoder is damaged")
        }
        self = decoder
    }
}
