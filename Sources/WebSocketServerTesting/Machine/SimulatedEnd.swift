// One end of a connection of the simulated machine: what Linux does with a socket of TCP, and with
// a local one. `KernelScripts` (Tests/Support) holds it against the real kernel.
import LinuxReactor

/// One end of a connection, as its kernel sees it.
package struct SimulatedEnd {
    /// What has come and was not received yet.
    package var input: [UInt8] = []
    /// The other end has sent FIN, behind `input`.
    package var inputHasEnded = false
    /// This end has sent FIN, or may not send for another reason.
    package var outputHasEnded = false
    /// The pending error, an errno(3); 0 if there is none. The first call that can report it takes
    /// it.
    package var error: Int32 = 0
    /// TCP has ended here: by a reset, since nobody listens, or since both ends have sent FIN.
    package var isOver = false
    /// No descriptor of it is left.
    package var isClosed = false

    package init() {}

    /// What epoll(7) reports, apart from what it is watched for; `hasRoom`: the socket's buffer
    /// takes more output.
    package func readiness(isLocal: Bool, hasRoom: Bool) -> Readiness {
        var ready: Readiness = []
        if !input.isEmpty { ready.insert(.readable) }
        if inputHasEnded || isOver { ready.formUnion([.readable, .peerEnded]) }
        // TCP reports room for output where a send fails at once; a local socket does not.
        if hasRoom || isOver || (outputHasEnded && !isLocal) { ready.insert(.writable) }
        if isOver || (inputHasEnded && outputHasEnded) { ready.insert(.hungUp) }
        if error != 0 { ready.insert(.hasError) }
        return ready
    }

    /// The result of recv(2) when no bytes are left.
    package mutating func receiveNothing(isLocal: Bool) -> ReceiveOutcome {
        // TCP reports no error to a reader that has come to an end of stream.
        if inputHasEnded, !isLocal { return .endOfStream }
        if error != 0 { return .failed(takeError()) }
        return inputHasEnded || isOver ? .endOfStream : .wouldBlock
    }

    /// Why send(2) fails, if it does.
    package mutating func sendError(isLocal: Bool) -> Int32? {
        if isLocal, outputHasEnded { return 32 }
        if error != 0 { return takeError() }
        return outputHasEnded || isOver ? 32 : nil
    }

    /// SO_ERROR: returns the pending error and clears it.
    package mutating func takeError() -> Int32 {
        defer { error = 0 }
        return error
    }

    /// RST has come.
    mutating func becomeReset() {
        guard !isOver, !isClosed else { return }
        isOver = true
        // ECONNRESET, or EPIPE behind a FIN.
        error = inputHasEnded ? 32 : 104
    }

    /// Sends FIN; `other` is the other end.
    mutating func endOutput(to other: inout SimulatedEnd, isLocal: Bool) {
        guard !outputHasEnded, !isOver else { return }
        outputHasEnded = true
        other.inputHasEnded = true
        guard !isLocal, inputHasEnded else { return }
        isOver = true
        other.isOver = true
    }

    /// The last descriptor is closed: close(2). `resets`: with SO_LINGER 0. Returns whether the
    /// other end is reset.
    mutating func close(to other: inout SimulatedEnd, isLocal: Bool, resets: Bool) -> Bool {
        isClosed = true
        if isLocal {
            other.inputHasEnded = true
            other.outputHasEnded = true
            if !input.isEmpty { other.error = 104 }
            return false
        }
        guard !isOver else { return false }
        // Bytes that nobody will receive: the peer must not believe that they were.
        guard resets || !input.isEmpty else {
            endOutput(to: &other, isLocal: false)
            return false
        }
        isOver = true
        other.becomeReset()
        return true
    }

    /// Bytes of this end come to the other, which answers with a reset if it is closed.
    mutating func transmit(_ bytes: some Sequence<UInt8>, to other: inout SimulatedEnd) {
        if other.isClosed { becomeReset() } else { other.input += bytes }
    }
}
