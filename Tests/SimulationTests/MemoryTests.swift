// What a server owns: little for each connection, and nothing that was only needed for a while.
import LinuxReactor
import Testing
import WebSocketCore

@testable import WebSocketServer

@Suite struct MemoryTests {
    /// A million of them stand in a table: whoever makes the slot larger does it on purpose.
    @Test func `A connection's slot is as small as is said of it`() {
        #expect(MemoryLayout<Connection>.stride == 152)
        #expect(MemoryLayout<Member>.stride == 16)
        #expect(MemoryLayout<Subscription>.stride <= 40)
    }
}
