// Requests about rooms while another program takes over: long polls and event streams go on, and
// nothing is missed or doubled.
import LinuxReactor
import TestSupport
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

@Suite struct RoomHandOverTests {
    private func poll(_ chat: inout WatchedChat, _ query: String) -> Int32 {
        let network = chat.simulation.network
        let socket = network.connect(from: .ipv4(192, 0, 2, 7, port: 1))
        let target = "/rooms/lobby/messages?\(query)"
        network.send(Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8), on: socket)
        chat.simulation.settle()
        return socket
    }

    private func publish(_ chat: inout WatchedChat, _ text: String) {
        let network = chat.simulation.network
        let socket = network.connect(
            from: NetworkAddress(family: .local), toListener: WatchedChat.control)
        network.credentials[socket] = PeerCredentials(process: 9, user: 0, group: 0, groups: [])
        let body = #"{"text":"\#(text)"}"#
        let head = "POST /rooms/lobby/messages HTTP/1.1\r\nHost: x\r\nContent-Length: "
        network.send(Array("\(head)\(body.utf8.count)\r\n\r\n\(body)".utf8), on: socket)
        chat.simulation.settle()
        network.sockets[socket]!.clientHasEnded = true
        chat.simulation.settle()
    }

    private func answer(_ chat: borrowing WatchedChat, _ socket: Int32) -> String {
        String(decoding: chat.simulation.network.receive(on: socket), as: UTF8.self)
    }

    @Test func `A long poll gets its news from the next program, or the end of its time`() throws {
        var chat = try WatchedChat()
        let ann = chat.enter("ann")
        let (early, late) = (
            poll(&chat, "after=0&wait=30"), poll(&chat, "after=0&wait=2")
        )
        try chat.simulation.handOver()
        #expect(chat.simulation.handler.waiters.count == 2)
        chat.simulation.run(for: .seconds(5))
        #expect(answer(chat, early) == "")
        #expect(answer(chat, late).contains(#""messages":[]"#))
        try chat.simulation.handOver()
        ann.send(#"{"type":"message","room":"lobby","text":"news"}"#)
        chat.simulation.settle()
        let news = answer(chat, early)
        #expect(news.contains(#""text":"news""#), "\(news)")
        #expect(chat.simulation.handler.waiters.count == 0)
    }

    @Test func `What is about to be answered is answered by the next program`() throws {
        // A message, and hardly more in a turn.
        var limits = withoutAddressLimits()
        limits.workPerTurn = 3_000
        var chat = try WatchedChat(limits: limits)
        let ann = chat.enter("ann")
        let sockets = (0..<8).map { _ in poll(&chat, "after=0&wait=30") }
        ann.send(#"{"type":"message","room":"lobby","text":"news"}"#)
        for _ in 0..<100 where chat.simulation.handler.released.isEmpty { chat.simulation.turn() }
        #expect(!chat.simulation.handler.released.isEmpty)
        try chat.simulation.handOver()
        chat.simulation.run(for: .seconds(3))
        for socket in sockets {
            let news = answer(chat, socket)
            #expect(news.contains(#""text":"news""#), "\(news)")
        }
    }

    @Test func `More may wait than the limit with what is about to be answered`() throws {
        var chat = try WatchedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann")
        let sockets = (0..<RoomWaiters.limitPerAddress).map { _ in
            poll(&chat, "after=0&wait=30")
        }
        chat.simulation.perform { handler, _ in
            for (room, waiter) in handler.waiters.all.prefix(3) {
                handler.released.append((room, waiter))
            }
        }
        try chat.simulation.handOver()
        ann.send(#"{"type":"message","room":"lobby","text":"news"}"#)
        chat.simulation.run(for: .seconds(3))
        let answers = sockets.map { answer(chat, $0) }
        #expect(answers.allSatisfy { $0.contains(#""messages":["#) })
        #expect(answers.contains { $0.contains(#""text":"news""#) })
    }

    @Test func `A stream goes on, whether it was behind or live`() throws {
        var chat = try WatchedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann")
        for number in 1...250 {
            publish(&chat, "\(number)")
        }
        let live = chat.simulation.openStream("/rooms/lobby/events?limit=0")
        let behind = chat.simulation.openStream("/rooms/lobby/events?after=1", window: 100)
        try chat.simulation.handOver()
        #expect(chat.simulation.handler.streams.count == 2)
        ann.send(#"{"type":"message","room":"lobby","text":"251"}"#)
        chat.simulation.settle()
        #expect(live.takeEvents().map(\.id).map { $0.prefix { $0 != "-" } } == ["251"])
        behind.window = 20_000
        chat.simulation.settle()
        try chat.simulation.handOver()
        behind.window = .max
        chat.simulation.settle()
        let ids = behind.takeEvents().map { $0.id.prefix { $0 != "-" } }
        #expect(ids == (2...251).map { "\($0)"[...] }, "\(ids.count) events")
        // Its end is the chat's business again.
        chat.simulation.network.sockets[behind.socket]!.clientHasEnded = true
        chat.simulation.settle()
        #expect(chat.simulation.handler.streams.count == 1)
    }
}
