// Every way in which a peer can violate RFC 6455, RFC 7692 or a limit, with the close code for it.

/// What the peer did wrong. The connection is then failed (RFC 6455 §7.1.7), with `code` and
/// `reason` in the Close frame.
@frozen
public struct ProtocolViolation: Error, Equatable, BitwiseCopyable, Sendable {
    /// One case for each violation that the decoder, the decompressor or the server finds.
    @frozen
    public enum Kind: UInt8, CaseIterable, BitwiseCopyable, Sendable {
        /// RSV1, RSV2 or RSV3 is set and no negotiated extension uses it (RFC 6455 §5.2).
        case reservedBits
        /// An opcode that is reserved (RFC 6455 §5.2).
        case reservedOpcode
        /// A control frame without FIN (RFC 6455 §5.5).
        case fragmentedControl
        /// A control frame of more than 125 bytes (RFC 6455 §5.5).
        case controlTooLong
        /// A continuation with no message to continue (RFC 6455 §5.4).
        case unexpectedContinuation
        /// A new message before the previous message has ended (RFC 6455 §5.4).
        case expectedContinuation
        /// A frame from a client without a mask (RFC 6455 §5.1).
        case maskMissing
        /// A frame from a server with a mask (RFC 6455 §5.1).
        case maskForbidden
        /// A length that is not in its shortest form (RFC 6455 §5.2).
        case lengthNotMinimal
        /// A 64-bit length of 2^63 or more (RFC 6455 §5.2).
        case lengthTopBit
        /// A message above ``DecoderRules/messageByteLimit``, on the wire or decompressed.
        case messageTooBig
        /// A message in more empty or tiny frames than ``DecoderRules/fragmentLimit`` allows.
        case tooManyFragments
        /// A text message that is not UTF-8 (RFC 6455 §8.1).
        case invalidUTF8
        /// A Close frame of one byte (RFC 6455 §5.5.1).
        case closeTooShort
        /// A Close frame with a code that must not be sent (RFC 6455 §7.4).
        case invalidCloseCode
        /// A Close frame whose reason is not UTF-8 (RFC 6455 §5.5.1).
        case invalidCloseReason
        /// A compressed message that is corrupt or incomplete (RFC 7692 §7.2.2).
        case invalidDeflate
        /// A compressed message above ``InflateLimits/ratioLimit``.
        case ratioTooHigh
        /// A message that was begun and not completed in time. The decoder knows no time: whoever
        /// feeds it finds this.
        case messageTimeout
    }

    /// Which rule was broken.
    public let kind: Kind

    /// A violation of this kind.
    @inlinable
    public init(_ kind: Kind) { self.kind = kind }

    /// The status code for the Close frame that answers it. Too many fragments cause 1008 and not
    /// 1009: such a message may be small, and what is refused is how it was fragmented.
    public var code: CloseCode {
        switch kind {
        case .messageTooBig, .ratioTooHigh: .messageTooBig
        case .tooManyFragments, .messageTimeout: .policyViolation
        case .invalidUTF8, .invalidCloseReason, .invalidDeflate: .invalidPayload
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
        case .tooManyFragments: "The message is in too many empty or tiny frames."
        case .invalidUTF8: "A text message must be UTF-8."
        case .closeTooShort: "A close frame is empty or begins with a two-byte code."
        case .invalidCloseCode: "This close code must not be sent."
        case .invalidCloseReason: "A close reason must be UTF-8."
        case .invalidDeflate: "The compressed message is corrupt."
        case .messageTimeout: "The message was begun and not completed in time."
        case .ratioTooHigh: "The compressed message expands too much."
        }
    }
}

extension ProtocolViolation: CustomStringConvertible {
    public var description: String { "\(reason) (\(code))" }
}
