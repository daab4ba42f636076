// The chat: a command taken apart, and messages written as JSON.
import ChatRooms

extension Workload {
    static let commands: [Workload] = [
        // Refused after decoding, since the client has not logged in: decoding, and a short reply.
        Workload("chat command, decoded", count: 10_000) {
            let command = #"{"type":"message","room":"lobby","text":"\#(chatText)","id":"0f8c2a"}"#
            return chatting(Array(command.utf8), isLoggedIn: false)
        },
        Workload("chat command with escapes, decoded", count: 10_000) {
            let text = #"caf\u00e9 \"quoted\" \ud83d\ude00 and\nmore, "# + chatText
            let command = #"{"type":"message","room":"lobby","text":"\#(text)","id":"0f8c2a"}"#
            return chatting(Array(command.utf8), isLoggedIn: false)
        },
        // Decoding, history, and the JSON of the push and of the reply.
        Workload("chat message, published", count: 10_000) {
            let command = #"{"type":"message","room":"lobby","text":"\#(chatText)"}"#
            return chatting(Array(command.utf8), isLoggedIn: true)
        },
        Workload("chat history of 50, written", count: 500) {
            let command = #"{"type":"message","room":"lobby","text":"\#(chatText)"}"#
            return chatting(
                Array(#"{"type":"history","room":"lobby","limit":50}"#.utf8), isLoggedIn: true,
                before: [[UInt8]](repeating: Array(command.utf8), count: 60))
        },
    ]

    private static func chatting(
        _ command: [UInt8], isLoggedIn: Bool, before: [[UInt8]] = []
    ) -> (Int) -> Void {
        { count in
            var chat = Chat(limits: .withoutRateLimit, epochSeed: 7)
            var effects = Effects()
            var now = Timestamp(monotonic: 1_000_000, wall: 1_795_381_500_123)
            let key = ConnectionKey(slot: 0, generation: 1)
            chat.connectionOpened(key, resourceID: 1, at: now)
            chat.provide(SessionToken(bits: 1))
            if isLoggedIn {
                let login = Array(#"{"type":"login","user":"ann"}"#.utf8)
                chat.received(login.span, from: key, at: now, &effects)
            }
            for command in before { chat.received(command.span, from: key, at: now, &effects) }
            effects.removeAll()
            for _ in 0..<count {
                now.wall += 1
                chat.received(command.span, from: key, at: now, &effects)
                effects.removeAll()
            }
        }
    }
}
