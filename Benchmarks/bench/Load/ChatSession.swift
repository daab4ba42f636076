// The chat of `roost serve`, as far as a load speaks it: log in, join a room, talk.
import WebSocketServer

/// What the connections of one generator have sent to the chat and received from it.
struct ChatSession {
    enum Outcome { case none, entered }

    private(set) var unacknowledged = 0
    private var logins: [UInt64]

    init(_ plan: LoadPlan) {
        logins = [UInt64](repeating: 0, count: plan.connectionCount + plan.neverReadCount)
    }

    mutating func opened(_ member: Int, _ state: inout LoadState, _ io: inout ServerContext) {
        state.change(member, to: .joining)
        let user = String(decoding: state.user(of: member), as: UTF8.self)
        io.send(
            #"{"type":"login","user":"\#(user)","join":false}"#, to: state.members[member].id)
    }

    mutating func sent() { unacknowledged += 1 }

    /// A message without a stamp: a reply, or a push that carries no user's text.
    mutating func received(
        _ bytes: Span<UInt8>, by member: Int, _ state: inout LoadState, _ io: inout ServerContext
    ) -> Outcome {
        switch Reply(bytes) {
        case .welcome:
            let room = String(decoding: state.room(named: member), as: UTF8.self)
            io.send(
                #"{"type":"join","room":"\#(room)","limit":1}"#, to: state.members[member].id)
        case .joined: return .entered
        case .ok: unacknowledged -= 1
        case .error:
            if state.members[member].state == .ready { unacknowledged -= 1 }
            let text = String(copying: bytes)
            state.tally.fail("chat: " + (text.field("code") ?? text))
        case .notice: break
        // Only this run's messages come to its rooms, and this one has no stamp.
        case .message: state.tally.fail(FailureKind.damaged)
        case .unknown: state.tally.fail(FailureKind.unasked)
        }
        return .none
    }

    func finish(_ state: inout LoadState) {
        state.tally.fail("messages not acknowledged", unacknowledged)
        state.tally.fail("acknowledgements not asked for", -unacknowledged)
    }

    /// What kind of message it is, by the type that comes first in it.
    enum Reply {
        case welcome, joined, ok, error
        /// What somebody says; and what the chat says of itself without being asked.
        case message, notice
        /// Nothing that the chat's protocol has.
        case unknown

        private static let starts: [(bytes: [UInt8], reply: Reply)] = [
            ("message", .message), ("ok", .ok), ("presence", .notice), ("joined", .joined),
            ("welcome", .welcome), ("error", .error), ("typing", .notice), ("deleted", .notice),
        ].map { (Array("{\"type\":\"\($0)\"".utf8), $1) }

        init(_ bytes: Span<UInt8>) {
            self = .unknown
            guard bytes.count > 2, bytes[bytes.count - 1] == UInt8(ascii: "}") else { return }
            for start in Self.starts where bytes.count > start.bytes.count {
                guard bytes.extracting(0..<start.bytes.count).isEqual(to: start.bytes.span) else {
                    continue
                }
                self = start.reply
                return
            }
        }
    }
}
