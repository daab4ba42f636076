// What systemd says about the units of a server, and what follows: a question starts nothing, and
// the words are right.
import Testing

@testable import roost

/// systemd as a table of units; records what it is asked.
private final class Manager {
    var list = """
        [{"listen":"/run/roost/control.sock","unit":"roost-control.socket",
        "activates":"roost.service"},
        {"listen":"127.0.0.1:8080","unit":"roost.socket","activates":"roost.service"}]
        """
    var units: [String: String] = [
        "roost.service": """
        Id=roost.service
        LoadState=loaded
        ActiveState=active
        SubState=running
        Result=success
        NRestarts=0
        TriggeredBy=roost.socket roost-control.socket
        """,
        "roost.socket": """
        Id=roost.socket
        ActiveState=active
        Result=success
        Listen=127.0.0.1:8080 (Stream)
        Listen=[::1]:8080 (Stream)
        FileDescriptorName=open
        UnitFileState=enabled
        """,
        "roost-control.socket": """
        Id=roost-control.socket
        ActiveState=active
        Listen=/run/roost/control.sock (Stream)
        FileDescriptorName=control
        UnitFileState=enabled
        """,
    ]
    var journal: [String: String] = [:]
    var isHere = true
    private(set) var asked: [[String]] = []

    func set(_ unit: String, _ properties: [String: String]) {
        for (name, value) in properties {
            units[unit] =
                units[unit]!.split(separator: "\n").filter { !$0.hasPrefix(name + "=") }
                .joined(separator: "\n") + "\n\(name)=\(value)"
        }
    }

    func run(_ words: [String]) -> (output: String, isSuccess: Bool) {
        asked.append(words)
        guard isHere else { return ("System has not been booted with systemd.", false) }
        switch (words[0], words[1]) {
        case ("systemctl", "list-sockets"): return (list, true)
        case ("systemctl", "show"):
            let blocks = words.dropFirst(3).map {
                units[$0] ?? "Id=\($0)\nLoadState=not-found\nActiveState=inactive"
            }
            return (blocks.joined(separator: "\n\n") + "\n", true)
        case ("systemctl", "stop"): return ("", true)
        case ("journalctl", _):
            let unit = words.first { $0.hasPrefix("--unit=") }!.dropFirst(7)
            return (journal[String(unit)].map { $0 + "\n" } ?? "", journal[String(unit)] != nil)
        default: return ("", false)
        }
    }

    func found(_ path: String = "/run/roost/control.sock", instance: String? = nil) -> ServiceUnits?
    {
        ServiceUnits(at: path, instance: instance, run)
    }
}

@Suite struct ServiceUnitsTests {
    @Test(arguments: [
        ("active", "running", false), ("reloading", "reload", false),
        ("activating", "start", false),
        ("inactive", "dead", true), ("failed", "failed", true),
        ("activating", "auto-restart", true), ("deactivating", "stop-sigterm", true),
    ])
    func `A question is asked only where it starts nothing`(
        state: String, subState: String, wouldStart: Bool
    ) throws {
        let manager = Manager()
        manager.set("roost.service", ["ActiveState": state, "SubState": subState])
        let units = try #require(manager.found())
        #expect(units.wouldStart == wouldStart)
        // Nothing holds the socket: then connecting starts nothing, whatever the service does.
        manager.set("roost-control.socket", ["ActiveState": "inactive"])
        #expect(try #require(manager.found()).wouldStart == false)
        manager.list = "[]"
        #expect(try #require(manager.found()).wouldStart == false)
    }

    @Test func `Without systemd, and without units, there is nothing to know`() {
        let manager = Manager()
        #expect(manager.found("/tmp/my.sock") == nil)
        #expect(manager.found("/run/roost-shop/control.sock", instance: "shop") == nil)
        manager.units["roost.service"] = "Id=roost.service\nLoadState=not-found"
        #expect(manager.found() == nil)
        manager.isHere = false
        #expect(manager.found() == nil)
    }

    @Test(arguments: [
        #""roost@shop.service""#, #"["roost@shop.service"]"#,
    ])
    func `An instance has units of its own, whatever form systemd's list has`(activates: String)
        throws
    {
        let manager = Manager()
        manager.list = """
            [{"listen":"/run/roost-shop/control.sock","unit":"roost-control@shop.socket",
            "activates":\(activates)},{"listen":"x","unit":"y","activates":null}]
            """
        manager.units["roost@shop.service"] = """
            Id=roost@shop.service
            LoadState=loaded
            ActiveState=inactive
            TriggeredBy=roost-control@shop.socket
            """
        manager.units["roost-control@shop.socket"] =
            "Id=roost-control@shop.socket\nActiveState=active"
        let path = ControlSocket.path(ofInstance: "shop")
        let units = try #require(manager.found(path, instance: "shop"))
        #expect(units.service.name == "roost@shop.service" && units.wouldStart)
        #expect(units.whyNotRunning.contains("roost@shop.service is inactive"))
        // The same by its path alone.
        #expect(manager.found(path)?.service.name == "roost@shop.service")
    }

