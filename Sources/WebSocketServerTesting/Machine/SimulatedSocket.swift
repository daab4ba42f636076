// One connection of the simulated machine, as its kernel and its peer see it.
import LinuxReactor

/// One connection as the network sees it.
package struct SimulatedSocket {
    /// What the client has sent and the server has not received.
    package var toServer: [UInt8] = []
    /// What the server has sent.
    package var toClient: [UInt8] = []
    /// How many more bytes the client's side takes before the socket is full.
    package var window = Int.max
    /// Whether the server's kernel keeps what it takes until ``deliver(_:)``.
    package var keepsOutput = false
    package private(set) var kept: [UInt8] = []
    /// How many bytes of the server's the client's TCP has acknowledged.
    package private(set) var acknowledgedCount = 0
    /// How often the server has asked for the speed of the line.
    package var paceCount = 0
    /// The speed that the server's kernel has measured.
    package var bytesPerSecond: Int?
    /// How many unsent bytes the server has allowed its kernel to keep.
    package var unsentLimit: Int?
    package var clientHasEnded = false
    /// The client's side of the TLS, if the connection is encrypted.
    package var encryption: SimulatedEncryption?
    package var isReset = false
    /// The reset has been reported once; after that only an end of stream is seen, as on Linux.
    package var errorIsTaken = false
    /// Sends fail with EPIPE although receiving has not shown the loss yet.
    package var failsToSend = false
    package var serverHasEnded = false
    package var isClosed = false
    package var wasReset = false
    /// The outcome of an outgoing connection; nil for an accepted one.
    package var attempt: Attempt?

    package var readiness: Readiness {
        switch attempt {
        case .pending: return []
        case .fails: return [.readable, .writable, .failed]
        case .succeeds, .failsAtOnce, nil: break
        }
        var ready: Readiness = []
        if !toServer.isEmpty || clientHasEnded { ready.insert(.readable) }
        if clientHasEnded { ready.insert(.peerEnded) }
        if window > 0 { ready.insert(.writable) }
        if isReset { ready.formUnion([.readable, .writable, .failed]) }
        if clientHasEnded && serverHasEnded { ready.insert(.failed) }
        return ready
    }

    /// The server's kernel takes output.
    package mutating func take(_ bytes: some Sequence<UInt8>) {
        kept += bytes
        if !keepsOutput { deliver(kept.count) }
    }

    /// The first `count` bytes that the kernel has kept reach the client.
    package mutating func deliver(_ count: Int) {
        let bytes = kept.prefix(count)
        toClient += bytes
        acknowledgedCount += bytes.count
        kept.removeFirst(bytes.count)
    }

    /// The result of recv(2) when no bytes are left. As on Linux a reset is reported once, to
    /// whichever call comes first, and not at all to a reader that can still read an earlier end of
    /// stream.
    package mutating func receiveNothing() -> ReceiveOutcome {
        if isReset, !clientHasEnded, !errorIsTaken {
            errorIsTaken = true
            return .failed(104)
        }
        return isReset || clientHasEnded ? .endOfStream : .wouldBlock
    }

    /// Why send(2) fails: ECONNRESET once, EPIPE from then on.
    package mutating func sendError() -> Int32? {
        guard isReset || failsToSend else { return nil }
        if isReset, !clientHasEnded, !errorIsTaken {
            errorIsTaken = true
            return 104
        }
        return 32
    }
}

/// The outcome of a connect(2).
package enum Attempt: Equatable {
    case succeeds
    /// connect(2) returns the error itself.
    case failsAtOnce(Int32)
    /// The error is reported later.
    case fails(Int32)
    case pending
}
