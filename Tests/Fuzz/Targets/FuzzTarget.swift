// The fuzzing targets. Each is a function over an input that throws if a property fails; both
// libFuzzer (Runner) and the tests (Replay) call it.

/// A part of the server and what must be true of it for all inputs. The raw value names its corpus
/// and its dictionary.
enum FuzzTarget: String, CaseIterable, Sendable {
    case requestHead = "request-head"
    case clientHandshake = "client-handshake"
    case extensions
    case origins
    case frames
    case deflate
    case chatCommands = "chat-commands"
    case chat
    case savedState = "saved-state"
    case server
    case tlsRecords = "tls-records"
    case tlsSessions = "tls-sessions"
    case redisReplies = "redis-replies"

    func run(_ input: Span<UInt8>) throws {
        switch self {
        case .requestHead: try fuzzRequestHead(input)
        case .clientHandshake: try fuzzClientHandshake(input)
        case .extensions: try fuzzExtensions(input)
        case .origins: try fuzzOrigins(input)
        case .frames: try fuzzFrames(input)
        case .deflate: try fuzzDeflate(input)
        case .chatCommands: try fuzzChatCommands(input)
        case .chat: try fuzzChat(input)
        case .savedState: try fuzzSavedState(input)
        case .server: try fuzzServer(input)
        case .tlsRecords: try fuzzTLSRecords(input)
        case .tlsSessions: try fuzzTLSSessions(input)
        case .redisReplies: try fuzzRedisReplies(input)
        }
    }
}