    // MARK: Words

    private func words(_ change: (Manager) -> Void) throws -> String {
        let manager = Manager()
        change(manager)
        return try #require(manager.found()).whyNotRunning
    }

    @Test func `Not running, and the next client starts it`() throws {
        let words = try words { $0.set("roost.service", ["ActiveState": "inactive"]) }
        #expect(
            words == """
                Roost is not running: roost.service is inactive.
                The next client starts it: roost.socket listens on 127.0.0.1:8080, [::1]:8080. \
                Or: systemctl start roost.service
                """)
    }

    @Test func `Stopped for good`() throws {
        let words = try words {
            for unit in $0.units.keys { $0.set(unit, ["ActiveState": "inactive"]) }
        }
        #expect(words.hasSuffix("\nStart it: systemctl start roost.socket"))
    }

    @Test func `The port is taken`() throws {
        let taken: (Manager) -> Void = {
            $0.set("roost.service", ["ActiveState": "inactive", "Result": "success"])
            $0.set("roost.socket", ["ActiveState": "failed", "Result": "resources"])
        }
        let words = try words(taken)
        #expect(
            words.contains(
                "roost.socket could not listen on 127.0.0.1:8080, [::1]:8080 (resources)"))
        #expect(words.contains("ss -ltnp 'sport = :8080'"))
        #expect(words.hasSuffix("systemctl restart roost.socket"))
        #expect(!words.contains("The next client starts it"))
        let exact = try self.words {
            taken($0)
            $0.journal["roost.socket"] =
                "roost.socket: Failed to create listening socket (127.0.0.1:8080): "
                + "Address already in use"
        }
        #expect(
            exact.contains(
                "could not listen on 127.0.0.1:8080, [::1]:8080: Failed to create listening socket "
                    + "(127.0.0.1:8080): Address already in use\n"))
    }

    @Test func `It has failed, or cannot stay up`() throws {
        let failed = try words {
            $0.set(
                "roost.service",
                ["ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "78"])
            $0.journal["roost.service"] = "roost.conf:2: There is no setting 'x\u{1B}[2J'."
        }
        #expect(
            failed.hasPrefix(
                "Roost is not running: roost.service has failed (exit-code, status 78)."))
        #expect(
            failed.contains("Its last error: roost.conf:2: There is no setting 'x<U+001B>[2J'."))
        #expect(failed.hasSuffix("systemctl restart roost.service"))
        let again = try words {
            $0.set(
                "roost.service",
                [
                    "ActiveState": "activating", "SubState": "auto-restart", "Result": "signal",
                    "ExecMainStatus": "11", "NRestarts": "1234",
                ])
        }
        #expect(
            again.contains("(signal, status 11) and is being started again, after 1,234 times."))
        #expect(again.contains("journalctl -x -u roost.service"))
    }

    @Test func `It is stopping`() throws {
        let words = try words {
            $0.set(
                "roost.service",
                ["ActiveState": "deactivating", "StatusText": "Stopping: 12 connections left"])
        }
        #expect(words == "Roost is stopping. It says: Stopping: 12 connections left")
    }

    @Test(arguments: [
        ("127.0.0.1:8080, [::1]:8080", 8080), ("/run/x.sock, [::]:80", 80), ("/run/x.sock", nil),
        ("", nil),
    ])
    func `The port to look for`(places: String, port: Int?) {
        #expect(ServiceUnits.port(places) == port)
    }

    // MARK: Stopping

    @Test func `A stop by root ends the sockets with it, and says how to start again`() throws {
        let manager = Manager()
        let units = try #require(manager.found())
        let said = try Stop.stop(units, manager.run)
        #expect(
            manager.asked.last == [
                "systemctl", "stop", "roost.socket", "roost-control.socket", "roost.service",
            ])
        #expect(
            said.hasPrefix("Roost is stopped and stays stopped until the next boot: roost.socket"))
        #expect(said.hasSuffix("systemctl start roost.socket roost-control.socket"))
        manager.isHere = false
        #expect(throws: ControlError.self) { try Stop.stop(units, manager.run) }
    }

    @Test func `A refusal is the server's sentence`() {
        #expect(
            ControlTarget.sentence(#"{"type":"error","text":"A \"b\" 😀."}"#) == "A \"b\" 😀.")
        #expect(ControlTarget.sentence("plain\n") == "plain")
    }
}
