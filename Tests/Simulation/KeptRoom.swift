// A room whose messages are on a disk, and people in it who notice what a crash must not lose.
import LinuxReactor
import Storage
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerTesting

/// What is kept on a disk: nothing is written any more once the process is dead.
final class Disk {
    private(set) var entries: [String] = []
    let network: SimulatedNetwork

    init(_ network: SimulatedNetwork) { self.network = network }

    /// The number of the new entry.
    func append(_ text: String) -> Int {
        if !network.life.isOver { entries.append(text) }
        return entries.count
    }
}

/// One room whose messages are on a disk.
struct KeptRoom: RecoveryHandler, OperationsHandler {
    let disk: Disk
    var topic: Topic?
    var names: [ConnectionID: String] = [:]
    /// What is on its way to the disk.
    var pending: [(id: ConnectionID, text: String)] = []
    var openCount = 0
    var recoveredCounts: [RecoveredState: Int] = [:]
    var missedCount = 0
    /// Of connections that were not taken, or not known.
    var strangeEnds = 0

    init(_ disk: Disk) { self.disk = disk }

    mutating func onStart(_ io: inout ServerContext) {
        let topic = io.makeTopic()
        self.topic = topic
        io.setPlace(of: topic, place)
    }

    private var place: TopicPlace {
        TopicPlace(topic: 7, offset: UInt64(disk.entries.count), epoch: 3)
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        names[id] = ""
        openCount += 1
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        let text = message.text
        if text.hasPrefix("say ") {
            say(String(text.dropFirst(4)), by: id, &io)
        } else if text.hasPrefix("later ") {
            pending.append((id, String(text.dropFirst(6))))
            io.setOwing(id, true)
        } else if text.hasPrefix("name ") {
            names[id] = String(text.dropFirst(5))
            io.connectionChanged(id)
            io.send("named", to: id)
        } else if text == "join" {
            io.subscribe(id, to: topic!)
            io.send("joined \(disk.entries.count)", to: id)
        } else if text == "who" {
            io.send("you are \(names[id]!)", to: id)
        } else if text == "all" {
            for other in names.keys.sorted(by: { $0.resourceID < $1.resourceID }) {
                io.send("hello", to: other)
            }
        }
    }

    private mutating func say(_ text: String, by id: ConnectionID, _ io: inout ServerContext) {
        let number = disk.append(text)
        io.publish("\(number) \(text)", to: topic!)
        io.setPlace(of: topic!, TopicPlace(topic: 7, offset: UInt64(number), epoch: 3))
        io.send("ok \(number)", to: id)
    }

    mutating func onTick(_ io: inout ServerContext) {
        let due = pending
        pending = []
        for (id, text) in due {
            say(text, by: id, &io)
            io.setOwing(id, false)
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        if names.removeValue(forKey: id) == nil { strangeEnds += 1 }
        pending.removeAll { $0.id == id }
    }

    func saveConnection(
        _ id: ConnectionID, to writer: inout StateWriter, _ io: borrowing ServerContext
    ) -> Bool {
        writer.write(names[id]!)
        return true
    }

    mutating func recoverConnection(
        _ id: ConnectionID, _ state: RecoveredState, from reader: inout StateReader,
        places: [TopicPlace], _ io: inout ServerContext
    ) throws(StateError) -> Bool {
        names[id] = try reader.readString()
        recoveredCounts[state, default: 0] += 1
        guard state == .open, let place = places.first else { return true }
        #expect(places.count == 1 && place.topic == 7 && place.epoch == 3)
        for number in Int(place.offset)..<disk.entries.count {
            io.send("\(number + 1) \(disk.entries[number])", to: id)
            missedCount += 1
        }
        io.subscribe(id, to: topic!)
        return true
    }
}

/// A client that says what a person does, and checks what it gets.
final class Person {
    let client: SimulatedClient
    private var isIn = false
    private var last = 0
    /// Commands that were not answered yet.
    private(set) var due: [String] = []
    private(set) var acknowledged: [Int] = []
    private var name = ""
    private var unsent: [UInt8] = []
    private var wasNamed = false

    init(_ client: SimulatedClient) { self.client = client }

    func command(_ text: String, cutAt cut: Int? = nil) {
        let frame = SimulatedClient.frame(1, Array(text.utf8))
        let bytes = unsent + frame
        let count = cut.map { min($0, bytes.count) } ?? bytes.count
        client.network.send(Array(bytes.prefix(count)), on: client.socket)
        unsent = Array(bytes.dropFirst(count))
        due.append(text)
    }

    /// Lets everybody get something that nobody has asked for.
    func greet() {
        finishSending()
        client.send("all")
    }

    func finishSending() {
        guard !unsent.isEmpty else { return }
        client.network.send(unsent, on: client.socket)
        unsent = []
    }

    func read() {
        for text in client.takeTexts() { take(text) }
    }

    private func take(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        switch words[0] {
        case "hello": return
        case "named":
            let command = answered("name ")
            name = String(command.dropFirst(5))
        case "joined":
            _ = answered("join")
            isIn = true
            last = Int(words[1])!
        case "you":
            _ = answered("who")
            #expect(text == "you are \(name)")
        case "ok":
            let index = due.firstIndex { $0.hasPrefix("say ") || $0.hasPrefix("later ") }
            #expect(index != nil, "an answer to nothing")
            if let index { due.remove(at: index) }
            acknowledged.append(Int(words[1])!)
        default:
            let number = Int(words[0])!
            #expect(isIn && number == last + 1, "\(number) after \(last)")
            last = number
        }
    }

    private func answered(_ prefix: String) -> String {
        guard let index = due.firstIndex(where: { $0.hasPrefix(prefix) }) else {
            Issue.record("an answer to nothing")
            return prefix
        }
        return due.remove(at: index)
    }

    /// Whether the connection has ended for the client.
    var isGone: Bool {
        let end = client.network.sockets[client.socket]!.peer
        return end.isOver || end.inputHasEnded
    }

    func expectAll(_ count: Int) {
        if isIn { #expect(last == count, "has \(last) of \(count)") }
        #expect(due.isEmpty, "not answered: \(due)")
    }
}
