// Places that count per address: rooms by flags, and requests that wait.
import ArgumentParser
import ChatRooms
import Testing
import WebSocketServer

@testable import roost

@Suite struct PlaceTests {
    @Test(
        arguments: [
            ([], 10_000, 250), (["--rooms", "4000"], 4_000, 100), (["--rooms", "10"], 10, 1),
            (["--rooms-per-address", "7"], 10_000, 7),
            (["--rooms-per-address", "off"], 10_000, nil),
            (["--rooms", "80", "--rooms-per-address", "9"], 80, 9), (["--no-limits"], 10_000, nil),
        ] as [([String], Int, Int?)])
    func `The flags set how many rooms there may be, in all and per address`(
        flags: [String], rooms: Int, perAddress: Int?
    ) throws {
        let limits = try Serve.parse(flags).chatLimits
        #expect(limits.roomLimit == rooms && limits.roomsPerAddressLimit == perAddress)
    }

    @Test func `Clients share places as they share limits on connections`() {
        func address(_ peer: NetworkAddress?) -> ClientAddress { ClientAddress(peer) }
        let first = address(.ipv4(192, 0, 2, 7, port: 1))
        #expect(first == address(.ipv4(192, 0, 2, 7, port: 2)) && first != .exempt)
        #expect(first != address(.ipv4(192, 0, 2, 8, port: 1)))
        let network = address(NetworkAddress(family: .ipv6, high: 5, low: 1))
        #expect(network == address(NetworkAddress(family: .ipv6, high: 5, low: 9, port: 3)))
        #expect(network != address(NetworkAddress(family: .ipv6, high: 6, low: 1)))
        for exempt in [
            nil, .unknown, .ipv4(127, 0, 0, 1, port: 1), NetworkAddress(family: .ipv6, low: 1),
            NetworkAddress(family: .local),
        ] as [NetworkAddress?] {
            #expect(address(exempt) == .exempt)
        }
    }

    @Test func `Requests that wait have places per address, which are freed`() {
        var waiters = RoomWaiters()
        var chat = Chat(epochSeed: 7)
        var effects = Effects()
        chat.openLobby(at: Timestamp(monotonic: 0, wall: 0), &effects)
        let page = chat.page(
            ofRoom: "lobby", PageQuery(), for: RequestKey(slot: 0, generation: 0),
            at: Timestamp(monotonic: 0, wall: 0), &effects)
        let room = page!.room!
        var slot: UInt32 = 0
        func add(_ address: ClientAddress, until second: UInt64 = 9) -> Bool {
            slot += 1
            let id = ConnectionID(resourceID: UInt64(slot), slot: slot)
            let deadline = Instant(nanoseconds: second * 1_000_000_000)
            return waiters.add(
                RoomWaiters.Waiter(
                    id: id, address: address, query: PageQuery(after: 0), deadline: deadline),
                for: room)
        }
        let (greedy, other) = (ClientAddress(bits: 1), ClientAddress(bits: 2))
        #expect((0..<256).allSatisfy { add(greedy, until: $0 < 10 ? 1 : 9) })
        #expect(!add(greedy) && add(other) && (0..<300).allSatisfy { _ in add(.exempt) })
        // Time is over for ten of them, and one has gone.
        let now = Instant(nanoseconds: 2_000_000_000)
        #expect(waiters.takeDue(at: now, all: false) { $0.slot != 20 }.count == 10)
        #expect((0..<11).allSatisfy { _ in add(greedy) } && !add(greedy))
        #expect(waiters.take(room).count == 557 && waiters.count == 0)
        #expect((0..<256).allSatisfy { _ in add(greedy) } && !add(greedy))
    }
}
