// Why received bytes are not a reply. There is no way back into the stream after one.

/// Why received bytes are not a reply, or are more of one than is allowed. What follows cannot be
/// understood, so that the connection must end.
package enum ReplyFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// No type begins with this byte.
    case unknownType(UInt8)
    /// The first line of a value of this type is not what the protocol allows.
    case malformed(ReplyType)
    /// A carriage return without a line feed behind it.
    case noLineFeed
    /// A body of this type goes on behind its length.
    case overlong(ReplyType)
    /// A value whose length is not known at its beginning: no Redis sends any.
    case streamed(ReplyType)
    /// A push inside another value.
    case nestedPush
    /// A line beyond ``ReplyLimits/lineByteCount``.
    case lineTooLong(limit: Int)
    /// A value beyond ``ReplyLimits/depth``.
    case tooDeep(limit: Int)
    /// Values beyond ``ReplyLimits/elementCount``.
    case tooManyElements(limit: Int)
    /// A body beyond ``ReplyLimits/bulkByteCount``.
    case bulkTooLong(byteCount: Int, limit: Int)
    /// A reply beyond ``ReplyLimits/byteCount``.
    case tooLong(limit: Int)

    package var description: String {
        switch self {
        case .unknownType(let byte):
            "This is not Redis: a reply cannot begin with \(Self.shown(byte))."
        case .malformed(let type): "\(type.phrase) is malformed."
        case .noLineFeed: "A carriage return is not followed by a line feed."
        case .overlong(let type): "\(type.phrase) does not end where its length says."
        case .streamed(let type):
            "\(type.phrase) has no length at its beginning, which is not supported."
        case .nestedPush: "A push stands inside another value."
        case .lineTooLong(let limit): "A line has more than \(limit) bytes."
        case .tooDeep(let limit): "Values stand in each other more than \(limit) deep."
        case .tooManyElements(let limit): "A reply has more than \(limit) values."
        case .bulkTooLong(let byteCount, let limit):
            "A value of \(byteCount) bytes is longer than the \(limit) that are allowed."
        case .tooLong(let limit): "A reply has more than \(limit) bytes."
        }
    }

    private static func shown(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte)
            ? "'\(Unicode.Scalar(byte))'" : "the byte \(byte)"
    }
}
