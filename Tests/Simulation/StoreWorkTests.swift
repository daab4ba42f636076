// What the store's answers cost: as much in a turn as it allows, and for whoever has asked.
import LinuxReactor
import Testing

@testable import ChatRooms
@testable import SimulationKit
@testable import WebSocketServer
@testable import roost

/// A chat whose messages are in a store, and a bystander in a room of its own.
private struct Stored: ~Copyable {
    let store: ScriptedStore
    var chat: WatchedChat
    let bystander: SimulatedClient
    private(set) var longestTurn = 0

    init(messageCount: Int = 1_000) throws {
        store = ScriptedStore(messageCount: messageCount)
        chat = try WatchedChat(limits: withoutAddressLimits(), kept: store.kept)
        bystander = chat.simulation.open(from: .ipv4(198, 51, 100, 1, port: 1))
        bystander.send(#"{"type":"login","user":"bystander","join":false}"#)
        bystander.send(#"{"type":"join","room":"quiet"}"#)
        settle()
    }

    /// Posts the answers to all that was asked so far.
    mutating func answer() {
        for answer in store.answers() {
            #expect(chat.simulation.mailbox.post(.store(answer)))
        }
    }

    /// Answers and turns until nobody asks anything any more.
    mutating func settle() {
        repeat {
            chat.simulation.settle()
            answer()
            chat.simulation.settle()
        } while store.questionCount > 0
    }

    mutating func turn() {
        chat.simulation.turn()
        longestTurn = max(longestTurn, chat.simulation.core.io.meter.spent)
    }

    var share: Double {
        chat.simulation.core.listening.shares.busiest(1, at: chat.simulation.network.clock)
            .first { $0.address.host == "203.0.113.7" }?.share ?? 0
    }
}

@Suite struct StoreWorkTests {
    /// After a restart everybody comes back to rooms that are not in memory yet.
    @Test func `Hundreds who wait for one room get their pages in several turns`() throws {
        var stored = try Stored()
        var clients: [SimulatedClient] = []
        for number in 0..<300 {
            let client = stored.chat.simulation.open(
                from: .ipv4(203, 0, UInt8(number / 250), UInt8(number % 250), port: 1))
            client.send(#"{"type":"login","user":"a\#(number)","join":false}"#)
            clients.append(client)
        }
        stored.settle()
        for client in clients {
            _ = client.takeTexts()
            client.send(#"{"type":"join","room":"old-town","limit":200,"more":true}"#)
        }
        stored.chat.simulation.settle()
        #expect(stored.store.questionCount == 1)
        #expect(clients.allSatisfy { $0.takeTexts().isEmpty })
        stored.answer()
        // Meanwhile somebody joins who finds the room in memory.
        let late = stored.chat.simulation.open(from: .ipv4(198, 51, 100, 2, port: 1))
        late.send(#"{"type":"login","user":"late","join":false}"#)
        late.send(#"{"type":"join","room":"old-town"}"#)
        for _ in 0..<200 {
            stored.turn()
            stored.answer()
        }
        // A page has 64 KiB: 300 of them are more than 18 turns' work.
        #expect(stored.longestTurn < 2_500_000)
        for client in clients {
            let texts = client.takeTexts()
            #expect(texts.filter { $0.contains(#""type":"joined""#) }.count == 1)
            #expect(texts.first { $0.contains(#""offset":1000"#) } != nil)
        }
        #expect(late.takeTexts().contains { $0.contains(#""type":"joined""#) })
        let rooms = stored.chat.simulation.handler.chat.busiestRooms(1)
        #expect(rooms.first?.memberCount == 301)
    }

    @Test func `Somebody who has missed 100,000 messages keeps nobody waiting`() throws {
        var stored = try Stored(messageCount: 100_000)
        let client = stored.chat.simulation.open(from: .ipv4(203, 0, 113, 7, port: 1))
        client.send(#"{"type":"login","user":"late","join":false}"#)
        stored.settle()
        _ = client.takeTexts()
        let since = #"{"epoch":"\#(Epoch(number: 7).text)","offset":0}"#
        client.send(
            #"{"type":"join","room":"old","since":\#(since),"limit":200,"more":true}"#)
        var (seen, turns) = (0, 0)
        while seen < 100_000, turns < 20_000 {
            stored.bystander.send(9, [1])
            stored.turn()
            stored.answer()
            turns += 1
            #expect(stored.bystander.takeFrames().map(\.opcode).filter { $0 == 10 } == [10])
            guard let page = client.takeTexts().last else { continue }
            // It may ask for a page a second.
            stored.chat.simulation.network.clock =
                stored.chat.simulation.network.clock + .seconds(1)
            let offsets = page.matches(of: /"type":"message","room":"old","offset":(\d+)/)
                .compactMap { Int($0.output.1) }
            #expect(offsets == Array(seen + 1..<seen + 1 + offsets.count))
            seen += offsets.count
            client.send(#"{"type":"history","room":"old","after":\#(seen),"limit":200}"#)
        }
        #expect(seen == 100_000)
        #expect(stored.longestTurn < 1_000_000)
    }

    @Test func `Rooms that must be read count for the address that asks for them`() throws {
        var stored = try Stored()
        for number in 0..<60 {
            let socket = stored.chat.simulation.network.connect(
                from: .ipv4(203, 0, 113, 7, port: UInt16(number + 1)))
            let request = "GET /rooms/old\(number)/messages HTTP/1.1\r\nHost: a\r\n\r\n"
            stored.chat.simulation.network.send(Array(request.utf8), on: socket)
        }
        stored.chat.simulation.settle()
        #expect(stored.store.questionCount == 60)
        let before = stored.share
        stored.answer()
        for _ in 0..<100 { stored.turn() }
        #expect(stored.longestTurn < 2_500_000)
        // 60 rooms of 820 messages at 1.5 µs, and their bytes, in the 43 s that a share looks back.
        #expect((0.001...0.004).contains(stored.share - before))
    }

    @Test func `A room that nobody finds is gone when all who asked for it have their answer`()
        throws
    {
        var stored = try Stored()
        let roomCount = stored.chat.simulation.handler.chat.roomCount
        let sockets = (0..<200).map { number in
            let socket = stored.chat.simulation.network.connect(
                from: .ipv4(203, 0, UInt8(number % 200), 7, port: UInt16(number + 1)))
            let request = "GET /rooms/nowhere/messages HTTP/1.1\r\nHost: a\r\n\r\n"
            stored.chat.simulation.network.send(Array(request.utf8), on: socket)
            return socket
        }
        stored.chat.simulation.settle()
        stored.answer()
        stored.settle()
        for socket in sockets {
            let answer = String(
                decoding: stored.chat.simulation.network.receive(on: socket), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 404"))
        }
        #expect(stored.chat.simulation.handler.chat.roomCount == roomCount)
    }
}
