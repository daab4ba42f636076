// What is wrong with JSON that a peer has sent, in a sentence for the person who wrote the peer.
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Describes an error of a decoder: short enough for the reason of a Close frame, which has 123
/// bytes (RFC 6455 §5.5), unless a key's name is long.
struct JSONFault: CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        description =
            switch error as? DecodingError {
            case .keyNotFound(let key, let context):
                "The JSON has no \"\(Self.path(context, key))\"."
            case .typeMismatch(_, let context):
                "In the JSON, \(Self.place(context)) has the wrong type."
            case .valueNotFound(_, let context):
                "In the JSON, \(Self.place(context)) is null."
            case .dataCorrupted(let context) where !context.codingPath.isEmpty:
                "In the JSON, \(Self.place(context)) cannot be read: \(context.debugDescription)"
            default: "This is not JSON."
            }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty ? "the whole" : "\"\(path(context))\""
    }

    private static func path(
        _ context: DecodingError.Context, _ last: (any CodingKey)? = nil
    ) -> String {
        let keys = context.codingPath + (last.map { [$0] } ?? [])
        return keys.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
    }
}
