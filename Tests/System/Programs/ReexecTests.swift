// Programs that take the place of others, or do not: the connections go on in either case.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized) struct ReexecTests: ReexecSuite {
    // MARK: What goes on

    @Test func `A program takes over itself, and everything goes on`() throws {
        let (run, port) = try start()
        let clients = try (0..<3).map { _ in try open(port) }
        var count = 0
        for generation in 1...4 {
            // By a client and by a signal, in turn.
            if generation % 2 == 0 {
                clients[0].sendText("run again")
            } else {
                kill(run.process.processIdentifier, SIGUSR1)
            }
            for client in clients {
                count += 1
                #expect(ask("hello", client) == "\(count): hello")
            }
            wait(for: generation, clients[1])
            let newcomer = try open(port)
            count += 1
            #expect(ask("new", newcomer) == "\(count): new")
        }
        kill(run.process.processIdentifier, SIGTERM)
        for client in clients {
            #expect(client.frame()?.payload.starts(with: [0x03, 0xE9]) == true)
            client.sendFrame(8, [0x03, 0xE9])
        }
        #expect(run.end().status == 0)
    }

    /// A frame of a client, cut into two pieces.
    private func pieces(_ text: String, first: UInt8 = 0x81, at place: Int) -> [[UInt8]] {
        let frame = [first, 0x80 | UInt8(text.utf8.count), 0, 0, 0, 0] + Array(text.utf8)
        return [Array(frame[..<place]), Array(frame[place...])]
    }

    private static let filling = String(repeating: "x", count: 8000)

    /// Says more to all than the kernel takes for a client that does not read.
    private func fill(_ client: Client) {
        for number in 0..<1500 {
            let text = "all \(number) \(Self.filling)"
            let count = text.utf8.count
            client.send([0x81, 0xFE, UInt8(count >> 8), UInt8(count & 255), 0, 0, 0, 0])
            client.send(text)
        }
    }

    private func expectFilling(_ client: Client) {
        for number in 0..<1500 {
            let text = client.text()
            guard text == "all \(number) \(Self.filling)" else {
                Issue.record("instead of message \(number): \(text?.prefix(20) ?? "none")")
                break
            }
        }
    }

    @Test func `In the middle of a message, a frame, a head and a backlog`() throws {
        let (run, port) = try start()
        let (asker, fragments) = (try open(port), try open(port))
        let fragment = pieces("one ", first: 0x01, at: 10)
        fragments.send(fragment[0] + fragment[1])
        let cuts = try (1..<10).map { place in
            let client = try open(port)
            client.send(pieces("half", at: place)[0])
            return client
        }
        let head = Client(port: port)
        head.send("GET / HTTP/1.1\r\nHost: localh")
        let slow = try open(port)
        slow.sendText("join")
        #expect(ask("joined", slow) == "1: joined")
        fill(asker)
        asker.sendText("run again")
        wait(for: 1, asker)
        var count = 1
        fragments.send([0x80, 0x83, 0, 0, 0, 0] + Array("two".utf8))
        count += 1
        #expect(fragments.text() == "\(count): one two")
        for (place, client) in zip(1..<10, cuts) {
            client.send(pieces("half", at: place)[1])
            count += 1
            #expect(client.text() == "\(count): half")
        }
        head.send(
            "ost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        #expect(head.response()?.head.hasPrefix("HTTP/1.1 101 ") == true)
        expectFilling(slow)
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `A request that waits goes on, and the next program answers it`() throws {
        let (run, port) = try start()
        let (asker, page) = (try open(port), Client(port: port))
        page.send("GET /answer HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(ask("await", asker) == "waiting 1")
        for generation in 1...2 {
            asker.sendText("run again")
            wait(for: generation, asker)
        }
        asker.sendText("answer")
        #expect(page.response()?.body == "late\n")
        // The connection goes on, with the next request, whose body is cut by a hand-over.
        page.send("POST /answer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\nhalf")
        asker.sendText("run again")
        wait(for: 3, asker)
        page.send("half")
        #expect(ask("await", asker) == "waiting 1")
        asker.sendText("answer")
        #expect(page.response()?.body == "late\n")
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `An event stream goes on`() throws {
        let (run, port) = try start()
        let (asker, reader) = (try open(port), Client(port: port))
        reader.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(reader.received(until: "\r\n\r\n").contains("text/event-stream"))
        for generation in 1...3 {
            asker.sendText("all before \(generation)")
            asker.sendText("run again")
            wait(for: generation, asker)
            asker.sendText("all after \(generation)")
        }
        kill(run.process.processIdentifier, SIGTERM)
        asker.close()
        let events = reader.received(until: "\r\n0\r\n\r\n").split(whereSeparator: \.isNewline)
            .filter { $0.hasPrefix("data: ") }
        #expect(
            events == (1...3).flatMap { ["data: all before \($0)", "data: all after \($0)"] })
        reader.close()
        #expect(run.end().status == 0)
    }

    // MARK: Failures

    /// Commands, and what is said of them.
    private static let failures: [(String, String)] = [
        ("/no/such/file", "Cannot run /no/such/file: No such file or directory."),
        ("/etc/passwd", "Cannot run /etc/passwd: Permission denied."),
        ("/bin/true", "The new program has ended with status 0 and has not checked the state"),
        ("/bin/false", "The new program has ended with status 1 and has not checked the state"),
        ("/bin/ls /no/such/folder", "The new program refuses: "),
        ("/bin/sleep 1000", "The new program has not answered within 1.0 seconds."),
        (
            "\(BuildProducts.path("echo-server")) 0",
            "The new program refuses: the handler has left 20 bytes of its state unread"
        ),
        (
            "\(BuildProducts.path("echo-server")) --nonsense",
            "The new program refuses: Error: Unknown option '--nonsense'"
        ),
        ("\(Self.program) reexec --refuse", "The new program refuses: This one refuses."),
        ("\(Self.program) signals 0", "The new program has ended with status 0"),
    ]

    @Test func `Whatever the new program is, the old one goes on and says why`() throws {
        let (run, port) = try start()
        let client = try open(port)
        for (index, (command, words)) in Self.failures.enumerated() {
            let answer = ask("run \(command)", client)
            #expect(answer?.hasPrefix(words) == true, "\(command): \(answer ?? "")")
            #expect(ask("still here", client) == "\(index + 1): still here")
        }
        client.sendText("run again")
        wait(for: 1, client)
        #expect(run.stop(SIGTERM) == 0)
    }

    private func script(_ line: String) throws -> URL {
        let script = FileManager.default.temporaryDirectory
            .appendingPathComponent("reexec-\(UUID().uuidString)")
        try "#!/bin/sh\n\(line)\n".write(to: script, atomically: true, encoding: .utf8)
        chmod(script.path, 0o755)
        return script
    }

    @Test func `A program that is gone after the check leaves everything as it was`() throws {
        let script = try script("rm \"$0\"; exec \(Self.program) reexec")
        let (run, port) = try start()
        let (client, slow) = (try open(port), try open(port))
        slow.send(pieces("half", at: 8)[0])
        // A request that is not handed over, and a reader that takes nothing.
        let (page, deaf) = (Client(port: port), try open(port))
        page.send("GET /answer HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(ask("await", client) == "waiting 1")
        deaf.sendText("join")
        #expect(ask("joined", deaf) == "1: joined")
        fill(client)
        let answer = ask("run \(script.path)", client)
        #expect(answer?.hasPrefix("Cannot run \(script.path): No such file") == true)
        slow.send(pieces("half", at: 8)[1])
        #expect(slow.text() == "2: half")
        #expect(ask("new", try open(port)) == "3: new")
        for _ in 0..<2 {
            client.sendText("answer")
            #expect(page.response()?.body == "late\n")
            page.send("GET /answer HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(ask("await", client) == "waiting 1")
        }
        client.sendText("answer")
        expectFilling(deaf)
        // Signals come through as before, and another program can take over.
        kill(run.process.processIdentifier, SIGUSR1)
        wait(for: 1, client)
        #expect(ask("still here", slow) == "4: still here")
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `A program that crashes is named with its signal`() throws {
        let script = try script("kill -SEGV $$")
        defer { try? FileManager.default.removeItem(at: script) }
        let (run, port) = try start()
        let client = try open(port)
        #expect(
            ask("run \(script.path)", client)
                == "The new program was ended by signal 11 while it checked.")
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `A second one within the first is refused, and the first goes on`() throws {
        let (run, port) = try start()
        let (first, second) = (try open(port), try open(port))
        first.sendText("run /bin/sleep 1000")
        #expect(ask("ping", first) == "1: ping")
        #expect(ask("run again", second) == "Another program is about to take over already.")
        #expect(first.text() == "The new program has not answered within 1.0 seconds.")
        second.sendText("run again")
        wait(for: 1, first)
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test(arguments: ["check", "waiting", "takingOver"])
    func `A handler gets the time that it needs`(stage: String) throws {
        let (run, port) = try start()
        let client = try open(port)
        #expect(ask("busy \(stage) 3", client) == "busy")
        client.sendText("run again")
        #expect(ask("hello", client) == "1: hello")
        wait(for: 1, client)
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test(arguments: [("check", 0), ("takingOver", 1)])
    func `A handler that is never at rest keeps the program`(stage: String, resumed: Int) throws {
        let (run, port) = try start()
        let client = try open(port)
        #expect(ask("busy \(stage) 1000000", client) == "busy")
        #expect(
            ask("run again", client) == "This program has not come to rest within 2.0 seconds.")
        // After the state was written for the check.
        #expect(ask("resumed", client) == "resumed \(resumed)")
        #expect(ask("busy no 0", client) == "busy")
        client.sendText("run again")
        wait(for: 1, client)
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `A process with a client besides its server is not handed over`() throws {
        let (run, port) = try start("--clients")
        #expect(
            ask("run again", try open(port))
                == "The process has 2 servers and clients, and only one can be handed over.")
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `A stop during the check ends the check, too`() throws {
        let (run, port) = try start()
        let client = try open(port)
        client.sendText("run /bin/sleep 987654")
        var child = ""
        while child.isEmpty {
            child = try Run(["pgrep", "-P", "\(run.process.processIdentifier)", "sleep"]).end()
                .output.trimmingCharacters(in: .newlines)
        }
        client.close()
        #expect(run.stop(SIGTERM) == 0)
        let number = try #require(Int32(child))
        // Its next parent may need a moment to take note of its end.
        let end = ContinuousClock.now + .seconds(20)
        while kill(number, 0) == 0, ContinuousClock.now < end { sched_yield() }
        #expect(kill(number, 0) == -1)
    }
}
