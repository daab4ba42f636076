// What is said to systemd's file descriptor store, and what comes from it.
import Glibc
import LinuxReactor
import Storage
import Synchronization
import TestSupport
import Testing

@testable import SystemdSupport

@Suite struct ServiceStoreTests {
    private func store(_ manager: DatagramReceiver) throws -> ServiceStore {
        var passed: [ListenSockets.Passed] = []
        return try #require(ServiceStore(takingFrom: &passed, path: manager.path))
    }

    /// The next message with its descriptors, which the caller closes.
    private static func next(_ manager: FileDescriptor) -> Carrier.Message? {
        var event = pollfd(fd: manager.rawValue, events: Int16(POLLIN), revents: 0)
        guard poll(&event, 1, 15_000) == 1 else { return nil }
        return Carrier.receive(from: manager)
    }

    /// What the manager has heard, on a thread of its own.
    private final class Heard: Sendable {
        let messages = Mutex<[Carrier.Message]>([])
    }

    private func text(_ message: Carrier.Message?) -> String {
        String(decoding: message?.bytes ?? [], as: UTF8.self)
    }

    @Test func `Descriptors are stored when the manager has passed the barrier`() throws {
        let manager = DatagramReceiver()
        let store = try store(manager)
        let carrier = try Carrier()
        let (heard, socket) = (Heard(), FileDescriptor(rawValue: manager.descriptor))
        let isStarted = WorkerThread.start("manager") {
            for _ in 0..<2 {
                guard let message = Self.next(socket) else { return }
                heard.messages.withLock { $0.append(message) }
                if message.bytes.starts(with: Array("BARRIER".utf8)) {
                    Carrier.close(message.descriptors)
                }
            }
        }
        #expect(isStarted)
        try store.keep([carrier.outerEnd])
        let messages = heard.messages.withLock { $0 }
        #expect(text(messages[0]) == "FDSTORE=1\nFDNAME=hand-over\nFDPOLL=0")
        #expect(text(messages[1]) == "BARRIER=1")
        #expect(messages[0].descriptors.count == 1)
        carrier.closeOuterEnd()
        #expect(!carrier.isLost())
        Carrier.close(messages[0].descriptors)
        #expect(carrier.isLost())
        store.forget()
        #expect(text(Self.next(socket)) == "FDSTOREREMOVE=1\nFDNAME=hand-over")
    }

    @Test func `A manager that is gone is named`() throws {
        let manager = DatagramReceiver()
        let store = try store(manager)
        manager.close()
        #expect {
            try store.keep([])
        } throws: {
            "\($0)".hasPrefix("Cannot store descriptors with the service manager:")
        }
        store.forget()
    }

    @Test func `What was kept is no listening socket, and comes once`() throws {
        func passed(_ name: String, _ number: Int32) -> ListenSockets.Passed {
            ListenSockets.Passed(descriptor: FileDescriptor(rawValue: number), name: name)
        }
        var sockets = [passed("roost", 3), passed("hand-over", 4), passed("hand-over", 5)]
        let store = ServiceStore(takingFrom: &sockets, path: nil)
        #expect(sockets == [passed("roost", 3)])
        #expect(store?.hasKept == true)
        #expect(store?.takeKept().map(\.rawValue) == [4, 5])
        #expect(store?.hasKept == false)
        #expect(store?.takeKept() == [])
        #expect(throws: SystemError.self) { try store?.keep([]) }
        #expect(ServiceStore(takingFrom: &sockets, path: nil) == nil)
        #expect(ServiceStore(takingFrom: &sockets, path: "") == nil)
    }
}
