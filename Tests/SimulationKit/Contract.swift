// A handler that uses everything the server offers, and checks the server's contract.
import LinuxReactor
import WebSocketCore

@testable import WebSocketServer

/// Uses every feature a little, and checks the contract of its callbacks.
struct Contract: WebSocketHandler {
    /// In the order of opening, so that a run can be repeated.
    var open: [ConnectionID] = []
    var openedCount = 0
    var closedCount = 0
    var troubled: Set<ConnectionID> = []
    var rooms: [Topic] = []
    /// Outgoing connections that are not open yet.
    var connecting: [ConnectionID] = []
    var comeToNothingCount = 0
    /// At the end no connection may be paused any longer.
    var holdsNobody = false
    /// Requests that get their answer, or parts of it, at the next ticks.
    var waiting: [ConnectionID] = []
    var streams: [ConnectionID] = []
    var eventStreams: Set<ConnectionID> = []

    mutating func onTick(_ io: inout ServerContext) {
        if holdsNobody { for id in open { io.resumeReading(id) } }
        for id in waiting { io.respond(to: id, with: .text(.ok, "later")) }
        for (index, id) in streams.enumerated() {
            io.sendBody([UInt8](repeating: 0x73, count: 2000).span, to: id)
            if index % 2 == 0 || holdsNobody { io.endResponse(to: id) }
        }
        waiting = []
        for (index, id) in eventStreams.sorted(by: { $0.slot < $1.slot }).enumerated() {
            io.sendEvent(text: [UInt8](repeating: 0x65, count: 500).span, to: id)
            if index % 4 == 0 { io.endEventStream(id) }
        }
        streams = streams.filter { io.peer(of: $0) != nil && !holdsNobody }
    }

    mutating func onMail(_ mail: String, _ io: inout ServerContext) {
        if mail == "stop" { io.stop(grace: .milliseconds(10)) }
        if mail == "connect", let request = try? ConnectRequest("ws://127.0.0.1:9/") {
            connecting.append(io.connect(request))
        }
        for id in open.prefix(2) { io.send(mail, to: id) }
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        precondition(!open.contains(id), "opened twice")
        precondition(io.isOutgoing(id) == connecting.contains(id), "opened by whom")
        connecting.removeAll { $0 == id }
        open.append(id)
        openedCount += 1
        while rooms.count < 3 {
            let policies: [SlowConsumerPolicy] = [.skipToLatest, .latestPerKey, .disconnect]
            rooms.append(io.makeTopic(policy: policies[rooms.count % 3]))
        }
        io.subscribe(id, to: rooms[Int(id.resourceID % 3)])
        if id.resourceID % 11 == 0 { throw Disconnect(.policyViolation, "not you") }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        precondition(open.contains(id), "a message of nobody")
        switch message.bytes.count % 8 {
        case 0: io.publish(message, to: rooms[Int(id.resourceID % 3)])
        case 1:
            // An answer that is larger than its question.
            for _ in 0..<5 { io.send(message, to: id) }
        case 2:
            for other in open.prefix(3) { io.send(message, to: other) }
        case 3: io.pauseReading(id)
        case 4: for other in open { io.resumeReading(other) }
        case 5: changeRooms(id, message.bytes.count, &io)
        case 6: if message.bytes.count % 3 == 0 { io.close(id, code: .normal, reason: "enough") }
        default: if message.bytes.count % 5 == 0 { throw Disconnect(.policyViolation) }
        }
    }

    private mutating func changeRooms(
        _ id: ConnectionID, _ number: Int, _ io: inout ServerContext
    ) {
        let room = Int(id.resourceID % 3)
        switch number / 8 % 5 {
        case 0: io.unsubscribe(id, from: rooms[room])
        case 1:
            io.publish("to the others", to: rooms[room], except: id)
            io.send("after it", to: id)
        case 2:
            io.removeTopic(rooms[room])
            rooms[room] = io.makeTopic(policy: .disconnect, logByteLimit: 3000)
            for member in open where member.resourceID % 3 == room {
                io.subscribe(member, to: rooms[room])
            }
        default: for other in rooms { io.subscribe(id, to: other) }
        }
    }

    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {
        precondition(open.contains(id) || eventStreams.contains(id), "nobody has drained")
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        switch request.head.path {
        case "/later": waiting.append(request.id)
        case "/stream":
            io.beginResponse(to: request.id, .ok)
            streams.append(request.id)
        case "/events":
            while rooms.count < 3 { rooms.append(io.makeTopic()) }
            guard io.beginEventStream(to: request.id) else { return }
            precondition(eventStreams.insert(request.id).inserted, "begun twice")
            for room in rooms { io.subscribe(request.id, to: room) }
        case "/large":
            io.respond(
                to: request.id, with: HTTPResponse(.ok, body: [UInt8](repeating: 0x6C, count: 8000))
            )
        default: io.respond(to: request.id, with: .text(.ok, "hello"))
        }
    }

    mutating func onEventStreamEnd(
        _ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext
    ) {
        precondition(eventStreams.remove(id) != nil, "ended twice, or never begun")
        io.sendEvent(text: Span(), to: id)
        io.endEventStream(id)
    }

    mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext
    ) {
        let isKnown = open.contains(id) || connecting.contains(id)
        precondition(isKnown && troubled.insert(id).inserted, "trouble twice")
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        if let index = connecting.firstIndex(of: id) {
            connecting.remove(at: index)
            comeToNothingCount += 1
            return
        }
        guard let index = open.firstIndex(of: id) else {
            preconditionFailure("closed twice, or never opened")
        }
        open.remove(at: index)
        closedCount += 1
        io.send("late", to: id)
        if let other = open.first { io.send("\(id) has gone", to: other) }
    }
}
