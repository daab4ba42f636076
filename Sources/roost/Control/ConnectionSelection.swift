// Which connections an operator means, and the search for them in parts of bounded work.
import ChatRooms
import WebSocketServer

/// Which connections are meant, from the query of a GET or the body of a POST.
struct ConnectionSelection {
    var user: String?
    var room: String?
    var address: AddressRange?
    /// The same as it was written.
    var addressText = ""
    var connection: UInt64?
    /// The slot to begin at: the `next` of the answer before.
    var start: UInt32 = 0

    /// Reads it from named values. Throws if one of them cannot be read.
    init(_ value: (String) -> String?) throws(ControlRefusal) {
        user = value("user")
        room = value("room")
        if let text = value("address") {
            guard let range = AddressRange(text) else {
                throw ControlRefusal(
                    .badRequest,
                    "\"address\" must be an address or a range: 192.0.2.7, 2001:db8::/48.")
            }
            address = range
            addressText = text
        }
        if let text = value("connection") {
            guard let number = UInt64(text) else {
                throw ControlRefusal(.badRequest, "\"connection\" must be a connection's number.")
            }
            connection = number
        }
        if let text = value("after") {
            guard let number = UInt32(text) else {
                throw ControlRefusal(.badRequest, "\"after\" must be the \"next\" of an answer.")
            }
            start = number
        }
    }
}

/// A request of an operator that cannot be carried out: the chat's `error`, with a sentence.
struct ControlRefusal: Error {
    let code: ErrorCode
    let text: String

    init(_ code: ErrorCode, _ text: String) {
        self.code = code
        self.text = text
    }
}

extension ChatHandler {
    /// How much work one search may do, in steps: a slot that is looked at is one step, and a
    /// connection that is found is ``rowStepCount``. The event loop serves clients between the
    /// parts of a search.
    static let searchStepCount = 16_384
    static let rowStepCount = 64

    /// The open connections that are meant, as far as one search gets, and the slot to go on at;
    /// nil at the end. A connection that is open all the time is found exactly once. Throws if
    /// there is no such user or room.
    func search(
        _ selection: ConnectionSelection, _ io: borrowing ServerContext
    ) throws(ControlRefusal) -> (found: [ConnectionID], next: UInt32?) {
        guard let filter = chat.connectionFilter(user: selection.user, room: selection.room) else {
            let isRoom = selection.user.map { chat.connectionCount(of: $0) > 0 } ?? true
            throw ControlRefusal(
                .notFound,
                isRoom
                    ? "There is no room \(selection.room ?? "")."
                    : "Nobody is connected as \(selection.user ?? "").")
        }
        // Most users have one connection: the rest of the table need not be looked at.
        let enough = selection.start == 0 ? filter.connectionLimit ?? .max : .max
        var matchCount = 0
        var found: [ConnectionID] = []
        var steps = 0
        var slot = selection.start
        let end = chat.connectionSlotCount
        while slot < end, steps < Self.searchStepCount, matchCount < enough {
            steps += 1
            defer { slot += 1 }
            guard let key = chat.connection(inSlot: slot, matching: filter) else { continue }
            matchCount += 1
            // A connection that is being closed is passed over.
            guard let id = io.connection(key) else { continue }
            if let wanted = selection.connection, id.resourceID != wanted { continue }
            if let range = selection.address {
                guard let peer = io.peer(of: id), range.contains(peer) else { continue }
            }
            found.append(id)
            steps += Self.rowStepCount
        }
        return (found, slot < end && matchCount < enough ? slot : nil)
    }
}
