// What is wrong with the files that TLS is set up with.
import WebSocketTLS

/// Why a ``TLS`` or a ``ClientTLS`` could not be made.
public struct TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    package let cause: TLSSetupError

    package init(_ cause: TLSSetupError) { self.cause = cause }

    /// What happened and what to do, as a sentence for the person who gave the files. It names the
    /// certificate by its ``TLS/Certificate/origin``, and repeats nothing secret.
    public var description: String { cause.description }
}
