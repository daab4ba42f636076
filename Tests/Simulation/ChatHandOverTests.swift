// What goes along when another program takes over a chat, and what ends first.
import ChatRooms
import CommandLineOptions
import LinuxReactor
import Storage
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

@Suite struct ChatHandOverTests {
    /// Asks the chat to come to rest, as the library does.
    private func isAtRest(_ stage: HandOverStage, _ chat: inout OperatedChat) -> Bool {
        chat.simulation.perform { handler, io in handler.prepareHandOver(stage, &io) }
    }

    @Test func `A password that is still being hashed ends with 1012 at the end, and no other`()
        throws
    {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let (ann, bob) = (chat.enter("ann"), chat.enter("bob", from: 2))
        ann.send(#"{"type":"account","password":"correct horse"}"#)
        chat.simulation.settle()
        // For the check it does not matter, and as long as there is time it is waited for.
        let atCheck = isAtRest(.check, &chat)
        chat.simulation.perform { handler, io in handler.resumeAfterHandOver(&io) }
        let whileWaiting = isAtRest(.waiting, &chat)
        #expect(atCheck && !whileWaiting && ann.closeCode == nil)
        let atFirst = isAtRest(.takingOver, &chat)
        chat.simulation.settle()
        let then = isAtRest(.takingOver, &chat)
        #expect(!atFirst && then)
        try chat.simulation.handOver()
        chat.simulation.settle()
        #expect(ann.closeCode == 1012 && bob.closeCode == nil)
        // The result comes too late, for nobody.
        chat.answerPasswords()
        bob.send(#"{"type":"message","text":"still here"}"#)
        chat.simulation.settle()
        #expect(bob.takeTexts().last?.contains(#""type":"ok""#) == true)
    }

    @Test func `A password that was hashed in time counts`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann")
        ann.send(#"{"type":"account","password":"correct horse","ref":"a"}"#)
        chat.simulation.settle()
        chat.answerPasswords()
        let isDone = isAtRest(.waiting, &chat)
        #expect(isDone)
        try chat.simulation.handOver()
        chat.simulation.settle()
        #expect(ann.takeTexts().last?.contains(#""ref":"a""#) == true && ann.closeCode == nil)
        let accounts = try chat.json("GET", "/accounts")
        #expect(accounts["total"]?.int == 1)
    }

    @Test func `Nobody waits for the password of a connection that has ended`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let ann = chat.enter("ann")
        ann.send(#"{"type":"account","password":"correct horse"}"#)
        chat.simulation.settle()
        let atFirst = isAtRest(.takingOver, &chat)
        // Another program takes over after all, and its result was refused meanwhile.
        chat.simulation.perform { handler, io in handler.resumeAfterHandOver(&io) }
        ann.send(8, [0x03, 0xF4])
        chat.simulation.settle()
        let (isDone, then) = (isAtRest(.waiting, &chat), isAtRest(.takingOver, &chat))
        #expect(!atFirst && isDone && then)
    }

    @Test func `A connection that was lost on the way leaves the chat, and no other`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let (ann, bob) = (chat.enter("ann"), chat.enter("bob", from: 2))
        // Ann is about to close, which is no loss.
        _ = try chat.json("POST", "/kick", #"{"user":"ann","reason":"No flooding."}"#)
        let key = ConnectionKey(slot: 900, generation: 5)
        let isThere = chat.simulation.perform { handler, io in
            handler.chat.connectionOpened(key, resourceID: 5, at: io.timestamp)
            handler.goOn(ChatTakenOver(), &io)
            return handler.chat.resourceID(of: key) != nil
        }
        #expect(!isThere && chat.simulation.handler.chat.connectionCount(of: "bob") == 1)
        ann.send(8, [0x0F, 0xA3])
        chat.simulation.settle()
        #expect(chat.request("GET", "/ends?user=ann").text.contains("No flooding."))
        #expect(ann.closeCode == 4003 && bob.closeCode == nil)
    }

    @Test func `A signal during a reload is answered in the journal`() throws {
        var chat = try WatchedChat()
        chat.simulation.perform { handler, _ in handler.reloads.begin() }
        for signal: Int32 in [10, 1] {
            chat.simulation.network.pendingSignals = [signal]
            chat.simulation.settle()
        }
        chat.listen()
        let said = chat.records.filter { $0["MESSAGE_ID"] == ServerEvent.reloadFailed.messageID }
        #expect(said.count == 2)
        #expect(said.allSatisfy { $0["MESSAGE"]?.contains("Another reload is under way") == true })
    }

    @Test func `What operators ask about goes along`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        let (ann, bob) = (chat.enter("ann"), chat.enter("bob", from: 2))
        _ = try chat.json("POST", "/kick", #"{"user":"ann","reason":"No flooding."}"#)
        let carl = chat.enter("carl", from: 3)
        carl.send(8, [0x03, 0xE8])
        chat.simulation.settle()
        let ends = chat.request("GET", "/ends").text
        let uptime = chat.simulation.handler.started
        chat.simulation.run(for: .seconds(5))
        for _ in 0..<3 {
            try chat.simulation.handOver()
            chat.simulation.settle()
            let before = chat.simulation.handler.takenOver
            #expect(before?.version == Version.current && before?.started == uptime)
        }
        let (endsNow, metrics) = (
            chat.request("GET", "/ends").text, chat.request("GET", "/metrics").text
        )
        #expect(endsNow == ends)
        #expect(ends.contains(#""user":"carl""#))
        #expect(metrics.contains("roost_kicks_total{from=\"server\"} 1\n"))
        #expect(ann.closeCode == 4003 && bob.closeCode == nil)
        // What was said to ann belongs to an end that comes when she has answered.
        ann.send(8, [0x0F, 0xA3])
        chat.simulation.settle()
        let last = chat.request("GET", "/ends?user=ann").text
        #expect(last.contains("No flooding."))
        let rows = try chat.json("GET", "/connections")["connections"]?.elements ?? []
        #expect(rows.compactMap { $0["user"]?.string } == ["bob"])
        #expect((rows.first?["connected_seconds"]?.double ?? 0) >= 5)
    }

    @Test func `A state of another form is refused with a sentence`() throws {
        var chat = try OperatedChat()
        var said = ""
        do {
            try chat.simulation.perform { handler, io in
                var reader = StateReader([9, 0, 4, 0])
                try handler.restore(from: &reader, &io)
            }
        } catch { said = "\(error)" }
        #expect(said == "the chat's state has form 9, which a program of form 3 cannot read")
    }
}
