// A handler that connects, its simulation, and what its tests read from the wire.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Connects when it starts, and records what happens.
struct Connector: MailHandler, OperationsHandler {
    var requests: [ConnectRequest] = []
    var greeting: String?
    private(set) var ids: [ConnectionID] = []
    private(set) var agreements: [ClientAgreement] = []
    private(set) var texts: [String] = []
    private(set) var errors: [ConnectionError] = []
    private(set) var causes: [CloseCause] = []
    /// What it does next, in the callback of the next message from outside.
    var command: (([ConnectionID], inout ServerContext) -> Void)?

    typealias Mail = Int

    mutating func onStart(_ io: inout ServerContext) { ids = requests.map { io.connect($0) } }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        agreements.append(io.agreement(of: id)!)
        if let greeting { io.send(greeting, to: id) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        texts.append(message.text)
    }

    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
        errors.append(error)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        #expect(errors.count >= causes.filter { ConnectionError($0) != nil }.count)
        causes.append(cause)
    }

    mutating func onMail(_ mail: Int, _ io: inout ServerContext) { command?(ids, &io) }
}

extension Simulation<Connector> {
    /// A simulation of one outgoing connection.
    init(to url: String, _ change: (inout ConnectRequest) -> Void = { _ in }) throws {
        var request = try ConnectRequest(url)
        change(&request)
        try self.init(Connector(requests: [request]))
    }

    /// The latest socket that was connected.
    var socket: Int32 { network.connects.last!.socket }

    /// What the client has sent since the last time.
    func sent() -> [UInt8] { network.receive(on: socket) }

    /// Answers the request that was sent as a server would, with these changes.
    mutating func answer(
        accept: String? = nil, more: String = "", behind: [UInt8] = []
    ) {
        let request = String(decoding: sent(), as: UTF8.self)
        let key = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }!
        let value = AcceptValue(key: Array(key.dropFirst(19).utf8).span).description
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(accept ?? value)\r\n\(more)\r\n"
        network.send(Array(head.utf8) + behind, on: socket)
        settle()
    }

    mutating func reply(_ text: String) {
        network.send(Array(text.utf8), on: socket)
        settle()
    }

    /// Runs a closure in the handler.
    mutating func perform(_ command: @escaping ([ConnectionID], inout ServerContext) -> Void) {
        handler.command = command
        mailbox.post(1)
        settle()
    }

    /// Checks that nothing is left of the connection.
    func checkEnded(_ cause: CloseCause, _ location: SourceLocation = #_sourceLocation) {
        #expect(handler.causes == [cause], sourceLocation: location)
        #expect(handler.agreements.isEmpty, sourceLocation: location)
        #expect(core.takenCounts == TakenCounts(), sourceLocation: location)
        for connect in network.connects {
            #expect(network.sockets[connect.socket]!.isClosed, sourceLocation: location)
        }
    }
}

extension Attempt {
    var asFailure: Attempt {
        if case .failsAtOnce(let number) = self { return .fails(number) }
        return self
    }
}

/// The frames of a client, each of which must be masked, with a key of its own.
func unmasked(_ bytes: [UInt8]) -> [(opcode: UInt8, payload: [UInt8])] {
    var frames: [(UInt8, [UInt8])] = []
    var rest = bytes[...]
    while let header = FrameHeader.parse(Array(rest).span) {
        #expect(header.isMasked)
        let start = rest.startIndex + header.byteCount
        let payload = rest[start..<start + Int(header.payloadByteCount)]
        let key = (0..<4).map { UInt8(truncatingIfNeeded: header.maskingKey >> (24 - 8 * $0)) }
        frames.append(
            (header.firstByte & 0xF, payload.enumerated().map { $1 ^ key[$0 % 4] }))
        rest = rest[(start + Int(header.payloadByteCount))...]
    }
    #expect(rest.isEmpty)
    return frames
}
