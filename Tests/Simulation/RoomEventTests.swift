// A room's messages as an event stream: what was missed first, and nothing missed or doubled.
import LinuxReactor
import TestSupport
import Testing
import WebSocketServer
import WireKit

@testable import SimulationKit
@testable import roost

@Suite struct RoomEventTests {
    typealias Event = EventStreamReader.Event

    private let here = NetworkAddress.ipv4(192, 0, 2, 1, port: 1)

    private func publish(_ chat: inout WatchedChat, _ text: String, room: String = "lobby") {
        let network = chat.simulation.network
        let socket = network.connect(
            from: NetworkAddress(family: .local), toListener: WatchedChat.control)
        network.credentials[socket] = PeerCredentials(process: 9, user: 0, group: 0, groups: [])
        let body = #"{"text":"\#(text)"}"#
        let head = "POST /rooms/\(room)/messages HTTP/1.1\r\nHost: x\r\nConnection: close"
        network.send(
            Array("\(head)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8), on: socket)
        chat.simulation.settle()
        network.sockets[socket]!.clientHasEnded = true
        chat.simulation.settle()
    }

    /// The texts of messages, and the names of other events.
    private func texts(_ events: [Event]) -> [String] {
        events.map { event in
            guard event.name == "message" else { return event.name }
            guard let start = event.data.firstRange(of: #""text":""#) else { return "?" }
            return String(event.data[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    private func answer(_ chat: inout WatchedChat, _ request: String) -> String {
        let network = chat.simulation.network
        let socket = network.connect()
        network.send(Array("\(request) HTTP/1.1\r\nHost: a\r\n\r\n".utf8), on: socket)
        chat.simulation.settle()
        return String(decoding: network.receive(on: socket), as: UTF8.self)
    }

    @Test func `The newest messages come first, and then what is published`() throws {
        var chat = try WatchedChat()
        for number in 1...60 { publish(&chat, "\(number)") }
        let reader = chat.simulation.openStream("/rooms/LOBBY/events")
        let few = chat.simulation.openStream("/rooms/lobby/events?limit=2")
        let none = chat.simulation.openStream("/rooms/lobby/events?limit=0")
        #expect(reader.read.head?.contains("\r\nX-Accel-Buffering: no\r\n") == true)
        let ann = chat.enter("ann")
        ann.send(#"{"type":"typing","room":"lobby"}"#)
        ann.send(#"{"type":"message","room":"lobby","text":"hello"}"#)
        chat.simulation.settle()
        let events = reader.takeEvents()
        #expect(texts(events) == (11...60).map(String.init) + ["hello"])
        #expect(texts(few.takeEvents()) == ["59", "60", "hello"])
        #expect(texts(none.takeEvents()) == ["hello"])
        // Byte for byte what members get.
        let pushes = ann.takeTexts().filter { $0.hasPrefix(#"{"type":"message""#) }
        #expect(events.last?.data == pushes.last)
        #expect(events.enumerated().allSatisfy { $1.id.hasPrefix("\($0 + 11)-") })
        #expect((1_000...5_000).contains(reader.read.retry ?? 0))
    }

    @Test func `A stream goes on behind the last event that its reader has`() throws {
        var chat = try WatchedChat()
        let first = chat.simulation.openStream("/rooms/lobby/events")
        for number in 1...3 { publish(&chat, "\(number)") }
        let id = first.takeEvents()[1].id
        let (offset, epoch) = (id.prefix { $0 != "-" }, id.drop { $0 != "-" }.dropFirst())
        #expect(offset == "2")
        for (path, fields) in [
            ("?limit=0", ["Last-Event-ID: \(id)"]), ("?last_event_id=\(id)", []),
            ("?after=2&epoch=\(epoch)", []), ("?after=2", []),
            // A browser repeats the address that it was given; what it has counts.
            ("?after=0", ["Last-Event-ID: \(id)"]),
        ] {
            let next = chat.simulation.openStream("/rooms/lobby/events\(path)", fields: fields)
            #expect(texts(next.takeEvents()) == ["3"], "\(path) \(fields)")
        }
    }

    @Test(arguments: ["1-other", "9-EPOCH", "soon", "-", "99999999999999999999-x", "-3-EPOCH"])
    func `A place that is not there is no place to go on from`(id: String) throws {
        var chat = try WatchedChat()
        for number in 1...3 { publish(&chat, "\(number)") }
        let known = chat.simulation.openStream("/rooms/lobby/events").takeEvents()[0].id
        let epoch = known.drop { $0 != "-" }.dropFirst()
        let id = id.replacing("EPOCH", with: epoch)
        let reader = chat.simulation.openStream(
            "/rooms/lobby/events", fields: ["Last-Event-ID: \(id)"])
        publish(&chat, "4")
        let events = reader.takeEvents()
        #expect(texts(events) == ["reset", "1", "2", "3", "4"])
        #expect(events[0].data.hasPrefix(#"{"type":"reset","room":"lobby","text":""#))
    }

    /// Somebody who has seen nothing yet must not miss what comes while the line is down.
    @Test func `A reader without a message knows its place, too`() throws {
        var chat = try WatchedChat()
        let reader = chat.simulation.openStream("/rooms/lobby/events")
        let id = reader.read.lastEventID
        #expect(id.hasPrefix("0-"))
        publish(&chat, "missed")
        let next = chat.simulation.openStream(
            "/rooms/lobby/events", fields: ["Last-Event-ID: \(id)"])
        #expect(texts(next.takeEvents()) == ["missed"])
    }

    @Test func `What was missed comes in pages, as fast as its reader takes them`() throws {
        var chat = try WatchedChat()
        let id = chat.simulation.openStream("/rooms/lobby/events").read.lastEventID
        let text = String(repeating: "x", count: 900)
        for number in 1...230 { publish(&chat, "\(number)\(text)") }
        let reader = chat.simulation.openStream(
            "/rooms/lobby/events?last_event_id=\(id)", from: here, window: 0)
        var got: [String] = []
        var largest = 0
        for _ in 0..<300 {
            chat.simulation.settle()
            largest = max(largest, chat.simulation.core.io.gauges().outboxByteCount)
            got += texts(reader.takeEvents())
            reader.window = 2_000
        }
        #expect(got == (1...230).map { "\($0)\(text)" })
        #expect(largest < 80 * 1024)
        publish(&chat, "now")
        chat.simulation.settle()
        #expect(texts(reader.takeEvents()) == ["now"])
    }

    @Test func `A reader that is slower than the room begins anew`() throws {
        var chat = try WatchedChat()
        let text = String(repeating: "x", count: 3_000)
        for number in 1...60 { publish(&chat, "\(number)\(text)") }
        let reader = chat.simulation.openStream(
            "/rooms/lobby/events?after=0", from: here, window: 0)
        // One page is on its way; all others are forgotten meanwhile.
        for number in 61...200 { publish(&chat, "\(number)\(text)") }
        reader.window = .max
        chat.simulation.settle()
        let got = texts(reader.takeEvents())
        let reset = try #require(got.firstIndex(of: "reset"))
        let numbers = got.map { Int($0.prefix { $0.isNumber }) }
        #expect(numbers[..<reset].elementsEqual((1...reset).map { $0 }))
        #expect(numbers.last == 200 && numbers[(reset + 1)...].count > 10)
        let kept = numbers[(reset + 1)...].compactMap { $0 }
        #expect(Array(kept) == Array(kept[0]...200))
    }

    /// The line is cut at any byte, and the reader comes back as a browser does.
    @Test(arguments: UInt64(1)...40)
    func `Whenever the line is cut, nothing is missed or doubled`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &* 7001)
        var limits = Limits()
        limits.flushBudget = Int.random(in: 1...8, using: &random)
        limits.workPerTurn = Int.random(in: 1...200_000, using: &random)
        var chat = try WatchedChat(limits: limits)
        let text = String(repeating: "y", count: [1, 300].randomElement(using: &random)!)
        var (published, got, id) = (0, [String](), "")
        var reader = chat.simulation.openStream("/rooms/lobby/events?limit=0")
        chat.simulation.network.sendSizes = 1...Int.random(in: 1...9000, using: &random)
        for _ in 0..<150 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1, 2:
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    published += 1
                    publish(&chat, "\(published)\(text)")
                }
            case 3:
                // Whatever has come by now is what the reader has.
                got += texts(reader.takeEvents())
                id = reader.read.lastEventID
                chat.simulation.network.sockets[reader.socket]!.clientHasEnded = true
                chat.simulation.turn()
                let fields = id.isEmpty ? [] : ["Last-Event-ID: \(id)"]
                reader = chat.simulation.openStream(
                    "/rooms/lobby/events?limit=0", fields: fields)
            default:
                reader.window = Int.random(in: 0...9000, using: &random)
                chat.simulation.turn()
                got += texts(reader.takeEvents())
            }
        }
        reader.window = .max
        chat.simulation.settle()
        got += texts(reader.takeEvents())
        #expect(got == (0..<published).map { "\($0 + 1)\(text)" })
    }

    // MARK: Ends and limits

    @Test func `A room does not stay for its readers, who hear that it is gone`() throws {
        var chat = try WatchedChat()
        publish(&chat, "x", room: "news")
        let reader = chat.simulation.openStream("/rooms/news/events")
        chat.run(seconds: 11 * 60)
        #expect(texts(reader.takeEvents()) == ["x", "reset"] && reader.read.hasEnded)
        #expect(reader.read.commentCount >= 39)
        #expect(answer(&chat, "GET /rooms/news/events").hasPrefix("HTTP/1.1 404 "))
        #expect(chat.simulation.handler.streams.count == 0)
    }

    @Test(arguments: [
        ("GET /rooms/nobody/events", "404", "not_found"),
        ("HEAD /rooms/nobody/events", "404", "json"),
        ("HEAD /rooms/lobby/events", "200", "text/event-stream"),
        ("GET /rooms/a%2Fb/events", "400", "bad_name"),
        ("GET /rooms/lobby/events?limit=x", "400", "bad_request"),
        ("GET /rooms/lobby/events?after=-1", "400", "bad_request"),
        ("GET /rooms/lobby/events?x=%zz", "400", "bad_request"),
        ("POST /rooms/lobby/events", "405", "Allow: GET, HEAD"),
        ("DELETE /rooms/lobby/events", "405", "Allow: GET, HEAD"),
    ])
    func `Requests that begin no stream`(request: String, status: String, part: String) throws {
        var chat = try WatchedChat()
        let answer = answer(&chat, request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains(part), "\(answer)")
        #expect(chat.simulation.core.io.eventStreamCount == 0)
        #expect(chat.simulation.handler.streams.count == 0)
    }

    @Test func `An address has 256 streams, whose places are freed`() throws {
        var limits = Limits()
        limits.connectionRatePerAddress = nil
        var chat = try WatchedChat(limits: limits)
        var readers = (0..<256).map { _ in
            chat.simulation.openStream("/rooms/lobby/events", from: here)
        }
        let refused = chat.simulation.openStream("/rooms/lobby/events", from: here)
        #expect(refused.read.head?.hasPrefix("HTTP/1.1 503 ") == true)
        let other = chat.simulation.openStream(
            "/rooms/lobby/events", from: .ipv4(192, 0, 2, 2, port: 1))
        #expect(other.read.head?.hasPrefix("HTTP/1.1 200 ") == true)
        chat.simulation.network.sockets[readers.removeLast().socket]!.clientHasEnded = true
        chat.simulation.settle()
        let next = chat.simulation.openStream("/rooms/lobby/events", from: here)
        #expect(next.read.head?.hasPrefix("HTTP/1.1 200 ") == true)
        #expect(chat.simulation.handler.streams.count == 257)
    }

    @Test func `A stop ends the streams in order`() throws {
        var chat = try WatchedChat()
        let reader = chat.simulation.openStream("/rooms/lobby/events")
        publish(&chat, "last")
        chat.simulation.network.pendingSignals = [15]
        chat.simulation.run(for: .seconds(1))
        #expect(texts(reader.takeEvents()) == ["last"] && reader.read.hasEnded)
    }

    @Test func `A reader of a stream keeps a service from ending when it is idle`() throws {
        var chat = try WatchedChat(idleExit: .seconds(30))
        let reader = chat.simulation.openStream("/rooms/lobby/events")
        chat.run(seconds: 60)
        #expect(chat.records(.idleExit).isEmpty)
        chat.simulation.network.sockets[reader.socket]!.clientHasEnded = true
        chat.run(seconds: 40)
        #expect(chat.records(.idleExit).count == 1)
    }
}
