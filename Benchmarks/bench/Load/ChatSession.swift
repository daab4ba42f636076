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
        case .other: break
        }
        return .none
    }

    func finish(_ state: inout LoadState) {
        state.tally.fail("messages not acknowledged", unacknowledged)
    }

    /// What kind of message it is, by the type that comes first in it.
    enum Reply {
        case welcome, joined, ok, error, other

        init(_ bytes: Span<UInt8>) {
            // {"type":"x
            guard bytes.count > 11 else {
                self = .other
                return
            }
            switch (bytes[9], bytes[10]) {
            case (UInt8(ascii: "w"), UInt8(ascii: "e")): self = .welcome
            case (UInt8(ascii: "j"), UInt8(ascii: "o")): self = .joined
            case (UInt8(ascii: "o"), UInt8(ascii: "k")): self = .ok
            case (UInt8(ascii: "e"), UInt8(ascii: "r")): self = .error
            default: self = .other
            }
        }
    }
}
