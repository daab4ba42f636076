// What a script is made of: system calls of a server, and what the other ends do meanwhile.
import LinuxReactor

/// One end of a connection.
enum Side: UInt8 { case server, peer }

/// A listening socket of the server.
enum ListenerName: Int, CaseIterable { case network, local }

/// Where the server connects to.
enum Destination: CaseIterable { case network, refusing, silent, local, missing, stale }

/// What epoll can watch.
enum Watched: Equatable {
    case connection(Int)
    case listener(ListenerName)
    case wakeup
}

/// One step of a script. A number is that of a connection, in the order of the script.
enum Step: Equatable {
    /// A client connects, or the server does.
    case connect(Int, ListenerName)
    case serverConnect(Int, Destination)
    case accept(ListenerName)
    case send(Int, Side, byteCount: Int)
    case receive(Int, Side, atMost: Int)
    /// Sends until the socket takes no more, and later receives all of it at the other end.
    case fill(Int)
    case drain(Int)
    case endOutput(Int, Side)
    case close(Int, Side)
    case reset(Int, Side)
    case takeError(Int)
    case watch(Watched, PollChange, Readiness, token: UInt64)
    /// Waits with room for one event, as often as there are events.
    case waitForEach
    case duplicate(Int)
    case closeDuplicate(Int)
    case closeListener(ListenerName)
    case acknowledged(Int)
    case limitUnsent(Int)
    case credentials(Int)
    case wake
    case clearWakeup
}

/// What a step has returned.
enum Outcome: Equatable {
    case done
    case sent(Int)
    /// How many bytes have come, and a checksum of them.
    case received(Int, checksum: UInt64)
    case wouldBlock
    case endOfStream
    case failed(Int32)
    /// The number of the connection, and the address of the peer without the port, which Linux
    /// chooses.
    case accepted(Int, from: String)
    /// How a drained connection goes on, and whether everything has come. How much a full socket
    /// takes is the affair of Linux.
    case drained(ReceiveOutcome, isComplete: Bool)
    case count(UInt64?)
    case credentials(PeerCredentials?)
    /// The events of several waits.
    case events([Event])
}

/// What epoll has reported about a descriptor, or what an end of a connection is ready for.
struct Event: Equatable, Comparable, CustomStringConvertible {
    let token: UInt64
    let readiness: Readiness

    static func < (left: Event, right: Event) -> Bool { left.token < right.token }

    var description: String {
        let names: [(UInt32, String)] = [
            (0x1, "IN"), (0x4, "OUT"), (0x8, "ERR"), (0x10, "HUP"), (0x2000, "RDHUP"),
        ]
        let found = names.filter { readiness.rawValue & $0.0 != 0 }.map(\.1)
        return "\(token): \(found.joined(separator: " "))"
    }
}

/// What a machine has shown after a step.
struct Observation: Equatable {
    var outcome: Outcome
    /// What epoll reports to the server, by token.
    var events: [Event] = []
    /// What the other ends are ready for, by their connections' numbers.
    var peers: [Event] = []
}

/// The bytes of a connection: each has a value of its place, so that none can be lost or doubled.
enum Content {
    static func bytes(_ connection: Int, _ side: Side, from offset: Int, count: Int) -> [UInt8] {
        let base = connection &* 7 &+ Int(side.rawValue) &* 131
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                let place = offset &+ index
                buffer[index] = UInt8(truncatingIfNeeded: base &+ place &* 31 &+ place >> 8)
            }
            filled = count
        }
    }

    /// FNV-1a.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
