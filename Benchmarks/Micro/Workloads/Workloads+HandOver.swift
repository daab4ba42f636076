// A hand-over: the connections of a server, and what a chat knows of its people, written for the
// next program and read there.
import Glibc
import Storage

@testable import ChatRooms
@testable import LinuxReactor
@testable import WebSocketServer

private let peopleInRoom = 20

extension Workload {
    static let handOver: [Workload] = [
        // Each is in one of the rooms of twenty.
        Workload("hand-over, per connection", count: 20_000) {
            let crowd = Crowd(memberCount: 2_000)
            return { count in for _ in 0..<count / 2_000 { crowd.handOver() } }
        },
        Workload("hand-over of a chat, per person", count: 10_000) {
            let people = People(count: 2_000)
            return { count in for _ in 0..<count / 2_000 { people.handOver() } }
        },
    ]

    /// Hands over this many people again and again, and prints what that takes.
    static func handOver(memberCount: Int, times: Int) {
        let (crowd, people) = (Crowd(memberCount: memberCount), People(count: memberCount))
        var last = 0
        func end(_ step: String) {
            let now = clock()
            print("\(step): \((now - last) * 1000 / Int(CLOCKS_PER_SEC)) ms of CPU time")
            last = now
        }
        for _ in 0..<times {
            last = clock()
            crowd.handOver(end)
            last = clock()
            people.handOver(end)
        }
    }
}

/// A server with many connections, on a kernel that costs nothing.
private final class Crowd {
    private struct Members: HandOverHandler {
        var count = 0

        mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
            io.subscribe(id, to: io.topic(named: "room\(count / peopleInRoom)"))
            count += 1
        }

        mutating func onMessage(
            _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
        ) {}

        func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}

        mutating func restore(
            from reader: inout StateReader, _ io: inout ServerContext
        ) throws(StateError) {}
    }

    private var core: ServerCore<CrowdKernel>
    private var handler = Members()
    private let mailbox: Mailbox<Never>
    private let configuration: ServerConfiguration

    init(memberCount: Int) {
        var configuration = ServerConfiguration()
        configuration.stopSignals = []
        configuration.limits.connectionCount = memberCount
        self.configuration = configuration
        core = Self.core(configuration, memberCount)
        mailbox = Mailbox(descriptor: core.wakeup) { _ in }
        core.start { event, id, io throws(Disconnect) in
            try handler.handle(event, id, &io, mailbox)
        }
        while handler.count < memberCount {
            core.turn { event, id, io throws(Disconnect) in
                try handler.handle(event, id, &io, mailbox)
            }
        }
        precondition(core.io.connectionCount == memberCount && !core.owesEnds)
    }

    private static func core(
        _ configuration: ServerConfiguration, _ comingCount: Int
    ) -> ServerCore<CrowdKernel> {
        do {
            return try ServerCore(
                CrowdKernel(comingCount: comingCount), configuration, wake: { _ in })
        } catch { fatalError("\(error)") }
    }

    /// Hands everything over to another server, which is this one's from then on. `end` gets the
    /// name of each step when it is over. The state goes through a file, as between processes, only
    /// if the steps are asked for: what that takes is the kernel's.
    func handOver(_ end: ((String) -> Void)? = nil) {
        let written = core.save { _, _ in }
        end?("\(written.descriptors.count) connections in \(written.byteCount) bytes, written")
        let state = end.map { throughFile(written, $0) } ?? written
        var next = Self.core(configuration, 0)
        do {
            try next.restore(state) { _, _ throws(StateError) in }
        } catch { fatalError("\(error)") }
        end?("read, and taken up")
        core = next
    }

    /// What the next program finds of this in its file.
    private func throughFile(_ written: HandOver, _ end: (String) -> Void) -> HandOver {
        let state = ProcessState(
            programVersion: "", leftAt: Instant(nanoseconds: 0), signalMask: 0, listeners: [],
            handOver: written)
        do {
            let file = try StateFile.parts(state).file()
            end("the file, written")
            let read = try StateFile.read(file.read()).handOver
            end("the file, read")
            return read
        } catch { fatalError("\(error)") }
    }
}

/// A chat with many people.
private final class People {
    private static let now = Timestamp(monotonic: 1_000_000, wall: 1_795_381_500_123)
    private let limits: ChatLimits
    private var chat: Chat

    init(count: Int) {
        var limits = ChatLimits.withoutRateLimit
        limits.roomLimit = count
        self.limits = limits
        chat = Chat(limits: limits, epochSeed: 7)
        var effects = Effects()
        for number in 0..<count {
            let key = ConnectionKey(slot: UInt32(number), generation: 1)
            chat.connectionOpened(key, resourceID: UInt64(number) + 1, at: Self.now)
            for command in [
                #"{"type":"login","user":"person\#(number)","join":false}"#,
                #"{"type":"join","room":"room\#(number / peopleInRoom)"}"#,
            ] {
                chat.provide(SessionToken(bits: UInt128(number)))
                let command = Array(command.utf8)
                chat.received(command.span, from: key, at: Self.now, &effects)
                effects.removeAll()
            }
        }
        precondition(chat.userCount == count && chat.roomCount >= count / peopleInRoom)
    }

    func handOver(_ end: (String) -> Void = { _ in }) {
        var writer = StateWriter()
        chat.save(to: &writer, at: Self.now)
        end("the chat in \(writer.count) bytes, written")
        let state = StateReader(writer.finish())
        end("a copy, instead of a file")
        do {
            let next = try Chat(restoring: state, limits: limits, at: Self.now)
            end("read")
            chat = next
        } catch { fatalError("\(error)") }
    }
}
