// Messages of the load, and how they are recognised.
import Testing

@testable import bench

@Suite struct StampTests {
    static let stamps: [Stamp] = [
        Stamp(due: 0, sender: 0, sequence: 0),
        Stamp(due: 1, sender: 63, sequence: 64),
        Stamp(due: 1_234_567_890_123, sender: 19_999, sequence: 7),
        Stamp(due: 1 << 48 - 1, sender: 1 << 24 - 1, sequence: Stamp.sequenceMask),
    ]

    @Test(
        arguments: stamps,
        ["", "RECEIVED : ", #"{"type":"message","text":""#, "~~~~~~~~~~~~~~~~~~~~~~"])
    func `A stamp is found whatever surrounds it`(stamp: Stamp, prefix: String) {
        var bytes = Array(prefix.utf8) + [UInt8](repeating: 120, count: Stamp.byteCount + 5)
        stamp.write(to: &bytes, at: prefix.utf8.count, run: 77)
        #expect(Stamp.find(in: bytes.span, run: 77) == stamp)
        #expect(Stamp.find(in: bytes.span, run: 78) == nil, "a message of another run")
        #expect(
            Stamp.find(in: Array(bytes.dropLast(6)).span, run: 77) == nil, "a truncated stamp")
    }

    @Test func `Other texts are not taken for stamps`() {
        for text in [
            "", "~", "hello", String(repeating: "~", count: 60), "~AA\"}AAAAAAAAAAAAAAAAAAAAA",
        ] {
            #expect(Stamp.find(in: Array(text.utf8).span, run: 0) == nil)
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
        var bytes: [UInt8] = []
        let stamp = Stamp(due: 9, sender: 3, sequence: 12)
        template.fill(&bytes, stamp, run: 5, room: Array("lobby".utf8), user: Array("ann".utf8))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix(#"{"r":"lobby","u":"ann","n":12,"p":"~"#))
        #expect(text.hasSuffix(#"xxxx","x":{}}"#))
        #expect(Stamp.find(in: bytes.span, run: 5) == stamp)
        #expect(template.hasPayload && template.needsNames)
        let join = try MessageTemplate("JOIN {room}", size: 24)
        #expect(!join.hasPayload)
    }

    @Test func `A payload too short for a stamp is refused`() {
        #expect(throws: MessageTemplate.Flaw.self) { try MessageTemplate("{payload}", size: 19) }
    }
}
