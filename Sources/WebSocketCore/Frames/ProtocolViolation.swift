// Every way in which a peer can break RFC 6455 or a limit, with the close code it earns.

/// What the peer did wrong. It fails the connection (RFC 6455 §7.1.7) with `code` and `reason` in
/// the Close frame.
@frozen
public struct ProtocolViolation: Error, Equatable, BitwiseCopyable, Sendable {
    /// One case for each violation that the decoder finds.
    @frozen
    public enum Kind: UInt8, CaseIterable, BitwiseCopyable, Sendable {
        case reservedBits
        case reservedOpcode
        case fragmentedControl
        case controlTooLong
        case unexpectedContinuation
        case expectedContinuation
        case maskMissing
        case maskForbidden
        case lengthNotMinimal
        case lengthTopBit
        case messageTooBig
        case tooManyFragments
        case invalidUTF8
        case closeTooShort
        case invalidCloseCode
        case invalidCloseReason
    }

    public let kind: Kind

    @inlinable
    public init(_ kind: Kind) { self.kind = kind }

    /// The status code for the Close frame that answers it. Too many fragments earn 1008 and not
    /// 1009: such a message may be small, it is the way it was cut that is refused.
    public var code: CloseCode {
        switch kind {
        case .messageTooBig: .messageTooBig
        case .tooManyFragments: .policyViolation
        case .invalidUTF8, .invalidCloseReason: .invalidPayload
        default: .protocolError
        }
    }

    /// A sentence for the Close frame and the log.
    public var reason: StaticString {
        switch kind {
        case .reservedBits: "A reserved bit is set that no extension gave a meaning."
        case .reservedOpcode: "The opcode is reserved."
        case .fragmentedControl: "A control frame must not be fragmented."
        case .controlTooLong: "A control frame carries at most 125 bytes."
        case .unexpectedContinuation: "A continuation frame came with no message to continue."
        case .expectedContinuation: "A new message began before the last one was finished."
        case .maskMissing: "A client must mask its frames."
        case .maskForbidden: "A server must not mask its frames."
        case .lengthNotMinimal: "The length is not in its shortest form."
        case .lengthTopBit: "The top bit of a 64-bit length must be zero."
        case .messageTooBig: "The message is too big."
        case .tooManyFragments: "The message has too many fragments."
        case .invalidUTF8: "A text message must be UTF-8."
        case .closeTooShort: "A close frame is empty or begins with a two-byte code."
        case .invalidCloseCode: "This close code must not be sent."
        case .invalidCloseReason: "A close reason must be UTF-8."
        }
    }
}

extension ProtocolViolation: CustomStringConvertible {
    public var description: String { "\(reason) (\(code))" }
}
