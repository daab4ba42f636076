// What a node writes about a room begins with the room's name: written and read again, and whatever
// else there may be.
import ChatRooms
import TestSupport
import Testing

@testable import roost

@Suite struct SharedFormTests {
    @Test(arguments: ["lobby", "Züge", String(repeating: "🚂", count: 64)], [[], [7], [0, 0, 1]])
    func `The name and the rest come back`(name: String, said: [UInt8]) {
        let bytes = SharedForm.bytes(name, said)
        #expect(SharedForm.name(in: bytes.span, key: Chat.nameKey(name)) == name)
        #expect(SharedForm.name(in: bytes.span, key: "another") == nil)
        let start = SharedForm.startOfSaid(in: bytes.span)
        #expect(Array(bytes[start...]) == said)
    }

    @Test func `The spellings of a name share its key`() {
        let bytes = SharedForm.bytes("Trains", [1])
        #expect(SharedForm.name(in: bytes.span, key: Chat.nameKey("tRAINS")) == "Trains")
    }

    @Test func `Bytes of another program are no name, and are all said`() {
        for bytes in [[], [1], [5, 0, 65], [255, 255], [1, 0]] as [[UInt8]] {
            #expect(SharedForm.name(in: bytes.span, key: "a") == nil)
            #expect(SharedForm.startOfSaid(in: bytes.span) == 0)
        }
    }
}
