// The test's end of a WebSocket.
import WebSocketCore
import WebSocketServer

/// The test's end of a WebSocket: of a client that has connected, or of a server to which the
/// handler has connected.
///
/// It behaves as every WebSocket client does: it answers Pings with Pongs and a Close with a Close,
/// as long as it reads and its network is there. It does not offer permessage-deflate.
public final class SimulatedWebSocket: SimulatedConnection {
    let webSocket: WebSocketPeer
    /// The target of the request: `/chat?room=1`.
    public let target: String

    init(_ peer: WebSocketPeer, target: String, _ driver: any SimulationDriver) {
        webSocket = peer
        self.target = target
        super.init(peer, driver)
    }

    // MARK: The handshake

    /// Whether the handshake has succeeded. It stays true when the connection has ended.
    public var isOpen: Bool { webSocket.isOpen }

    /// The header fields of the server's answer, in their order; of an outgoing connection those of
    /// the handler's request. Empty while there is none.
    public var headers: [(name: String, value: String)] { webSocket.head?.fields ?? [] }

    /// The first header field with this name, in any case of its characters.
    public func header(_ name: String) -> String? { webSocket.head?.field(name) }

    /// The subprotocol that the server has chosen; nil for none.
    public var subprotocol: String? {
        webSocket.isClient ? header("Sec-WebSocket-Protocol") : nil
    }

    // MARK: Sending

    /// Sends a text message.
    public func send(_ text: String) { frame(1, Array(text.utf8)) }

    /// Sends a binary message.
    public func send(_ bytes: [UInt8]) { frame(2, bytes) }

    /// Sends one text message in several frames (RFC 6455 §5.4), all at once.
    public func send(fragments: [String]) {
        precondition(!fragments.isEmpty, "A message has at least one fragment.")
        for (index, text) in fragments.enumerated() {
            webSocket.sendFrame(
                index == 0 ? 1 : 0, Array(text.utf8), isFinal: index == fragments.count - 1)
        }
        driver.settle()
    }

    /// Sends a Ping; the server's answer is in ``receivePongs()``. It has at most 125 bytes.
    public func ping(_ payload: [UInt8] = []) { frame(9, payload) }

    /// Begins the closing handshake, or sends a Close frame without a code if that is nil.
    public func close(code: CloseCode? = .normal, reason: String = "") {
        let number = code.map { [UInt8($0.rawValue >> 8), UInt8($0.rawValue & 0xFF)] } ?? []
        webSocket.sendClose(number + Array(reason.utf8))
        driver.settle()
    }

    private func frame(_ opcode: UInt8, _ payload: [UInt8]) {
        webSocket.sendFrame(opcode, payload)
        driver.settle()
    }

    // MARK: Receiving

    /// The next message; nil if none has come. There is nothing to wait for: what the server could
    /// send at this moment is there, and the rest needs ``SimulatedServer/advance(by:)``.
    public func receive() -> ReceivedMessage? { webSocket.takeMessage() }

    /// All messages that have come since the last time, in their order.
    public func receiveAll() -> [ReceivedMessage] {
        var all: [ReceivedMessage] = []
        while let message = webSocket.takeMessage() { all.append(message) }
        return all
    }

    /// The payloads of the Pings that have come since the last time.
    public func receivePings() -> [[UInt8]] { webSocket.takePings() }

    /// The payloads of the Pongs that have come since the last time.
    public func receivePongs() -> [[UInt8]] { webSocket.takePongs() }

    /// Whether Pings are answered; true at first. A client that does not answer is closed for it,
    /// unless it sends something else.
    public var answersPings: Bool {
        get { webSocket.answersPings }
        set { webSocket.answersPings = newValue }
    }

    /// The code of the server's Close frame; nil if none has come, and `CloseCode.noStatus` if it
    /// had none.
    public var closeCode: CloseCode? { webSocket.closeFrame?.code }

    /// The sentence of the server's Close frame; nil if none has come.
    public var closeReason: String? { webSocket.closeFrame?.reason }

    // MARK: The end of an outgoing connection

    /// Accepts a connection that the handler has opened, as the server at the other end would:
    /// `onOpen` follows.
    public func accept(subprotocol: String? = nil, headers: [(String, String)] = []) {
        precondition(!webSocket.isClient, "Only a connection that the handler opens is accepted.")
        precondition(!isOpen, "The connection to \(target) is accepted already.")
        let key = header("Sec-WebSocket-Key") ?? ""
        let accept = AcceptValue(key: Array(key.utf8).span).description
        let chosen = subprotocol.map { [("Sec-WebSocket-Protocol", $0)] } ?? []
        let fields =
            [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
            + chosen + headers
        webSocket.open()
        send(raw: Wire.head("HTTP/1.1 101 Switching Protocols", fields))
    }

    /// Refuses a connection that the handler has opened, with this status: `onError` and `onClose`
    /// follow.
    public func refuse(_ status: HTTPStatus, headers: [(String, String)] = [], body: String = "") {
        precondition(!webSocket.isClient, "Only a connection that the handler opens is refused.")
        let count = [("Content-Length", "\(body.utf8.count)")]
        send(raw: Wire.head("HTTP/1.1 \(status)", count + headers) + Array(body.utf8))
    }
}

/// Heads as they go over the wire.
enum Wire {
    static func head(_ line: String, _ fields: [(String, String)]) -> [UInt8] {
        Array((line + "\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n").utf8)
    }
}
