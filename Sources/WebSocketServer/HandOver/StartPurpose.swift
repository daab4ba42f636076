// What this program was started for, for a `main` that has to know before it makes its server.
import LinuxReactor

/// What a program was started for. A program that only checks a state must have no effect outside.
package enum StartPurpose: Sendable {
    /// To serve, from the beginning.
    case serve
    /// To check the state of a running server, as its child. The first server that is made does
    /// that, and ends the process.
    case check
    /// To take over the state of the program before, in the same process.
    case takeOver

    /// The purpose of this process, until its first server is made; ``serve`` afterwards.
    package static var current: StartPurpose {
        switch LinuxKernel.variable(HandOverVariable.name).flatMap(HandOverVariable.Purpose.init) {
        case .check: .check
        case .takeOver: .takeOver
        case nil: .serve
        }
    }
}
