// The operator's commands against a running server, and with a systemctl that a test has written:
// what they print, their exit statuses, and that a question starts nothing.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct LookingCommandTests {
    private func chatter(_ roost: OperatedRoost, _ name: String, room: String? = nil) -> Client {
        let client = Client(port: roost.port)
        #expect(client.upgrade(path: "/chat") != nil)
        client.sendText(#"{"type":"login","user":"\#(name)"}"#)
        #expect(client.text()?.contains("welcome") == true)
        #expect(client.text()?.contains("joined") == true)
        if let room {
            client.sendText(#"{"type":"join","room":"\#(room)"}"#)
            while client.text()?.contains(#""room":"\#(room)""#) == false {}
        }
        return client
    }

    @Test func `The commands who, rooms, kick and why`() throws {
        let roost = try OperatedRoost()
        let ann = chatter(roost, "ann", room: "ops")
        let bob = chatter(roost, "bob")
        let who = try roost.shell("who").end()
        #expect(who.status == 0 && who.errors == "")
        let lines = who.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("NAME") && lines[1].hasPrefix("ann "))
        #expect(lines[1].contains("127.0.0.1") && lines[1].hasSuffix("lobby, ops"))
        let one = try roost.shell("who", "--limit", "1").end()
        #expect(one.output.hasSuffix("… and 1 more: --limit N, or all\n"))
        let json = try roost.shell("who", "BOB", "--json").end()
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        #expect((object as? [String: Any])?["count"] as? Int == 1)
        let rooms = try roost.shell("rooms").end()
        #expect(
            rooms.output.split(separator: "\n").map { $0.prefix(5) } == ["ROOM ", "lobby", "ops  "])
        let nobody = try roost.shell("who", "carl").end()
        #expect(nobody.status == 1 && nobody.errors.contains("Nobody is connected as carl."))

        let out = try roost.shell("kick", "ann", "--room", "ops", "--reason", "Wrong room.").end()
        #expect(out.output == "Sent 1 connection out of the room ops.\n")
        let isOut = #""type":"kicked","room":"ops","text":"Wrong room.""#
        while let text = ann.text() {
            // The other one has joined the lobby meanwhile.
            guard text.contains(#""type":"kicked""#) else { continue }
            #expect(text.contains(isOut), "\(text)")
            break
        }
        let closed = try roost.shell("kick", "ann", "--reason", "Bye.").end()
        #expect(closed.output == "Closed 1 connection.\n")
        let frame = try #require(Self.close(of: ann))
        #expect(frame == [0x0F, 0xA3] + Array("You were sent out: Bye.".utf8))
        ann.sendFrame(8, [0x0F, 0xA3])
        _ = ann.rest()
        let again = try roost.shell("kick", "ann").end()
        #expect(again.status == 1 && again.errors.contains("Nobody is connected as ann."))

        let why = try roost.shell("why", "ann").end()
        #expect(why.status == 0)
        #expect(why.output.contains("4003  ") && why.output.contains(": Bye.\n"))
        let all = try roost.shell("why", "--json").end()
        #expect(all.output.contains(#""kept":1"#))
        bob.close()
        let unknown = try roost.shell("why", "carl").end()
        #expect(unknown.status == 0 && unknown.output.hasPrefix("No such connection has ended: "))
    }

    @Test func `A user who has signed out is still known, and sentences are whole`() throws {
        let roost = try OperatedRoost()
        let ann = chatter(roost, "ann")
        ann.sendText(#"{"type":"logout"}"#)
        #expect(Self.close(of: ann)?.prefix(2) == [0x03, 0xE8])
        ann.sendFrame(8, [0x03, 0xE8])
        _ = ann.rest()
        let why = try roost.shell("why", "ann").end()
        #expect(why.output.contains("1000  ") && why.output.contains(": You are signed out."))
        let odd = Client(port: roost.port)
        #expect(odd.upgrade(path: "/chat") != nil)
        odd.sendText(##"{"type":"login","user":"\##u{430}nn"}"##)
        #expect(odd.text()?.contains("bad_name") == true)
        let refused = try roost.shell("why", "--json").end()
        #expect(refused.output.contains("That name mixes Cyrillic and Latin"))
    }

    private static func close(of client: Client) -> [UInt8]? {
        while let frame = client.frame() { if frame.opcode == 8 { return frame.payload } }
        return nil
    }

    @Test func `The list of a thousand rooms is whole, and sorted`() throws {
        let roost = try OperatedRoost()
        for number in 0..<600 {
            let client = Client(path: roost.control)!
            let body = #"{"text":"x"}"#
            client.send(
                "POST /rooms/room-\(number)/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(client.response()?.head.hasPrefix("HTTP/1.1 201 ") == true)
        }
        let rooms = try roost.shell("rooms", "--limit", "all").end()
        // The lobby is always there.
        #expect(rooms.output.split(separator: "\n").count == 602)
        #expect(try roost.shell("rooms", "--limit", "5").end().output.contains("… and 596 more"))
    }

    @Test(arguments: ["status", "who", "rooms", "why", "reload", "stop"])
    func `Without a server every question ends with 3`(command: String) throws {
        let folder = FileManager.default.temporaryDirectory.path
        let asked = try Run(
            [BuildProducts.path("roost"), command, "--control", "\(folder)/no-such.sock"]
        ).end()
        #expect(asked.status == 3 && asked.output == "")
        #expect(asked.errors.contains("The server is not running"))
    }

    @Test func `A reload says which process has read which file`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("my.conf")
        try "log-level = notice\n".write(to: file, atomically: false, encoding: .utf8)
        let roost = try OperatedRoost(["--config", file.path])
        let reload = try roost.shell("reload").end()
        #expect(reload.status == 0)
        #expect(
            reload.output.hasPrefix(
                "Process \(roost.run.process.processIdentifier): \(file.path) was read"))
    }

    // MARK: With a systemctl of our own

    /// A folder with a systemctl that knows one service with one socket, for the path `control`.
    private func manager(_ control: String, service: String, holder: String = "active") throws
        -> URL
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "systemctl-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = """
            #!/bin/sh
            echo "$@" >>'\(folder.path)/asked'
            case "$1" in
            list-sockets)
                printf '[{"listen":"\(control)","unit":"x-control.socket",'
                printf '"activates":["x.service"]}]' ;;
            show) case "$*" in
                *x.service)
                    printf 'Id=x.service\\nLoadState=loaded\\n\(service)\\n'
                    echo 'TriggeredBy=x-control.socket x.socket' ;;
                *)
                    printf 'Id=x-control.socket\\nActiveState=\(holder)\\n'
                    printf 'FileDescriptorName=control\\n\\n'
                    printf 'Id=x.socket\\nActiveState=failed\\nResult=resources\\n'
                    printf 'Listen=127.0.0.1:8080 (Stream)\\nFileDescriptorName=open\\n' ;;
                esac ;;
            esac
            """
        let file = folder.appendingPathComponent("systemctl")
        try script.write(to: file, atomically: false, encoding: .utf8)
        chmod(file.path, 0o755)
        return folder
    }

    private func asked(_ folder: URL) -> String {
        (try? String(contentsOf: folder.appendingPathComponent("asked"), encoding: .utf8)) ?? ""
    }

    private func path(_ folder: URL) -> [String: String] {
        [
            "PATH": folder.path + ":"
                + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        ]
    }

    @Test(arguments: ["status", "who", "rooms", "why", "reload", "kick"])
    func `Where systemd would start the server, a question is not asked`(command: String) throws {
        // Anything that connects would be accepted here, and seen.
        let roost = try OperatedRoost()
        let folder = try manager(roost.control, service: "ActiveState=inactive")
        defer { try? FileManager.default.removeItem(at: folder) }
        let words = [BuildProducts.path("roost"), command] + (command == "kick" ? ["ann"] : [])
        let run = try Run(words + ["--control", roost.control], environment: path(folder)).end()
        #expect(run.status == 3 && run.output == "")
        #expect(run.errors.contains("Roost is not running: x.service is inactive."))
        #expect(run.errors.contains("x.socket could not listen on 127.0.0.1:8080 (resources)"))
        #expect(run.errors.contains("ss -ltnp 'sport = :8080'"))
        // The request for the metrics themselves is counted when it is answered.
        #expect(roost.ask("GET /metrics").contains("\nroost_http_requests_total 0\n"))
    }

    @Test(arguments: [("ActiveState=active", "active"), ("ActiveState=inactive", "inactive")])
    func `A server that runs is asked, also where systemd does not hold its socket`(
        service: String, holder: String
    ) throws {
        let roost = try OperatedRoost()
        let folder = try manager(roost.control, service: service, holder: holder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try Run(
            [BuildProducts.path("roost"), "status", "--control", roost.control],
            environment: path(folder)
        ).end()
        #expect(run.status == 0 && run.output.contains(" is serving"), "\(run.output)")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `Root's stop ends the sockets with the service`() throws {
        let roost = try OperatedRoost()
        let folder = try manager(roost.control, service: "ActiveState=active")
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try Run(
            [BuildProducts.path("roost"), "stop", "--control", roost.control],
            environment: path(folder)
        ).end()
        #expect(
            run.status == 0 && run.output.contains("stays stopped: x-control.socket, x.service."))
        #expect(asked(folder).hasSuffix("stop x-control.socket x.service\n"))
    }
}
