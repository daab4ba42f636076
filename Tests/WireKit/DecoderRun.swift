// Runs a decoder as a server does, and records its events.
import Storage

@testable import WebSocketCore

/// An event with its bytes, so that events can be compared however they were delivered.
package enum Recorded: Equatable, CustomStringConvertible {
    case text([UInt8])
    case binary([UInt8])
    case compressed([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, String)
    case violation(ProtocolViolation.Kind)

    package init(_ kind: MessageKind, _ bytes: [UInt8]) {
        self =
            kind.isCompressed
            ? .compressed(bytes) : kind.opcode == .text ? .text(bytes) : .binary(bytes)
    }

    package var description: String {
        switch self {
        case .text(let bytes): "text(\(bytes.count): \(bytes.prefix(8)))"
        case .binary(let bytes): "binary(\(bytes.count): \(bytes.prefix(8)))"
        case .compressed(let bytes): "compressed(\(bytes.count): \(bytes.prefix(8)))"
        case .ping(let bytes): "ping(\(bytes))"
        case .pong(let bytes): "pong(\(bytes))"
        case .close(let code, let reason): "close(\(code.map(String.init) ?? "-"), \(reason))"
        case .violation(let kind): "violation(\(kind))"
        }
    }
}

/// A decoder with its buffers: unread bytes are presented again before the next bytes.
package struct DecoderRun: ~Copyable {
    package var decoder = MessageDecoder()
    package var assembly = ByteBuffer()
    package var rules: DecoderRules
    package var events: [Recorded] = []
    package var pending: [UInt8] = []
    /// The most bytes that were left unread at any time.
    package var mostPending = 0

    package init(
        _ role: Role, messageByteLimit: Int = 1 << 20, fragmentLimit: Int = 128,
        allowsCompression: Bool = false
    ) {
        rules = DecoderRules(
            role: role, messageByteLimit: messageByteLimit, fragmentLimit: fragmentLimit,
            allowsCompression: allowsCompression)
    }

    package var unread: Int { pending.count }
    package var assemblyCapacity: Int { assembly.capacity }

    package mutating func receive(_ bytes: [UInt8]) {
        var input = pending + bytes
        var position = 0
        while true {
            var span = input.mutableSpan
            let event = decoder.next(&span, from: &position, assembly: &assembly, rules: rules)
            if event == .needsMore { break }
            let (recorded, isLast) = describe(event, input)
            events.append(recorded)
            if isLast { break }
        }
        if case .close? = events.last { position = input.count }
        pending = Array(input[position...])
        mostPending = max(mostPending, pending.count)
    }

    /// An event with its bytes, and whether it is the last.
    private mutating func describe(
        _ event: MessageDecoder.Event, _ input: [UInt8]
    ) -> (Recorded, isLast: Bool) {
        switch event {
        case .needsMore: preconditionFailure("nothing to record")
        case .message(let kind, let range): return (Recorded(kind, Array(input[range])), false)
        case .assembled(let kind):
            let bytes = assembly.span.array
            assembly.removeAll()
            return (Recorded(kind, bytes), false)
        case .ping(let range): return (.ping(Array(input[range])), false)
        case .pong(let range): return (.pong(Array(input[range])), false)
        case .close(let code, let reason):
            return (.close(code?.rawValue, String(decoding: input[reason], as: UTF8.self)), true)
        case .violation(let violation): return (.violation(violation.kind), true)
        }
    }
}

extension Role {
    /// A frame as our peer sends it, made without the code under test. The length has the form of
    /// `lengthForm`: 0, 2 or 8 bytes; nil for the shortest.
    package func frame(
        _ first: UInt8, _ payload: [UInt8], lengthForm: Int? = nil,
        key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    ) -> [UInt8] {
        let form = lengthForm ?? (payload.count <= 125 ? 0 : payload.count <= 0xFFFF ? 2 : 8)
        let mask: UInt8 = self == .server ? 0x80 : 0
        var bytes = [first, mask | (form == 0 ? UInt8(payload.count) : form == 2 ? 126 : 127)]
        for place in stride(from: form - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: payload.count >> (8 * place)))
        }
        if self == .client { return bytes + payload }
        return bytes + key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] }
    }
}
