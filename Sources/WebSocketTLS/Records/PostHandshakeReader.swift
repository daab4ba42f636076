// Reads handshake messages that come after the handshake, however they are cut into records.

/// A part of a handshake message, kept between records: its header, and how much of it is missing.
/// Only KeyUpdate and NewSessionTicket may come (RFC 8446 §4.6); of the latter nothing is kept.
struct PostHandshakeReader: BitwiseCopyable, Sendable {
    enum Result: Equatable {
        case nothing
        case keyUpdate(isRequested: Bool)
    }

    static let newSessionTicket: UInt8 = 4
    static let keyUpdate: UInt8 = 24
    /// The least and the most that a NewSessionTicket can have, by the sizes of its fields
    /// (§4.6.1).
    static let ticketByteCounts = 14...131_337

    /// How many bytes of the message's body have not come; meaningful after its header.
    var missingCount: UInt32 = 0
    /// The message's type and length, as far as they have come.
    var header = InlineArray<4, UInt8>(repeating: 0)
    var headerCount: UInt8 = 0

    /// Whether a message has begun and not ended. Until it ends, no other record may come (§5.1).
    var isInMessage: Bool { headerCount > 0 }

    /// Reads the content of one record. `takesTickets` is for a client.
    mutating func read(
        _ content: Span<UInt8>, takesTickets: Bool
    ) throws(RecordFault) -> Result {
        // RFC 8446 §5.1 forbids handshake records without content.
        guard content.count > 0 else { throw .unexpectedHandshake }
        var position = 0
        while position < content.count {
            if headerCount < 4 {
                header[Int(headerCount)] = content[position]
                headerCount += 1
                position += 1
                if headerCount == 4 { try beginBody(takesTickets: takesTickets) }
                continue
            }
            let taken = min(Int(missingCount), content.count - position)
            let last = content[position + taken - 1]
            position += taken
            missingCount -= UInt32(taken)
            guard missingCount == 0 else { continue }
            headerCount = 0
            guard header[0] == Self.keyUpdate else { continue }
            guard last <= 1 else { throw .badKeyUpdate }
            // Nothing may follow it under the old key (§5.1).
            guard position == content.count else { throw .unexpectedHandshake }
            return .keyUpdate(isRequested: last == 1)
        }
        return .nothing
    }

    private mutating func beginBody(takesTickets: Bool) throws(RecordFault) {
        let count = Int(header[1]) << 16 | Int(header[2]) << 8 | Int(header[3])
        switch header[0] {
        case Self.keyUpdate:
            guard count == 1 else { throw .malformed }
        case Self.newSessionTicket where takesTickets:
            guard Self.ticketByteCounts.contains(count) else { throw .malformed }
        default: throw .unexpectedHandshake
        }
        missingCount = UInt32(count)
    }
}
