// What TLS records cost beside the messages in them counts as work, and for the peer's address.
import LinuxReactor
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

@Suite struct EncryptedWorkTests {
    private static let address = NetworkAddress.ipv4(198, 51, 100, 7, port: 1)

    private func talk(_ simulation: inout Simulation<EncryptedEcho>, _ peer: TLSPeer) {
        repeat { simulation.settle() } while peer.exchange()
    }

    /// The most work of a turn in which this comes, and whether the address has used its share.
    private func work(
        isUpgraded: Bool = true, _ count: Int, _ seal: (TLSPeer) throws -> Void
    ) throws -> (work: Int, isLimited: Bool) {
        let tls = try TLS([TLS.selfSigned(names: ["localhost"])])
        var limits = Limits()
        limits.workRatePerAddress = 2_000_000
        var simulation = try Simulation(EncryptedEcho(), limits: limits, isEncrypted: false) {
            $0.tls = tls
        }
        let socket = simulation.network.connect(from: Self.address)
        let peer = try TLSPeer(simulation.network, socket)
        talk(&simulation, peer)
        if isUpgraded {
            try peer.seal(Array(SimulatedClient.handshake.utf8))
            talk(&simulation, peer)
            #expect(peer.takeText().hasPrefix("HTTP/1.1 101 "))
            // A long message, of which a byte comes at a time.
            let long = SimulatedClient.frame(2, [UInt8](repeating: 0, count: 60_000))
            try peer.seal(Array(long.prefix(8)))
        }
        talk(&simulation, peer)
        var work = 0
        for _ in 0..<20 {
            for _ in 0..<count { try seal(peer) }
            peer.exchange()
            simulation.turn()
            work = max(work, simulation.core.io.spentWork)
            if simulation.core.listening.shares.isLimited(Self.address) { return (work, true) }
        }
        return (work, false)
    }

    /// Handshakes that wait are taken in turn by address. The accept queue alone is in the order of
    /// arrival: it is the kernel's.
    @Test(arguments: [nil, Limits().workRatePerAddress])
    func `A newcomer does not wait behind the handshakes of a crowd's address`(rate: Int?) throws {
        var limits = Limits()
        (limits.connectionsPerAddress, limits.connectionRatePerAddress) = (nil, nil)
        limits.workRatePerAddress = rate
        let tls = try TLS([TLS.selfSigned(names: ["localhost"])])
        var simulation = try Simulation(EncryptedEcho(), limits: limits, isEncrypted: false) {
            $0.tls = tls
        }
        let network = simulation.network
        let first = try TLSPeer(network, network.connect(from: Self.address))
        first.exchange()
        let hello = network.sockets[first.socket]!.toServer
        let count = 2_000
        for _ in 1..<count { network.send(hello, on: network.connect(from: Self.address)) }
        while !network.backlog.isEmpty { simulation.turn() }
        #expect(simulation.core.listening.shares.waitingCount > count / 2)
        let newcomer = try TLSPeer(
            network, network.connect(from: .ipv4(203, 0, 113, 9, port: 1)))
        var (turnCount, work) = (0, 0)
        while !newcomer.isEstablished, turnCount < count {
            newcomer.exchange()
            simulation.turn()
            work += simulation.core.io.spentWork
            turnCount += 1
        }
        try newcomer.seal(Array(SimulatedClient.handshake.utf8))
        while newcomer.takeText().isEmpty, turnCount < count {
            newcomer.exchange()
            simulation.turn()
            work += simulation.core.io.spentWork
            turnCount += 1
        }
        // Its own two steps, and for each of them no more of the crowd's than a turn takes.
        #expect(work <= 10 * Work.tlsHandshake)
        #expect(simulation.core.listening.shares.waitingCount > count / 2)
    }

    @Test func `A record is work, however short`() throws {
        let (work, isLimited) = try work(500) { peer in try peer.seal([0]) }
        #expect(work > 500 * Work.tlsRecord)
        #expect(isLimited)
    }

    @Test(arguments: [false, true])
    func `A new key is work, and an address does not get too much of it`(isUpgraded: Bool) throws {
        let (work, isLimited) = try work(isUpgraded: isUpgraded, 100) { peer in
            try peer.seal([0x47])
            try peer.seal([0x47])
            try peer.changeKey()
        }
        #expect(work > 100 * Work.tlsKeyUpdate)
        #expect(isLimited)
    }
}
