// What has come in and is being decoded.
import LinuxReactor
import Storage
import WebSocketCore

/// The received bytes that are being decoded, and whose they are.
struct Reading: BitwiseCopyable {
    /// The connection that has sent them: what is sent to it meanwhile is its own doing.
    var slot = Slot.none
    /// Where in the receive buffer the next frame begins, and the bytes end.
    var position = 0
    var end = 0
    /// The most bytes that a ``ShortMessage`` may have here; -1 if none may come.
    var shortLimit = -1
}

/// Where a message lies.
enum FoundMessage {
    /// In the receive buffer.
    case received(MessageKind, Range<Int>)
    /// In ``ServerContext/assembled``.
    case assembled(MessageKind)
}

/// The way in: the bytes that were received, and how they are decoded.
struct Inbound: ~Copyable {
    /// What is being decoded.
    var reading = Reading()
    let receiveBuffer = ReceiveBuffer()
    /// A message that was put together or decompressed, until the handler is given it.
    var assembled = ByteBuffer()
    private(set) var rules: DecoderRules
    /// For connections outward: what comes is not masked.
    private(set) var clientRules: DecoderRules
    private(set) var shortMessageByteLimit: Int

    init(_ limits: Limits) {
        rules = DecoderRules(.server, limits)
        clientRules = DecoderRules(.client, limits)
        shortMessageByteLimit = ShortMessage.limit(rules)
    }

    /// Lets other limits hold from now on.
    mutating func apply(_ limits: Limits) {
        rules = DecoderRules(.server, limits)
        clientRules = DecoderRules(.client, limits)
        shortMessageByteLimit = ShortMessage.limit(rules)
    }

    /// Begins the decoding of the bytes in `range` of the receive buffer.
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

    /// Ends the decoding, and returns what was left over.
    mutating func end() -> Range<Int>? {
        let (position, end) = (reading.position, reading.end)
        reading.slot = .none
        return position < end ? position..<end : nil
    }

    /// The rules for a connection that is compressed, or goes outward.
    func rules(for connection: borrowing Connection) -> DecoderRules {
        var rules = connection.flags.contains(.client) ? clientRules : rules
        rules.allowsCompression = connection.compression != .none
        return rules
    }

    // MARK: Assembled messages

    /// How much of the memory that the last message was put together in is kept for the next.
    private static var keptByteCount: Int { 512 * 1024 }

    /// The message that was found last, for the time of one call.
    mutating func takeAssembled() -> ByteBuffer {
        var message = ByteBuffer()
        swap(&message, &assembled)
        return message
    }

    /// Keeps the memory of a message that was handled, for the next.
    mutating func keepMemory(of message: inout ByteBuffer) {
        Self.empty(&message)
        swap(&message, &assembled)
    }

    static func empty(_ message: inout ByteBuffer) {
        message.removeAll(keepingCapacity: message.capacity <= keptByteCount)
    }
}

extension Connection {
    /// The most bytes that a ``ShortMessage`` may have now.
    @inline(__always)
    func shortLimit(_ limit: Int) -> Int {
        decoder.isBetweenMessages && !flags.contains(.client) ? limit : -1
    }

    /// See ``Reading/fastPathResourceID``.
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
