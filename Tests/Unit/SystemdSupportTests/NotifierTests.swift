// Notifications to the service manager, and that they can never delay a server.
import TestSupport
import Testing

@testable import SystemdSupport

@Suite struct NotifierTests {
    private func text(_ receiver: DatagramReceiver) -> String? {
        receiver.next().map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `Each state is one datagram in the format of sd_notify`() {
        let manager = DatagramReceiver()
        var notifier = Notifier(path: manager.path)
        #expect(notifier.isWanted == true)
        notifier.ready(status: "Serving")
        #expect(text(manager) == "READY=1\nSTATUS=Serving")
        notifier.status("5 connections")
        #expect(text(manager) == "STATUS=5 connections")
        // A line feed would begin another assignment.
        notifier.status("F:1: bad\nMAINPID=1\u{1B}[2J")
        #expect(text(manager) == "STATUS=F:1: bad<U+000A>MAINPID=1<U+001B>[2J")
        // systemd ignores whole messages above 4,096 bytes, READY=1 with the rest.
        notifier.ready(status: String(repeating: "é", count: 60_000))
        let long = text(manager)
        #expect(long?.hasPrefix("READY=1\nSTATUS=éé") == true && long?.hasSuffix("é…") == true)
        #expect((1900...2100).contains(long?.utf8.count ?? 0))
        notifier.watchdog()
        #expect(text(manager) == "WATCHDOG=1")
        notifier.extendTimeout(by: .seconds(2))
        #expect(text(manager) == "EXTEND_TIMEOUT_USEC=2000000")
        notifier.stopping(status: "Bye")
        #expect(text(manager) == "STOPPING=1\nSTATUS=Bye")
        notifier.reloading()
        #expect(text(manager)?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
        #expect(notifier.failure == nil)
    }

    @Test(arguments: [nil, ""])
    func `Without a manager nothing is sent and nothing is wrong`(path: String?) {
        var notifier = Notifier(path: path)
        #expect(notifier.isWanted == false)
        #expect(notifier.watchdog() == true)
        #expect(notifier.failure == nil)
    }

    @Test(arguments: ["relative", "/", String(repeating: "/long", count: 40)])
    func `An invalid NOTIFY_SOCKET is reported`(path: String) {
        let notifier = Notifier(path: path)
        #expect(notifier.isWanted == false)
        #expect(notifier.failure?.description.contains("NOTIFY_SOCKET=\(path)") == true)
    }

    @Test func `A lost manager is reported, and so is its return`() {
        let manager = DatagramReceiver()
        var notifier = Notifier(path: manager.path)
        manager.close()
        #expect(notifier.watchdog() == false)
        #expect(notifier.failure?.description.contains("WATCHDOG=1") == true)
    }

    @Test func `A manager that does not read causes no delay`() {
        let manager = DatagramReceiver()
        var notifier = Notifier(path: manager.path)
        var isSent = true
        for _ in 0..<100_000 where isSent { isSent = notifier.watchdog() }
        #expect(isSent == false)
        _ = text(manager)
        #expect(notifier.watchdog() == true)
        #expect(notifier.failure == nil)
    }
}
