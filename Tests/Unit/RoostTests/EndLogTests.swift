// The memory of ends and refusals: what is found, and that it stays within its bounds.
import Testing

@testable import WebSocketServer
@testable import roost

@Suite struct EndLogTests {
    private func peer(_ number: Int) -> NetworkAddress {
        NetworkAddress.ipv4(
            10, UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255), port: 5)
    }

    private func log(_ count: Int) -> EndLog {
        var log = EndLog()
        for number in 0..<count {
            log.ended(
                ConnectionID(resourceID: UInt64(number), slot: 0), .peerClosed(.normal),
                peer(number), user: number % 10 == 0 ? nil : "User\(number % 10)", age: 7,
                messageCount: number, wall: Int64(number), sentence: "")
        }
        return log
    }

    @Test func `The newest 10,000 are kept, and found newest first`() {
        let log = log(25_000)
        #expect(log.ring.count == 10_000 && log.ring.oldest?.resourceID == 15_000)
        let newest = log.find(EndQuery(limit: 3))
        #expect(newest.map(\.resourceID) == [24_999, 24_998, 24_997])
        let named = log.find(EndQuery(user: "uSER3", limit: 1000))
        #expect(named.count == 1000 && named.allSatisfy { $0.user == "User3" })
        #expect(log.find(EndQuery(connection: 14_999)).isEmpty)
        #expect(log.find(EndQuery(connection: 15_000)).count == 1)
        let range = AddressRange("10.0.97.0/24")
        #expect(log.find(EndQuery(address: range, limit: 1000)).count == 25_000 - 97 * 256)
        #expect(log.find(EndQuery(user: "User3", address: AddressRange("10.0.97.0"))).isEmpty)
        #expect(log.find(EndQuery(user: "nobody")).isEmpty)
    }

    @Test func `An end takes a hundred bytes and a name`() {
        #expect(MemoryLayout<EndLog.End>.stride <= 104)
    }

    @Test func `What was said at the end goes with it`() {
        var log = EndLog()
        let id = ConnectionID(resourceID: 7, slot: 1)
        for sentence in ["Out.", ""] {
            log.ended(
                id, .serverClosed(.kicked), nil, user: nil, age: 0, messageCount: 0, wall: 0,
                sentence: sentence)
        }
        #expect(log.find(EndQuery()).map(\.sentence) == ["", "Out."])
        #expect(log.find(EndQuery())[1].json.text.contains(#""code":4003"#))
    }

    // MARK: Refusals

    private func refusal(_ peer: NetworkAddress, _ kind: Refusal = .tooManyFromAddress)
        -> RefusedConnection
    {
        RefusedConnection(
            refusal: kind, peer: peer, status: nil, reason: String(repeating: "x", count: 5000))
    }

    @Test func `Refusals of an address are counted, whatever its port and form`() {
        var log = RefusalLog()
        let mapped = NetworkAddress(
            family: .ipv6, low: 0xFFFF_0000_0000 | 0x0A00_0001, port: 9)
        for (wall, peer) in [peer(1), NetworkAddress.ipv4(10, 0, 0, 1, port: 77), mapped]
            .enumerated()
        {
            log.note(refusal(peer), wall: Int64(wall))
        }
        log.note(refusal(peer(1), .request), wall: 9)
        let found = log.find(limit: 10) { $0.host == "10.0.0.1" }
        #expect(found.map(\.count) == [1, 3])
        #expect(found[1].first == 0 && found[1].last == 2)
        #expect(found[1].sentence.count == RefusalLog.sentenceLimit)
        #expect(log.find(limit: 1) { _ in true }.count == 1)
    }

    @Test func `An attack from many addresses takes bounded memory, and others are found again`() {
        var log = RefusalLog()
        for number in 0..<50_000 { log.note(refusal(peer(number)), wall: Int64(number)) }
        #expect(log.find(limit: .max) { _ in true }.count == RefusalLog.capacity)
        #expect(log.find(limit: .max) { $0 == peer(49_999).portless }.count == 1)
        log.note(refusal(peer(0)), wall: 60_000)
        log.note(refusal(peer(0)), wall: 60_001)
        #expect(log.find(limit: 1) { _ in true }.first?.count == 2)
        #expect(log.find(limit: .max) { _ in true }.count == RefusalLog.capacity)
    }
}

extension NetworkAddress {
    fileprivate var portless: NetworkAddress {
        NetworkAddress(family: family, high: high, low: low)
    }
}
