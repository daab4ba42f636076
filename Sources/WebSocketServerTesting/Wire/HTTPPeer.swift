// The test's end of a plain HTTP request: it takes the response apart, as a client does.
import WebSocketServer

final class HTTPPeer: Peer {
    /// How the end of the body is found: RFC 9112 §6.3.
    private enum Framing {
        case none
        case counted(Int)
        case chunked
        case untilClosed
    }

    private let isHead: Bool
    private(set) var head: MessageHead?
    private var framing = Framing.none
    private(set) var body: [UInt8] = []
    private(set) var isComplete = false
    private var events = EventReader()
    private var isEventStream = false

    init(_ network: SimulatedNetwork, _ socket: Int32, isHead: Bool) {
        self.isHead = isHead
        super.init(network, socket)
    }

    /// Goes on with what another peer has begun to receive: the refusal of a WebSocket.
    func adopt(_ other: WebSocketPeer) {
        guard let head = other.head else { return }
        self.head = head
        begin(head)
        received = other.received
        take()
    }

    func takeEvents(_ most: Int = .max) -> [ServerSentEvent] { events.takeEvents(most) }

    override func pump() {
        super.pump()
        if case .untilClosed = framing, isClosed { isComplete = true }
    }

    override func take() {
        while head == nil {
            guard let next = takeHead() else { return }
            // 100 Continue and its like come in front of the answer.
            if next.line.dropFirst().first?.hasPrefix("1") == true { continue }
            head = next
            begin(next)
        }
        takeBody()
        // It asks for one thing only, as curl does.
        if isComplete { endStream() }
    }

    private func begin(_ head: MessageHead) {
        isEventStream = head.field("Content-Type")?.hasPrefix("text/event-stream") == true
        let status = head.line.dropFirst().first ?? ""
        if isHead || status == "204" || status == "304" {
            framing = .none
        } else if head.field("Transfer-Encoding") != nil {
            framing = .chunked
        } else if let count = head.field("Content-Length").flatMap({ Int($0) }) {
            framing = .counted(count)
        } else {
            framing = .untilClosed
        }
    }

    private func takeBody() {
        switch framing {
        case .none: isComplete = true
        case .counted(let count):
            add(received[...])
            received = []
            isComplete = body.count >= count
        case .untilClosed:
            add(received[...])
            received = []
        case .chunked: while !isComplete, takeChunk() {}
        }
    }

    private func takeChunk() -> Bool {
        guard let line = received.firstRange(of: [13, 10]) else { return false }
        let digits = String(decoding: received[..<line.lowerBound], as: UTF8.self)
        guard let count = Int(digits, radix: 16) else {
            preconditionFailure("the server has sent \"\(digits)\" as the size of a chunk")
        }
        let end = line.upperBound + count
        guard received.count >= end + 2 else { return false }
        add(received[line.upperBound..<end])
        received.removeSubrange(..<(end + 2))
        isComplete = count == 0
        return true
    }

    private func add(_ bytes: ArraySlice<UInt8>) {
        body += bytes
        if isEventStream { events.read(bytes) }
    }
}
