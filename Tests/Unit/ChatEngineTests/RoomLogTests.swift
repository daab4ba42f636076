// The log of a room.
import Testing

@testable import ChatEngine

@Suite struct RoomLogTests {
    @Test func `An empty log stands at the start`() {
        #expect(RoomLog(limit: 3).head == .start)
    }
}
