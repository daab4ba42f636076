// Bans, mutes and moderators at the control socket: what operators see, and what is logged.
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

@Suite struct ModerationOperatorTests {
    private func makeAccount(_ chat: inout OperatedChat, _ client: SimulatedClient) {
        client.send(#"{"type":"account","password":"correct horse"}"#)
        chat.simulation.settle()
        chat.answerPasswords()
        _ = client.takeTexts()
    }

    @Test func `An operator bans, sees the ban, and ends it`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let bob = chat.enter("bob", from: 7)
        let body = #"{"user":"BOB","seconds":3600,"reason":"spam"}"#
        let answer = try chat.json("POST", "/ban", body)
        #expect(answer["connections"]?.int == 1 && answer["room_open"] == nil)
        #expect(answer["until"]?.string?.hasSuffix("Z") == true)
        for (room, isOpen) in [("Lobby", true), ("loby", false)] {
            let mute = try chat.json("POST", "/mute", "{\"user\":\"bob\",\"room\":\"\(room)\"}")
            #expect(mute["room_open"] == .bool(isOpen) && mute["until"] == nil)
            _ = try chat.json("POST", "/unmute", "{\"user\":\"bob\",\"room\":\"\(room)\"}")
        }
        chat.simulation.settle()
        #expect(bob.closeCode == 4004)
        let record = try #require(chat.records(.moderated).first)
        for field in ["ROOST_ACTION=ban\n", "ROOST_USER=bob\n", "ROOST_UID=0\n", "ROOST_UNTIL="] {
            #expect(record.contains(field), "\(record)")
        }
        #expect(record.contains("User 0 banned bob until"))
        // Without an account, nobody comes in from the same address.
        for name in ["carl", "emil"] {
            let reply = chat.enter(name, from: 7).takeTexts().first ?? ""
            #expect(reply.contains("You are banned until ") && reply.contains("UTC: spam"))
        }
        #expect(chat.enter("dora", from: 8).takeTexts().first?.contains("welcome") == true)
        let list = try chat.json("GET", "/bans")
        let row = try #require(list["bans"]?.elements.first)
        #expect(list["total"]?.int == 1 && row["kind"]?.string == "ban")
        #expect(row["user"]?.string == "bob" && row["room"] == nil && row["by"] == nil)
        #expect(row["until"]?.string?.hasSuffix("Z") == true)
        let metrics = chat.request("GET", "/metrics").text
        #expect(metrics.contains(#"roost_sanctions{kind="ban"} 1"#))
        #expect(metrics.contains(#"roost_moderations_total{action="ban"} 1"#))
        _ = try chat.json("POST", "/unban", #"{"user":"bob"}"#)
        #expect(chat.request("POST", "/unban", #"{"user":"bob"}"#).status == 404)
        #expect(chat.enter("carl", from: 7).takeTexts().first?.contains("welcome") == true)
    }

    @Test func `A moderator's acts are in the journal with the name`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann", from: 1)
        #expect(chat.request("POST", "/mod", #"{"user":"ann","moderator":true}"#).status == 404)
        makeAccount(&chat, ann)
        _ = try chat.json("POST", "/mod", #"{"user":"ann","moderator":true}"#)
        #expect(chat.records(.moderatorChanged).count == 1)
        let rows = try chat.json("GET", "/accounts")["accounts"]?.elements ?? []
        #expect(rows.first?["moderator"]?.isTrue == true)
        let bob = chat.enter("bob", from: 2)
        ann.send(#"{"type":"mute","room":"lobby","user":"bob","seconds":5}"#)
        ann.send(#"{"type":"kick","room":"*","user":"bob","reason":"bye"}"#)
        chat.simulation.settle()
        #expect(bob.closeCode == 4003)
        let records = chat.records(.moderated)
        #expect(records.count == 2 && records.allSatisfy { $0.contains("ROOST_MODERATOR=ann\n") })
        #expect(records[0].contains("The moderator ann muted bob in the room lobby until "))
        #expect(records[1].contains("The moderator ann kicked bob: bye"))
        _ = try chat.json("POST", "/mod", #"{"user":"ann","moderator":false}"#)
        _ = ann.takeTexts()
        ann.send(#"{"type":"unmute","room":"lobby","user":"bob"}"#)
        chat.simulation.settle()
        #expect(ann.takeTexts().last?.contains("forbidden") == true)
    }

    @Test(arguments: [
        (#"{}"#, 400), (#"{"user":7}"#, 400), (#"{"user":"bob","seconds":0}"#, 400),
        (#"{"user":"bob","seconds":"60"}"#, 400), (#"{"user":"bob","room":7}"#, 400),
        (#"{"user":"bob","reason":"a\nb"}"#, 400), (#"{"user":"bob","room":"no/room"}"#, 400),
        (#"{"user":"nobody"}"#, 404),
    ])
    func `An order that cannot be meant changes nothing`(_ body: String, _ status: Int) throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        _ = chat.enter("bob")
        for path in ["/ban", "/mute"] {
            #expect(chat.request("POST", path, body).status == status, "\(path) \(body)")
            #expect(chat.request("POST", path, #"{"user":"bob"}"#, user: 5).status == 403)
        }
        #expect(try chat.json("GET", "/bans")["total"]?.int == 0)
    }
}
