// A handler that uses everything the server offers, and checks the server's contract.
import LinuxReactor
import Storage
import WebSocketCore

@testable import WebSocketServer

/// Uses every feature a little, and checks the contract of its callbacks.
struct Contract: HTTPHandler, MailHandler, OutputHandler, TimerHandler, OperationsHandler,
    HandOverHandler
{
    /// In the order of opening, so that a run can be repeated.
    var open: [ConnectionID] = []
    var openedCount = 0
    var closedCount = 0
    var troubled: Set<ConnectionID> = []
    var rooms: [Topic] = []
    /// Outgoing connections that are not open yet.
    var connecting: [ConnectionID] = []
    var comeToNothingCount = 0
    /// Handshakes that are decided about in the next tick.
    var undecided: [ConnectionID] = []
    /// At the end no connection may be paused any longer.
    var holdsNobody = false
    /// Requests that get their answer, or parts of it, at the next ticks.
    var waiting: [ConnectionID] = []
    var streams: [ConnectionID] = []
    var eventStreams: Set<ConnectionID> = []
    /// Whether the test runs its tasks: a run on threads could not be repeated.
    var startsTasks = false
    /// Tasks whose outcome has not come.
    var asking: [ConnectionID: Int] = [:]

    mutating func onTick(_ io: inout ServerContext) {
        if holdsNobody { for id in open { io.resumeReading(id) } }
        for id in waiting { io.respond(to: id, with: .text(.ok, "later")) }
        for (index, id) in streams.enumerated() {
            io.sendBody([UInt8](repeating: 0x73, count: 2000).span, to: id)
            if index % 2 == 0 || holdsNobody { io.endResponse(to: id) }
        }
        waiting = []
        decide(&io)
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

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws(HandshakeRejection) -> UpgradeDecision {
        precondition(!undecided.contains(request.id), "asked twice")
        guard request.head.header("X-Decide") == "later" else { return .accept() }
        undecided.append(request.id)
        return .later
    }

    private mutating func decide(_ io: inout ServerContext) {
        for id in undecided {
            switch id.resourceID % 5 {
            // Never: the time runs out.
            case 0: break
            case 1: io.refuseUpgrade(id, HandshakeRejection(.unauthorized, reason: "not you"))
            case 2: io.acceptUpgrade(id, UpgradeReply(subprotocol: "nobody offered it"))
            default:
                io.acceptUpgrade(id)
                // The first decision counts.
                io.refuseUpgrade(id, HandshakeRejection(.forbidden, reason: "too late"))
                io.acceptUpgrade(id)
            }
            precondition(id.resourceID % 5 == 0 || !io.isUndecided(id), "decided about")
        }
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        precondition(!open.contains(id), "opened twice")
        precondition(io.isOutgoing(id) == connecting.contains(id), "opened by whom")
        connecting.removeAll { $0 == id }
        undecided.removeAll { $0 == id }
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
        case 3 where startsTasks && message.bytes.count % 16 == 3: ask(id, &io)
        case 3: io.pauseReading(id)
        case 4: for other in open { io.resumeReading(other) }
        case 5: changeRooms(id, message.bytes.count, &io)
        case 6: if message.bytes.count % 3 == 0 { io.close(id, code: .normal, reason: "enough") }
        default: if message.bytes.count % 5 == 0 { throw Disconnect(.policyViolation) }
        }
    }

    private mutating func ask(_ id: ConnectionID, _ io: inout ServerContext) {
        asking[id, default: 0] += 1
        startTask(for: id, within: .milliseconds(500), &io) {
            await Task.yield()
            return id
        } then: { handler, answer, io in
            precondition(answer == id, "the answer of another task")
            handler.answered(id, &io)
        } otherwise: { handler, failure, io in
            handler.answered(id, &io)
            if id.resourceID % 2 == 0 { throw failure }
        }
    }

    private mutating func answered(_ id: ConnectionID, _ io: inout ServerContext) {
        guard let count = asking[id], open.contains(id) else {
            preconditionFailure("an outcome for nobody")
        }
        asking[id] = count > 1 ? count - 1 : nil
        io.send("answered", to: id)
    }

    mutating func onTimer(_ timer: TimerName, for id: ConnectionID?, _ io: inout ServerContext) {
        guard let id else { preconditionFailure("a timer that was not set") }
        precondition(open.contains(id), "a timer of nobody")
        if timer == 0 { io.setTimer(1, after: .milliseconds(300), for: id) }
    }

    mutating func onFallingBehind(
        _ id: ConnectionID, in topic: Topic, _ io: inout ServerContext
    ) {
        precondition(open.contains(id) || eventStreams.contains(id), "nobody falls behind")
        precondition(io.isSubscribed(id, to: topic), "it has left")
    }

    private mutating func changeRooms(
        _ id: ConnectionID, _ number: Int, _ io: inout ServerContext
    ) {
        io.setTimer(TimerName(rawValue: UInt64(number % 3)), after: .milliseconds(number), for: id)
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
        let isKnown = open.contains(id) || connecting.contains(id) || undecided.contains(id)
        precondition(isKnown && troubled.insert(id).inserted, "trouble twice")
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        if let index = connecting.firstIndex(of: id) {
            connecting.remove(at: index)
            comeToNothingCount += 1
            return
        }
        if let index = undecided.firstIndex(of: id) {
            undecided.remove(at: index)
            comeToNothingCount += 1
            return
        }
        guard let index = open.firstIndex(of: id) else {
            preconditionFailure("closed twice, or never opened")
        }
        precondition(asking[id] == nil, "it has not heard of its task")
        open.remove(at: index)
        closedCount += 1
        io.send("late", to: id)
        if let other = open.first { io.send("\(id) has gone", to: other) }
    }
    // The next process gets the handler itself.

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}

    mutating func restore(from reader: inout StateReader, _ io: inout ServerContext) {}
}
