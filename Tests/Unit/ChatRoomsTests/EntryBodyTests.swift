// The form in which nodes give entries to a shared log, and what they make of what is no such form.
import Foundation
import Storage
import Testing

@testable import ChatRooms

@Suite struct EntryBodyTests {
    /// What was written: a body, its id and its text.
    private struct Written {
        var body: EntryBody
        var id: [UInt8]
        var text: [UInt8]
        var bytes: [UInt8] { body.bytes(id: id.span, text: text.span) }
    }

    private func anything(_ random: inout SeededGenerator) -> Written {
        let kind = EntryKind.allCases.randomElement(using: &random)!
        let mayHaveTarget = kind != .topic
        let hasTarget = kind.changesTarget || mayHaveTarget && Bool.random(using: &random)
        let target = Place(
            offset: Int.random(in: 1...Int.max, using: &random),
            epoch: UInt64.random(in: 0..<1 << 62, using: &random))
        let texts = ["", "hello", "é", #"\n\"\\"#, "👍", String(repeating: "long ", count: 900)]
        let body = EntryBody(
            kind: kind, target: hasTarget ? target : nil,
            author: Int64.random(in: .min ... .max, using: &random),
            at: Int64.random(in: 0...253_402_300_799_999, using: &random),
            user: ["ann", "çelik", "名前"].randomElement(using: &random)!)
        return Written(
            body: body, id: Array(["", "1", #"\u0001"#].randomElement(using: &random)!.utf8),
            text: kind == .deleted ? [] : Array(texts.randomElement(using: &random)!.utf8))
    }

    private func frame(_ bytes: [UInt8], _ place: Place) -> [UInt8] {
        var out = ByteBuffer()
        let body = EntryBody(bytes.span)
        _ =
            body?.writeFrame(
                at: place, beginsEpoch: true, room: "lobby", bytes.span, to: &out)
            ?? EntryBody.writeUnreadable(
                at: place, beginsEpoch: true, room: "lobby", bytes.span, to: &out)
        return [UInt8](copying: out.span)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `What was written is read again, and its frame says all of it`(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        for _ in 0..<100 {
            let written = anything(&random)
            let bytes = written.bytes
            guard let body = EntryBody(bytes.span) else {
                Issue.record("cannot be read: \(written)")
                continue
            }
            #expect(body.kind == written.body.kind && body.target == written.body.target)
            #expect(body.author == written.body.author && body.at == written.body.at)
            #expect(body.user == written.body.user)
            #expect(Array(bytes[body.id]) == written.id && Array(bytes[body.text]) == written.text)
            let place = Place(offset: 7, epoch: UInt64.random(in: 1..<1 << 62, using: &random))
            let line = frame(bytes, place)
            let parts = EntryFrame.read(line.span)
            #expect(parts?.place == place && parts?.target == (body.target?.offset ?? 0))
            #expect(parts?.user == body.user && parts?.at == body.at)
            let isKnown = body.target?.epoch != EntryBody.unknownEpoch
            #expect(parts?.targetEpoch == (isKnown ? body.target?.epoch : nil))
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `Whatever the bytes are, a frame can be sent`(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        var readCount = 0
        for _ in 0..<300 {
            var bytes = anything(&random).bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2:
                    bytes.insert(
                        [0x22, 0x5C, 0x00, 0xFF].randomElement(using: &random)!, at: index)
                default: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
                }
            }
            if EntryBody(bytes.span) != nil { readCount += 1 }
            let line = frame(bytes, Place(offset: 7, epoch: 5))
            #expect(EntryFrame.read(line.span) != nil, "\(String(decoding: line, as: UTF8.self))")
        }
        #expect(readCount > 5)
    }

    @Test func `A later version is not read, but its time is`() {
        var random = SeededGenerator(1)
        var bytes = anything(&random).bytes
        let at = EntryBody(bytes.span)!.at
        bytes[0] = EntryBody.version + 1
        #expect(EntryBody(bytes.span) == nil)
        let parts = EntryFrame.read(frame(bytes, Place(offset: 7, epoch: 5)).span)
        #expect(parts?.at == at && parts?.user == "server")
    }

    @Test func `A body is bounded`() {
        let body = EntryBody(kind: .message, target: nil, author: 1, at: 0, user: "ann")
        let text = [UInt8](repeating: 0x61, count: EntryBody.byteLimit)
        #expect(EntryBody(body.bytes(id: Span(), text: text.span).span) == nil)
        let id = [UInt8](repeating: 0x61, count: 385)
        #expect(EntryBody(body.bytes(id: id.span, text: Span()).span) == nil)
        #expect(EntryBody(body.bytes(id: id.span.extracting(1...), text: Span()).span) != nil)
    }

    /// The frame that a node alone makes and the one made of a body, which must be the same but for
    /// the place.
    @Test(arguments: [
        #""text":"hello""#, #""text":"\u0041 \/ é \n","id":"x\u0022""#,
        #""text":"a","id":"é","reply":1"#,
    ])
    func `A frame does not show whether the log is shared`(fields: String) {
        let alone = World()
        let key = alone.login(1, "ann")
        alone.send(key, #"{"type":"message","text":"first"}"#)
        alone.send(key, #"{"type":"message",\#(fields)}"#)
        let node = LoneNode()
        let other = node.login(1, "ann")
        node.say(other, #""text":"first""#)
        node.say(other, fields)
        let frames = [(alone, key), (node.world, other)].map { world, key in
            world.inbox[key]!.last { parse($0).type == "message" }!
        }
        #expect(frames[0] == frames[1])
    }
}

@Suite struct RoomPresenceTests {
    @Test func `Members are written and read`() {
        let many = RoomPresence(count: 5_000, names: [])
        for presence in [RoomPresence(count: 2, names: ["ann", "çelik"]), many] {
            #expect(RoomPresence(presence.bytes.span) == presence)
        }
        #expect(RoomPresence(count: 0, names: []).bytes.isEmpty)
        #expect(RoomPresence(Span())?.count == 0)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `Other bytes are none`(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        let bytes = RoomPresence(count: 3, names: ["ann", "çelik", "bob"]).bytes
        #expect(RoomPresence(bytes.span.extracting(..<(bytes.count - 1))) == nil)
        for _ in 0..<200 {
            var damaged = bytes
            let index = Int.random(in: 0..<bytes.count, using: &random)
            damaged[index] = UInt8.random(in: 0...255, using: &random)
            damaged.removeLast(Int.random(in: 0...2, using: &random))
            guard let presence = RoomPresence(damaged.span) else { continue }
            #expect(presence.names.allSatisfy { Name.isWritable($0) })
            #expect(presence.isListed || presence.names.isEmpty)
        }
    }
}
