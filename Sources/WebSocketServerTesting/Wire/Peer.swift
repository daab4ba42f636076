// The other end of a connection: what has come, and the weather of the line.
import WebSocketServer

/// A connection as its peer has it. The server keeps it until the test ends, so that it answers
/// whether the test keeps its own object or not.
class Peer {
    let network: SimulatedNetwork
    let socket: Int32
    /// What has come and is not taken apart yet.
    var received: [UInt8] = []
    var id: ConnectionID?
    var closeCause: CloseCause?
    private(set) var isCut = false
    /// What was sent while the line was cut: TCP sends it again later.
    private var unsent: [UInt8] = []

    init(_ network: SimulatedNetwork, _ socket: Int32) {
        self.network = network
        self.socket = socket
    }

    var state: SimulatedSocket {
        get { network.sockets[socket]! }
        set { network.sockets[socket]! = newValue }
    }

    var isClosed: Bool { !isCut && (state.isClosed || state.serverHasEnded) }

    /// Whether nothing can come any more.
    var isOver: Bool { !isCut && state.isClosed && state.toClient.isEmpty }

    func send(_ bytes: [UInt8]) {
        if isCut { unsent += bytes } else { network.send(bytes, on: socket) }
    }

    /// Takes what has come, and answers. Called after each turn.
    func pump() {
        guard !isCut else { return }
        if !state.toClient.isEmpty {
            received += network.receive(on: socket)
            take()
        }
        if state.serverHasEnded, !state.isClosed { endStream() }
    }

    /// Takes ``received`` apart, as far as it goes.
    func take() {}

    func endStream() {
        guard !state.peer.outputHasEnded, !state.peer.isOver else { return }
        state.clientHasEnded = true
        network.isIdle = false
    }

    func reset() {
        guard !state.isReset else { return }
        state.isReset = true
        network.isIdle = false
    }

    func cut() {
        isCut = true
        state.keepsOutput = true
    }

    func mend() {
        guard isCut else { return }
        isCut = false
        state.keepsOutput = false
        state.deliver(state.kept.count)
        let bytes = unsent
        unsent = []
        if state.wasReset { return }
        if !bytes.isEmpty { send(bytes) }
    }

    /// Takes one head off what has come: up to the empty line.
    func takeHead() -> MessageHead? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let text = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        received.removeSubrange(..<end.upperBound)
        return MessageHead(text)
    }
}

/// The first line and the fields of a request or a response, as they came.
struct MessageHead {
    let line: [Substring]
    let fields: [(name: String, value: String)]

    init(_ text: String) {
        let lines = text.unicodeScalars.split(separator: "\n").map {
            Substring($0).unicodeScalars.last == "\r" ? Substring($0.dropLast()) : Substring($0)
        }
        line = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
    }

    /// The value of the first field with this name, in any case of its characters.
    func field(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
