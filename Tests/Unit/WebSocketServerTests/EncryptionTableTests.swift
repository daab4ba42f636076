// What the TLS of all connections has in common.
import LinuxReactor
import Testing

@testable import WebSocketServer

@Suite struct EncryptionTableTests {
    @Test func `After a crowd of handshakes memory goes back to the system`() throws {
        let tls = try TLS([try TLS.selfSigned(names: ["localhost"])])
        var table = EncryptionTable()
        let indices = (0..<EncryptionTable.crowdCount).map { number in
            let index = table.add()
            table.begin(
                index, tls.contexts, of: ConnectionID(resourceID: 1, slot: UInt32(number)))
            return index
        }
        table.giveBackMemory()
        let most = table.mostHandshakeCount
        #expect(most == EncryptionTable.crowdCount, "they are under way")
        for var index in indices { table.forget(&index) }
        table.giveBackMemory()
        let mostSince = table.mostHandshakeCount
        #expect(mostSince == 0)
    }
}
