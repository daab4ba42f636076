// The test's end of a WebSocket: it takes frames apart, and answers as every client does.
import WebSocketCore
import WebSocketServer

final class WebSocketPeer: Peer {
    /// A client masks what it sends; the end of an outgoing connection is a server.
    let isClient: Bool
    /// The server's answer; of an outgoing connection the server's request.
    private(set) var head: MessageHead?
    /// Whether the handshake has succeeded.
    private(set) var isOpen = false
    var answersPings = true
    private(set) var messages: [ReceivedMessage] = []
    private(set) var pings: [[UInt8]] = []
    private(set) var pongs: [[UInt8]] = []
    private(set) var closeFrame: (code: CloseCode, reason: String)?
    private var hasSentClose = false
    private var assembled: [UInt8] = []
    private var assembledOpcode: UInt8 = 0

    init(_ network: SimulatedNetwork, _ socket: Int32, isClient: Bool) {
        self.isClient = isClient
        super.init(network, socket)
    }

    override func take() {
        if head == nil {
            head = takeHead()
            if isClient, head?.line.dropFirst().first == "101" { isOpen = true }
        }
        while isOpen, let frame = WireFrame.take(from: &received) { take(frame) }
    }

    /// An outgoing connection is accepted by the test.
    func open() { isOpen = true }

    func takeMessage() -> ReceivedMessage? { messages.isEmpty ? nil : messages.removeFirst() }

    func takePings() -> [[UInt8]] {
        defer { pings = [] }
        return pings
    }

    func takePongs() -> [[UInt8]] {
        defer { pongs = [] }
        return pongs
    }

    private func take(_ frame: WireFrame) {
        switch frame.opcode {
        case 0, 1, 2:
            if frame.opcode != 0 { assembledOpcode = frame.opcode }
            assembled += frame.payload
            guard frame.isFinal else { return }
            messages.append(
                assembledOpcode == 1
                    ? .text(String(decoding: assembled, as: UTF8.self)) : .binary(assembled))
            assembled = []
        case 8: closed(frame.payload)
        case 9:
            pings.append(frame.payload)
            if answersPings, !hasSentClose { sendFrame(10, frame.payload) }
        case 10: pongs.append(frame.payload)
        default: preconditionFailure("the server has sent a frame with opcode \(frame.opcode)")
        }
    }

    private func closed(_ payload: [UInt8]) {
        guard closeFrame == nil else { return }
        let code =
            payload.count < 2
            ? CloseCode.noStatus
            : CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        closeFrame = (code, String(decoding: payload.dropFirst(2), as: UTF8.self))
        if !hasSentClose { sendClose(payload) }
        // RFC 6455 §7.1.1: the server closes the TCP connection first.
        if !isClient { endStream() }
    }

    func sendClose(_ payload: [UInt8]) {
        hasSentClose = true
        sendFrame(8, payload)
        if !isClient, closeFrame != nil { endStream() }
    }

    func sendFrame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) {
        send(WireFrame.bytes(opcode, payload, isFinal: isFinal, isMasked: isClient))
    }
}
