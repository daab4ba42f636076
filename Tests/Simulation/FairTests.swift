// Attacks on a chat from one address, in units of work: no turn is long, and nobody else waits.
import ChatRooms
import LinuxReactor
import Testing

@testable import SimulationKit
@testable import WebSocketServer
@testable import roost

/// A chat under attack, with a bystander in a room of its own.
private struct Attacked: ~Copyable {
    var chat: WatchedChat
    let bystander: SimulatedClient
    private(set) var longestTurn = 0
    private(set) var totalWork = 0
    /// The most work that was done between the bystander's question and its answer.
    private(set) var longestWait = 0
    private var waited: Int?

    init(limits: Limits = Limits()) throws {
        chat = try WatchedChat(limits: limits)
        bystander = chat.simulation.open(from: .ipv4(198, 51, 100, 1, port: 1))
        bystander.send(#"{"type":"login","user":"bystander","join":false}"#)
        bystander.send(#"{"type":"join","room":"quiet"}"#)
        chat.simulation.settle()
        _ = bystander.takeTexts()
    }

    /// A room with this many texts of this length.
    mutating func fill(_ room: String, _ count: Int, _ byteCount: Int) {
        for number in 0..<count {
            let text = (0..<byteCount / 8).map {
                String(($0 &* 2_654_435_761 + number) % 9_999_999)
            }
            chat.ask(
                "POST /rooms/\(room)/messages", atListener: WatchedChat.control,
                body: #"{"text":"\#(text.joined(separator: " ").prefix(byteCount))"}"#)
        }
    }

    /// Turns `count` times. Whenever the bystander has its answer it asks again.
    mutating func turn(_ count: Int) {
        for _ in 0..<count {
            if waited == nil {
                bystander.send(#"{"type":"typing","room":"quiet"}"#)
                bystander.send(9, [1])
                waited = 0
            }
            chat.simulation.turn()
            let work = chat.simulation.core.io.meter.spent
            longestTurn = max(longestTurn, work)
            totalWork += work
            waited! += work
            guard bystander.takeFrames().contains(where: { $0.opcode == 10 }) else { continue }
            longestWait = max(longestWait, waited!)
            waited = nil
        }
    }

    mutating func attackers(_ count: Int, _ fields: [String] = []) -> [SimulatedClient] {
        (0..<count).map { number in
            let client = chat.simulation.open(
                from: .ipv4(203, 0, 113, 7, port: UInt16(number + 1)), fields: fields)
            client.send(#"{"type":"login","user":"attacker\#(number)","join":false}"#)
            client.send(#"{"type":"join","room":"stage","messages":0}"#)
            chat.simulation.settle()
            _ = client.takeFrames()
            return client
        }
    }
}

/// No turn may do more work than about ten milliseconds, and nobody may wait for more than forty.
private let (turnBound, waitBound) = (10_000_000, 40_000_000)

@Suite struct FairTests {
    @Test func `Requests for pages, a thousand in one segment, are answered one in a turn`() throws
    {
        var attacked = try Attacked()
        attacked.fill("stage", 60, 3_900)
        let requests = String(
            repeating: "HEAD /rooms/stage/messages?limit=200 HTTP/1.1\r\nHost: a\r\n\r\n",
            count: 250)
        for number in 0..<64 {
            let socket = attacked.chat.simulation.network.connect(
                from: .ipv4(203, 0, 113, 7, port: UInt16(number + 1)))
            attacked.chat.simulation.network.send(Array(requests.utf8), on: socket)
        }
        attacked.turn(900)
        #expect(attacked.longestTurn < turnBound)
        #expect(attacked.longestWait < waitBound)
        // Its share of a second is spent; what is left waits, and the loop sleeps meanwhile.
        let waiting = attacked.chat.simulation.core.io.waitingCount
        #expect(waiting > 0)
        let before = attacked.totalWork
        attacked.turn(100)
        #expect(attacked.totalWork - before < 100 * 100_000)
        let busiest = attacked.chat.simulation.core.listening.shares.busiest(
            3, at: attacked.chat.simulation.network.clock)
        #expect(busiest.first?.address.host == "203.0.113.7")
        #expect(busiest.count == 1)
    }

    @Test func `Pages for compressed connections wait for their turn`() throws {
        var attacked = try Attacked()
        attacked.fill("stage", 60, 3_900)
        let clients = attacked.attackers(
            60, ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])
        for client in clients {
            for _ in 0..<15 {
                client.send(#"{"type":"history","room":"stage","before":1000,"limit":200}"#)
            }
        }
        attacked.turn(400)
        #expect(attacked.longestTurn < turnBound)
        #expect(attacked.longestWait < waitBound)
    }

    @Test func `Nothing is made for clients that have gone`() throws {
        var attacked = try Attacked()
        attacked.fill("stage", 60, 3_900)
        let clients = attacked.attackers(60)
        for client in clients {
            for _ in 0..<15 {
                client.send(#"{"type":"history","room":"stage","before":1000,"limit":200}"#)
            }
            attacked.chat.simulation.network.sockets[client.socket]!.isReset = true
        }
        attacked.turn(300)
        #expect(attacked.longestTurn < turnBound)
        // A page each at most: the first command came before anybody knew.
        #expect(attacked.totalWork < 60 * 400_000)
        #expect(attacked.chat.simulation.core.io.connectionCount == 1)
    }

    @Test func `Connections that end all at once leave their rooms in several turns`() throws {
        var attacked = try Attacked()
        var clients: [SimulatedClient] = []
        for number in 0..<60 {
            let client = attacked.chat.simulation.open(from: .ipv4(203, 0, 113, 7, port: 9))
            client.send(#"{"type":"login","user":"a\#(number)","join":false}"#)
            for room in 0..<19 { client.send(#"{"type":"join","room":"r\#(room)"}"#) }
            attacked.chat.simulation.settle()
            clients.append(client)
        }
        for client in clients {
            attacked.chat.simulation.network.sockets[client.socket]!.clientHasEnded = true
        }
        attacked.turn(300)
        #expect(attacked.chat.simulation.core.io.connectionCount == 1)
        #expect(attacked.longestTurn < turnBound)
        #expect(attacked.longestWait < waitBound)
    }

    /// Five attacks at once from twenty addresses begin in the same turn.
    @Test func `Twenty addresses that ask at once keep nobody waiting`() throws {
        var attacked = try Attacked()
        attacked.fill("stage", 60, 3_900)
        let request = "GET /rooms/stage/messages?limit=200 HTTP/1.1\r\nHost: a\r\n\r\n"
        for address in 1...20 {
            for number in 0..<60 {
                let socket = attacked.chat.simulation.network.connect(
                    from: .ipv4(203, 0, 113, UInt8(address), port: UInt16(number + 1)))
                attacked.chat.simulation.network.send(
                    Array(String(repeating: request, count: 20).utf8), on: socket)
            }
        }
        attacked.turn(600)
        #expect(attacked.longestTurn < turnBound)
        #expect(attacked.longestWait < waitBound)
    }

    /// 100 bytes each, deflated, of which the server makes 64 KiB: what a socket has received of
    /// them before its peer was gone is seconds of work.
    @Test func `What is left of lost connections is not read for as long as it lasts`() throws {
        var limits = Limits()
        limits.workRatePerAddress = 20_000_000
        var attacked = try Attacked(limits: limits)
        let text = #"{"type":"nothing","x":""# + String(repeating: "a", count: 60_000) + #""}"#
        var clients: [SimulatedClient] = []
        for number in 0..<16 {
            let client = attacked.chat.simulation.open(
                from: .ipv4(203, 0, 113, UInt8(number % 4), port: UInt16(number + 1)),
                fields: ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])
            clients.append(
                SimulatedClient(
                    network: attacked.chat.simulation.network, socket: client.socket,
                    windowBits: 15, keptWindowBits: nil))
        }
        for client in clients {
            for _ in 0..<60 { client.sendCompressed(text) }
            attacked.chat.simulation.network.sockets[client.socket]!.isReset = true
        }
        attacked.turn(400)
        #expect(attacked.chat.simulation.core.io.connectionCount == 1)
        // All of it would be 300 million.
        #expect(attacked.totalWork < 60_000_000)
        #expect(attacked.longestTurn < turnBound)
    }
}
