// Messages of the load: how they are recognised, and how it is seen that they came back whole.
import Testing

@testable import bench

@Suite struct StampTests {
    static let stamps: [Stamp] = [
        Stamp(due: 0, sender: 0, sequence: 0),
        Stamp(due: 64, sender: 63, sequence: 64),
        Stamp(due: 1_234_567_890_176, sender: 19_999, sequence: 7),
        Stamp(due: 1 << 48 - 64, sender: 1 << 24 - 1, sequence: Stamp.sequenceMask),
    ]
    static let sizes = [20, 21, 25, 32, 300, 4096]

    @Test(
        arguments: stamps,
        ["", "RECEIVED : ", #"{"type":"message","text":""#, "~~~~~~~~~~~~~~~~~~~~~~"])
    func `A stamp is found whatever surrounds it`(stamp: Stamp, prefix: String) {
        let payload = Payload(byteCount: 25, run: 77)
        var bytes = Array(prefix.utf8)
        payload.append(stamp, to: &bytes)
        let found = Payload.Found(stamp: stamp, offset: prefix.utf8.count, isWhole: true)
        #expect(payload.find(in: bytes.span) == found)
        #expect(Payload(byteCount: 25, run: 78).find(in: bytes.span) == nil, "of another run")
        #expect(payload.find(in: Array(bytes.dropLast(6)).span) == nil, "a truncated stamp")
        #expect(payload.find(in: Array(bytes.dropLast()).span)?.isWhole == false)
    }

    @Test func `A time is kept to 64 nanoseconds`() {
        let payload = Payload(byteCount: 20, run: 1)
        for due in [1, 63, 64, 1_234_567_890_123] as [UInt64] {
            var bytes: [UInt8] = []
            payload.append(Stamp(due: due, sender: 1, sequence: 2), to: &bytes)
            #expect(payload.find(in: bytes.span)?.stamp.due == due / 64 * 64)
        }
    }

    @Test func `Other texts are not taken for stamps`() {
        for text in [
            "", "~", "hello", String(repeating: "~", count: 60), "~AA\"}AAAAAAAAAAAAAAAAAAAAA",
            "~AAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            #expect(Payload(byteCount: 20, run: 0).find(in: Array(text.utf8).span) == nil)
        }
    }

    /// What a message that came back is taken for.
    private func isIntact(_ bytes: [UInt8], _ payload: Payload, _ stamp: Stamp) -> Bool {
        guard let found = payload.find(in: bytes.span) else { return false }
        return found.isWhole && bytes.count == payload.byteCount && found.stamp == stamp
    }

    @Test(arguments: sizes, stamps)
    func `A change of any bit, any cut and any addition is seen`(size: Int, stamp: Stamp) {
        let payload = Payload(byteCount: size, run: 5)
        var bytes: [UInt8] = []
        payload.append(stamp, to: &bytes)
        #expect(bytes.count == size && isIntact(bytes, payload, stamp))
        for place in bytes.indices {
            for bit in 0..<8 {
                bytes[place] ^= 1 << bit
                #expect(!isIntact(bytes, payload, stamp), "bit \(bit) of byte \(place)")
                bytes[place] ^= 1 << bit
            }
            #expect(!isIntact(Array(bytes[..<place]), payload, stamp))
            #expect(!isIntact(Array(bytes[..<place] + [65] + bytes[place...]), payload, stamp))
        }
        #expect(!isIntact(bytes + [120], payload, stamp))
        #expect(!isIntact(bytes + bytes, payload, stamp))
    }

    @Test(arguments: sizes.filter { $0 > 24 })
    func `The filler of another message is not the right one`(size: Int) {
        let payload = Payload(byteCount: size, run: 5)
        var (same, count) = (0, 0)
        for sequence in 1..<500 as Range<UInt32> {
            var (one, other): ([UInt8], [UInt8]) = ([], [])
            payload.append(Stamp(due: 0, sender: 1, sequence: 0), to: &one)
            payload.append(Stamp(due: 0, sender: 1, sequence: sequence), to: &other)
            let mixed = Array(one[..<20] + other[20...])
            count += 1
            if payload.find(in: mixed.span)?.isWhole == true { same += 1 }
        }
        // There are 256 pieces.
        #expect(same < count / 50)
    }

    @Test func `What surrounds a payload does not touch it`() throws {
        let payload = Payload(byteCount: 40, run: 5)
        var bytes: [UInt8] = []
        payload.append(Self.stamps[2], to: &bytes)
        func isBounded(_ before: String, _ after: String) throws -> Bool {
            let bytes = Array(before.utf8) + bytes + Array(after.utf8)
            let found = payload.find(in: bytes.span)
            return payload.isBounded(try #require(found), in: bytes.span)
        }
        #expect(try isBounded("", ""))
        #expect(try isBounded(#"{"text":""#, #""}"#))
        for (before, after) in [("", "x"), ("x", ""), ("{-", "}"), ("{", "~}")] {
            #expect(try !isBounded(before, after), "\(before)…\(after)")
        }
    }

    @Test func `Fingerprints of different messages differ`() {
        var seen = Set<UInt64>()
        for sender in 0..<100 as Range<UInt32> {
            for sequence in 0..<100 as Range<UInt32> {
                seen.insert(Stamp(due: 5, sender: sender, sequence: sequence).fingerprint)
            }
        }
        #expect(seen.count == 10_000)
    }

    @Test func `A template puts names and the payload in their places`() throws {
        let template = try MessageTemplate(
            #"{"r":"{room}","u":"{user}","n":{n},"p":"{payload}","x":{}}"#, size: 24)
        let payload = Payload(byteCount: 24, run: 5)
        var bytes: [UInt8] = []
        let stamp = Stamp(due: 64, sender: 3, sequence: 12)
        template.fill(
            &bytes, stamp, payload, room: Array("lobby".utf8), user: Array("ann".utf8))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix(#"{"r":"lobby","u":"ann","n":12,"p":"~"#))
        #expect(text.hasSuffix(#"","x":{}}"#))
        let found = payload.find(in: bytes.span)
        let isBounded = try payload.isBounded(#require(found), in: bytes.span)
        #expect(found?.stamp == stamp && isBounded)
        #expect(template.hasPayload && template.needsNames && !template.isRaw)
        let join = try MessageTemplate("JOIN {room}", size: 24)
        #expect(!join.hasPayload)
        #expect(try MessageTemplate(MessageTemplate.raw, size: 24).isRaw)
    }

    @Test func `A payload too short for a stamp is refused`() {
        #expect(throws: MessageTemplate.Flaw.self) { try MessageTemplate("{payload}", size: 19) }
    }
}
