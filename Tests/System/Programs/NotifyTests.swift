// The server and its service manager, for which a socket of the test stands in.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct NotifyTests {
    private func start(
        _ manager: DatagramReceiver, _ more: [String] = [], _ environment: [String: String] = [:]
    ) throws -> Run {
        try Run(
            command("roost", port: "0") + ["--control", "off"] + more,
            environment: environment.merging(["NOTIFY_SOCKET": manager.path]) { $1 })
    }

    @Test func `It reports that it is ready, its status, and that it stops`() throws {
        let manager = DatagramReceiver()
        let run = try start(manager)
        let said = try #require(manager.texts { $0.hasPrefix("READY=1") })
        // The memory for what a crash must not lose.
        let ready = said.filter { !$0.hasPrefix("FDSTORE=1") }
        #expect(ready.count == 1, "nothing else is sent before it is ready")
        #expect(said.count == 2)
        #expect(ready[0] == "READY=1\nSTATUS=Serving: no connections")
        let client = Client(port: port(of: try #require(run.address())))
        #expect(client.upgrade()?.head.hasPrefix("HTTP/1.1 101 ") == true)
        let status = try #require(manager.texts { $0.contains("1 connection,") })
        #expect(status.last?.hasPrefix("STATUS=Serving: 1 connection, 1 room, ") == true)
        #expect(status.last?.contains(" messages/s, loop lag ") == true)
        kill(run.process.processIdentifier, SIGTERM)
        let stop = try #require(manager.texts { $0.hasPrefix("STOPPING=1") })
        #expect(stop.last == "STOPPING=1\nSTATUS=Stopping: 1 connection left")
        // The client does not answer: the drain goes on, and its stop time is extended.
        #expect(manager.texts { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") } != nil)
        #expect(run.end().status == 0)
    }

    @Test func `The watchdog is fed at least twice within its time, and not while the loop hangs`()
        throws
    {
        let manager = DatagramReceiver()
        let run = try start(manager, [], ["WATCHDOG_USEC": "1500000"])
        #expect(run.address() != nil)
        #expect(manager.texts { $0 == "WATCHDOG=1" } != nil)
        let begin = Date()
        for _ in 0..<4 { #expect(manager.texts { $0 == "WATCHDOG=1" } != nil) }
        #expect(Date().timeIntervalSince(begin) < 4)
        kill(run.process.processIdentifier, SIGSTOP)
        while manager.next(waits: false) != nil {}
        usleep(1_600_000)
        #expect(manager.next(waits: false) == nil)
        kill(run.process.processIdentifier, SIGCONT)
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `A watchdog for another process is ignored`() throws {
        let manager = DatagramReceiver()
        let run = try start(manager, [], ["WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"])
        let said = try #require(manager.texts { $0.hasPrefix("STATUS=") })
        #expect(!said.contains("WATCHDOG=1"))
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test(arguments: ["/nonexistent/notify", "nonsense"])
    func `A missing manager is one warning`(path: String) throws {
        let run = try Run(
            command("roost", port: "0") + ["--control", "off"], environment: ["NOTIFY_SOCKET": path]
        )
        let port = port(of: try #require(run.address()))
        for _ in 0..<2 {
            let client = Client(port: port)
            #expect(client.upgrade() != nil)
            client.sendText("x")
            client.close()
        }
        kill(run.process.processIdentifier, SIGTERM)
        let end = run.end()
        #expect(end.status == 0)
        let warnings = end.errors.split(separator: "\n").filter {
            $0.contains("event=manager-unreachable")
        }
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("<4>Cannot ") == true)
    }

    private static let hasJournal = access("/run/systemd/journal/socket", F_OK) == 0

    /// As in a unit on a machine whose journal has gone: the standard error looks like the
    /// journal's.
    @Test(.enabled(if: !hasJournal, "there is a journal here"))
    func `A missing journal is one warning, and the records go to the standard error`()
        throws
    {
        let run = try Run(
            [
                "sh", "-c",
                "export JOURNAL_STREAM=$(stat -L -c %d:%i /dev/stderr); exec \"$0\" \"$@\"",
            ] + command("roost", port: "0") + ["--control", "off", "--metrics", "127.0.0.1:0"])
        let serving = run.errors { $0.contains("event=started") }
        let lines = try #require(serving).split(separator: "\n")
        #expect(lines[0].hasPrefix("<4>Cannot write to the journal: "))
        #expect(lines[0].hasSuffix("Logging to the standard error instead."))
        #expect(lines[1].hasPrefix("<5>Serving on 127.0.0.1:"))
        kill(run.process.processIdentifier, SIGTERM)
        let end = run.end()
        #expect(end.status == 0)
        #expect(end.errors.contains("<5>Stopped: no connection is left. [event=stopped]"))
        #expect(!end.errors.contains("Cannot write"), "said once")
    }

    @Test func `Clients get a restart's close code`() throws {
        let manager = DatagramReceiver()
        let run = try start(manager)
        let client = Client(port: port(of: try #require(run.address())))
        #expect(client.upgrade() != nil)
        kill(run.process.processIdentifier, SIGUSR2)
        #expect(client.frame()?.payload.starts(with: [0x03, 0xF4]) == true)
        client.close()
        // The unit starts another process at this status.
        #expect(run.end().status == 75)
    }
}
