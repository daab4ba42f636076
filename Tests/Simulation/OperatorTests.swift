// Operators at the control socket of a chat: lists in parts of bounded work, sending somebody out,
// and why connections have ended. The chat runs on a simulated machine.
import ChatRooms
import Foundation
import LinuxReactor
import Logging
import SystemdSupport
import TestSupport
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

/// The reason in the Close frame that the client got.
private func reason(_ client: SimulatedClient) -> String? {
    client.frames.last { $0.opcode == 8 }.map {
        String(decoding: $0.payload.dropFirst(2), as: UTF8.self)
    }
}

@Suite struct OperatorTests {
    /// In each part the search looks at a bounded number of slots; clients are served between the
    /// parts, and come and go.
    @Test func `A long list comes in parts of bounded work, each connection once`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        chat.simulation.core.checksInvariants = false
        var clients: [SimulatedClient] = []
        for number in 0..<1500 {
            clients.append(
                chat.simulation.open(from: .ipv4(10, 0, 0, UInt8(number % 200), port: 1)))
        }
        let steady = Set(clients.indices.filter { $0 % 3 != 0 })
        var seen: [Int] = []
        var after: String?
        var partCount = 0
        repeat {
            let query = after.map { "?after=\($0)" } ?? ""
            let part = try chat.json("GET", "/connections" + query)
            let rows = part["connections"]?.elements ?? []
            #expect(
                (rows.count - 1) * (ChatHandler.rowStepCount + 1) < ChatHandler.searchStepCount)
            seen += rows.compactMap { $0["connection"]?.int }
            after = part["next"]?.scalarText
            // Others come and go meanwhile.
            clients[partCount * 3].send(8, [0x03, 0xE8])
            _ = chat.simulation.open(from: .ipv4(10, 0, 1, 1, port: 1))
            partCount += 1
        } while after != nil
        #expect(partCount >= 6)
        #expect(Set(seen).count == seen.count, "none twice")
        // Connection numbers begin at 1; operators' connections have some of the later ones.
        #expect(steady.allSatisfy { seen.contains($0 + 1) }, "none left out")
    }

    @Test func `A user's connections are found without a look at the whole table`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        _ = chat.enter("ann", room: "ops")
        for _ in 0..<300 { _ = chat.simulation.open() }
        let part = try chat.json("GET", "/connections?user=ANN")
        #expect(part["next"] == nil && part["connections"]?.elements.count == 1)
        #expect(part["total"]?.int == 301)
        let row = try #require(part["connections"]?.elements.first)
        #expect(row["user"]?.string == "ann" && row["address"]?.string == "192.0.2.1")
        #expect(row["rooms"]?.elements.compactMap(\.string).sorted() == ["lobby", "ops"])
        #expect(row["messages"]?.int == 2 && row["unsent_bytes"]?.int == 0)
        #expect(chat.request("GET", "/connections?user=bob").status == 404)
        #expect(chat.request("GET", "/connections?room=nowhere").status == 404)
        #expect(chat.request("GET", "/connections?address=x").status == 400)
        #expect(chat.request("GET", "/connections?after=-1").status == 400)
        let rooms = try chat.json("GET", "/rooms")["rooms"]?.elements ?? []
        #expect(Set(rooms.compactMap { $0["room"]?.string }) == ["lobby", "ops"])
    }

    @Test func `A slow reader is shown, with the bytes that wait`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann")
        let slow = chat.enter("slow")
        chat.simulation.network.sockets[slow.socket]!.window = 0
        for number in 0..<10 {
            ann.send(
                #"{"type":"message","text":"\#(String(repeating: "x", count: 3000))\#(number)"}"#)
        }
        chat.simulation.settle()
        let rows = try chat.json("GET", "/connections?user=slow")["connections"]?.elements ?? []
        #expect(rows.first?["blocked"]?.isTrue == true)
        #expect((rows.first?["unsent_bytes"]?.int ?? 0) > 20_000, "\(rows.map(\.text))")
    }

    // MARK: Kick

    @Test func `A kick closes all the user's connections with 4003 and the reason`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann")
        let bob = chat.enter("bob")
        _ = chat.records(.kicked)
        let answer = try chat.json("POST", "/kick", #"{"user":"Ann","reason":"No flooding."}"#)
        #expect(answer["connections"]?.int == 1 && answer["next"] == nil)
        #expect(ann.closeCode == 4003 && reason(ann) == "You were sent out: No flooding.")
        #expect(bob.closeCode == nil)
        let record = try #require(chat.records(.kicked).first)
        for line in [
            "ROOST_USER=Ann", "ROOST_UID=0", "ROOST_CONNECTIONS=1", "ROOST_REASON=No flooding.",
            "MESSAGE=User 0 sent 1 connection of Ann away: No flooding.",
        ] { #expect(record.contains(line + "\n"), "\(line) in \(record)") }
        // Before the peer has answered, it is no longer there to be kicked.
        #expect(try chat.json("POST", "/kick", #"{"user":"ann"}"#)["connections"]?.int == 0)
        ann.send(8, [0x0F, 0xA3])
        chat.simulation.settle()
        #expect(chat.request("POST", "/kick", #"{"user":"ann"}"#).status == 404)
        let end = try chat.json("GET", "/ends?user=ann")["ends"]?.elements.first
        #expect(end?["code"]?.int == 4003 && end?["cause"]?.string == "server_closed")
        #expect(end?["text"]?.string?.contains("No flooding.") == true)
        #expect(end?["messages"]?.int == 1 && end?["address"]?.string == "192.0.2.1")
        #expect(
            chat.request("GET", "/metrics").text.contains("roost_kicks_total{from=\"server\"} 1\n"))
    }

    @Test func `Out of a room: the connection stays and hears why`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann", room: "ops")
        _ = ann.takeTexts()
        let answer = try chat.json("POST", "/kick", #"{"user":"ann","room":"OPS"}"#)
        #expect(answer["connections"]?.int == 1)
        let push = try #require(ann.takeTexts().first.flatMap { JSONTree($0) })
        #expect(push["type"]?.string == "kicked" && push["room"]?.string == "ops")
        #expect(push["text"]?.string == ChatHandler.standardKickReason)
        #expect(ann.closeCode == nil)
        #expect(try chat.json("GET", "/rooms")["rooms"]?.elements.count == 1)
        #expect(
            chat.request("GET", "/metrics").text.contains("roost_kicks_total{from=\"room\"} 1\n"))
    }

    @Test func `A large crowd goes in parts, and all of it`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        chat.simulation.core.checksInvariants = false
        let crowd = (0..<600).map { _ in
            chat.simulation.open(from: .ipv4(10, 0, 0, 9, port: 1))
        }
        let other = chat.enter("ann")
        var count = 0
        var after: String?
        repeat {
            let more = after.map { ",\"after\":\($0)" } ?? ""
            let part = try chat.json("POST", "/kick", #"{"address":"10.0.0.0/24"\#(more)}"#)
            #expect((part["connections"]?.int ?? 0) <= 256)
            count += part["connections"]?.int ?? 0
            after = part["next"]?.scalarText
        } while after != nil
        #expect(count == 600 && crowd.allSatisfy { $0.closeCode == 4003 })
        #expect(other.closeCode == nil)
    }

    @Test(arguments: [
        ("", 400), ("[]", 400), ("{}", 400), (#"{"room":"lobby"}"#, 400), (#"{"user":7}"#, 404),
        (#"{"connection":"x"}"#, 400), (#"{"address":"10.0.0.1/8"}"#, 400),
        (#"{"user":"ann","room":["lobby"]}"#, 400), (#"{"user":"ann","room":null}"#, 400),
        (#"{"address":"0.0.0.0/0","user":["ann"]}"#, 400),
        (#"{"user":"ann","reason":"a\nb"}"#, 400), (#"{"user":"ann","room":"nowhere"}"#, 404),
        (#"{"user":"ann","reason":"\#(String(repeating: "é", count: 62))"}"#, 400),
    ])
    func `A kick that cannot be meant is refused, and nobody goes`(body: String, status: Int) throws
    {
        var chat = try OperatedChat()
        let ann = chat.enter("ann")
        #expect(chat.request("POST", "/kick", body).status == status)
        #expect(ann.closeCode == nil && chat.records(.kicked).isEmpty)
    }

    @Test func `Members look, administrators act, others do neither`() throws {
        var chat = try OperatedChat()
        let ann = chat.enter("ann")
        for path in ["/connections", "/rooms", "/ends"] {
            #expect(chat.request("GET", path, user: 1000).status == 200)
            #expect(chat.request("POST", path).status == 405)
        }
        #expect(chat.request("POST", "/kick", #"{"user":"ann"}"#, user: 1000).status == 403)
        #expect(chat.request("GET", "/kick").status == 405)
        #expect(ann.closeCode == nil)
    }

    // MARK: Why

    @Test func `Why somebody cannot get in: refused logins and refused connections`() throws {
        var limits = withoutAddressLimits()
        limits.connectionsPerAddress = 2
        var chat = try OperatedChat(limits: limits)
        _ = chat.enter("ann")
        let second = chat.enter("ann", from: 1)
        for _ in 0..<3 { _ = chat.simulation.open(from: .ipv4(192, 0, 2, 1, port: 5)) }
        let answer = try chat.json("GET", "/ends?address=192.0.2.1")
        let refusal = try #require(answer["refusals"]?.elements.first)
        #expect(refusal["count"]?.int == 3 && refusal["cause"]?.string == "too_many_from_address")
        let named = try chat.json("GET", "/ends?user=ANN")
        #expect(named["connections"]?.int == 1)
        #expect(named["refused_logins"]?.elements.first?["code"]?.string == "name_taken")
        #expect(try chat.json("GET", "/ends?address=192.0.2.99")["refusals"]?.elements == [])
        // Once the connection has ended, its number leads to the login.
        second.send(8, [0x03, 0xE8])
        chat.simulation.settle()
        let end = try #require(try chat.json("GET", "/ends?connection=2")["ends"]?.elements.first)
        #expect(end["user"] == nil && end["code"]?.int == 1000)
        #expect(
            try chat.json("GET", "/ends?connection=2")["refused_logins"]?.elements.count == 1)
        for query in ["limit=0", "limit=1001", "limit=x", "connection=x", "address=x"] {
            #expect(chat.request("GET", "/ends?\(query)").status == 400, "\(query)")
        }
    }

    @Test func `Ages and counts survive a hand-over, and the clock of the next process`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann")
        chat.simulation.run(for: .seconds(7))
        try chat.simulation.handOver()
        chat.simulation.run(for: .seconds(2))
        ann.send(#"{"type":"message","text":"still here"}"#)
        chat.simulation.settle()
        let row = try #require(
            try chat.json("GET", "/connections?user=ann")["connections"]?.elements.first)
        #expect((row["connected_seconds"]?.double ?? 0) >= 9)
        #expect(row["messages"]?.int == 2)
    }

    @Test func `Messages and their changes are counted by kind`() throws {
        var chat = try OperatedChat()
        let ann = chat.enter("ann", from: 1)
        for command in [
            #"{"type":"message","text":"one"}"#, #"{"type":"edit","offset":1,"text":"1"}"#,
            #"{"type":"edit","offset":1,"text":"2"}"#, #"{"type":"react","offset":1,"emoji":"👍"}"#,
            #"{"type":"delete","offset":1}"#,
        ] { ann.send(command) }
        chat.simulation.settle()
        let metrics = chat.request("GET", "/metrics").text
        for line in [
            "messages_total 1", #"changes_total{kind="edited"} 2"#,
            #"changes_total{kind="reaction"} 1"#, #"changes_total{kind="deleted"} 1"#,
            #"changes_total{kind="topic"} 0"#,
        ] { #expect(metrics.contains("roost_chat_\(line)\n"), "\(line)") }
    }
}
