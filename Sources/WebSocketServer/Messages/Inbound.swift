// The bytes that were received and are being decoded.
import LinuxReactor
import Storage
import WebSocketCore

/// The received bytes that are being decoded, and the connection they came from.
struct Reading: BitwiseCopyable {
    /// The connection that sent them: what is sent to it meanwhile counts as its own output.
    var slot = Slot.none
    /// Offsets in the receive buffer: the beginning of the next frame, and the end of the bytes.
    var position = 0
    var end = 0
    /// The most bytes that a ``ShortMessage`` may have here; -1 if none may be decoded.
    var shortLimit = -1
}

/// Where a message is.
enum FoundMessage {
    /// In the receive buffer.
    case received(MessageKind, Range<Int>)
    /// In ``Inbound/assembled``.
    case assembled(MessageKind)
}

/// The input side: the bytes that were received, and the rules for decoding them.
struct Inbound: ~Copyable {
    /// What is being decoded.
    var reading = Reading()
    let receiveBuffer = ReceiveBuffer()
    /// A message that was assembled or decompressed, until the handler gets it.
    var assembled = ByteBuffer()
    private(set) var rules: DecoderRules
    /// For outgoing connections, whose input is not masked.
    private(set) var clientRules: DecoderRules
    private(set) var shortMessageByteLimit: Int

    init(_ limits: Limits) {
        rules = DecoderRules(.server, limits)
        clientRules = DecoderRules(.client, limits)
        shortMessageByteLimit = ShortMessage.limit(rules)
    }

    /// Puts other limits into force.
    mutating func apply(_ limits: Limits) {
        rules = DecoderRules(.server, limits)
        clientRules = DecoderRules(.client, limits)
        shortMessageByteLimit = ShortMessage.limit(rules)
    }

    /// Begins to decode the bytes in `range` of the receive buffer.
    mutating func begin(_ slot: Slot, _ range: Range<Int>, of connection: inout Connection) {
        reading = Reading(
            slot: slot, position: range.lowerBound, end: range.upperBound,
            shortLimit: connection.shortLimit(shortMessageByteLimit))
    }

    /// The next message if it is a short one.
    @inline(__always)
    @_lifetime(bytes: copy bytes)
    func nextShort(in bytes: inout MutableSpan<UInt8>) -> ShortMessage? {
        ShortMessage(unmasking: &bytes, at: reading.position, limit: reading.shortLimit)
    }

    /// Ends decoding, and returns the range of bytes that are left over; nil if there are none.
    mutating func end() -> Range<Int>? {
        let (position, end) = (reading.position, reading.end)
        reading.slot = .none
        return position < end ? position..<end : nil
    }

    /// The rules for a connection that is compressed or outgoing.
    func rules(for connection: borrowing Connection) -> DecoderRules {
        var rules = connection.flags.contains(.client) ? clientRules : rules
        rules.allowsCompression = connection.compression != .none
        return rules
    }

    // MARK: Assembled messages

    /// The most memory of an assembled message that is kept for the next one.
    private static var keptByteCount: Int { 512 * 1024 }

    /// Moves out the message that was found last, for the time of one call.
    mutating func takeAssembled() -> ByteBuffer {
        var message = ByteBuffer()
        swap(&message, &assembled)
        return message
    }

    /// Keeps the memory of a handled message for the next one.
    mutating func keepMemory(of message: inout ByteBuffer) {
        Self.empty(&message)
        swap(&message, &assembled)
    }

    static func empty(_ message: inout ByteBuffer) {
        message.removeAll(keepingCapacity: message.capacity <= keptByteCount)
    }
}

extension Connection {
    /// The most bytes that a ``ShortMessage`` may have now. The end of a message that has been
    /// waited for is found by the decoder, so that its deadline ends with it.
    @inline(__always)
    func shortLimit(_ limit: Int) -> Int {
        decoder.isBetweenMessages && flags.isDisjoint(with: [.client, .partial]) ? limit : -1
    }

    /// See ``OutputBuffers/fastPathResourceID``.
    @inline(__always)
    var isFastPathEligible: Bool {
        takesMessages && takesPlainFrames && !delivery.isBlocked && delivery.outbox.isEmpty
    }
}

extension DecoderRules {
    fileprivate init(_ role: Role, _ limits: Limits) {
        self.init(
            role: role, messageByteLimit: limits.messageByteCount,
            fragmentLimit: limits.fragmentCount)
    }
}
