// The programs of Tests/Stranger do what their documentation promises, with real clients.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct StrangerTests {
    private func start(_ name: String, port: UInt16 = 0) async throws -> (run: Run, port: UInt16) {
        let programs = try await StrangerPackage.programs.value
        let run = try Run([programs.appendingPathComponent(name).path, "\(port)"])
        return (run, TestSupport.port(of: try #require(run.address())))
    }

    private func open(_ port: UInt16, timeLimit: Int = 10, fields: [String] = []) throws -> Client {
        let client = Client(port: port, timeLimit: timeLimit)
        let answer = try #require(client.upgrade(fields: fields))
        #expect(answer.head.hasPrefix("HTTP/1.1 101 "))
        return client
    }

    private func end(_ run: Run, _ clients: Client...) -> (status: Int32, output: String) {
        kill(run.process.processIdentifier, SIGTERM)
        for client in clients {
            let close = client.frame()
            #expect(close?.opcode == 8 && close?.payload.starts(with: [0x03, 0xE9]) == true)
            client.sendFrame(8, [0x03, 0xE9])
            #expect(client.rest() == [])
        }
        let end = run.end()
        return (end.status, end.output)
    }

    @Test func `The echo`() async throws {
        let (run, port) = try await start("Echo")
        let client = try open(port)
        client.sendText("Hello!")
        #expect(client.text() == "Hello!")
        #expect(end(run, client).status == 0)
    }

    @Test func `The chat`() async throws {
        let (run, port) = try await start("Chat")
        let (ann, bob, eve) = (try open(port), try open(port), try open(port))
        ann.sendText("hello")
        #expect(bob.text() == "hello" && eve.text() == "hello")
        ann.reset()
        bob.sendText("Ann has gone.")
        #expect(eve.text() == "Ann has gone.")
        let (status, output) = end(run, bob, eve)
        let lines = output.split(separator: "\n").map(String.init)
        #expect(status == 0 && lines.contains("New connection! (3)"), "\(output)")
        let error = try #require(lines.firstIndex { $0.hasPrefix("An error has occurred: ") })
        #expect(lines[error + 1].hasPrefix("Connection 1 has disconnected: "), "\(output)")
        #expect(lines.count { $0.contains("has disconnected: ") } == 3)
    }

    @Test func `A token that an actor looks up`() async throws {
        let (run, port) = try await start("Members")
        let refused = Client(port: port).upgrade(fields: ["Authorization: Bearer open"])
        #expect(refused?.head.hasPrefix("HTTP/1.1 401 ") == true && refused?.body == "Log in.\n")
        let member = try open(port, fields: ["Authorization: Bearer sesame"])
        member.sendText("hello")
        #expect(member.text() == "Ali: hello")
        #expect(end(run, member).status == 0)
    }

    @Test func `Answers of a database come in order, and nobody waits for others`() async throws {
        let (run, port) = try await start("Phonebook")
        let (patient, hasty) = (try open(port), try open(port))
        patient.sendText("Ada")
        patient.sendText("Grace")
        hasty.sendText("Grace")
        #expect(hasty.text() == "Answer 1: Grace is 1906")
        #expect(patient.text() == "Answer 2: Ada is 1815")
        #expect(patient.text() == "Answer 3: Grace is 1906")
        #expect(end(run, patient, hasty).status == 0)
    }

    @Test func `Two services are stopped in their order`() async throws {
        let (run, port) = try await start("Lifecycle")
        let (status, output) = end(run, try open(port))
        #expect(status == 0)
        #expect(output.hasSuffix("The server has ended.\nThe database has ended.\n"), "\(output)")
    }

    @Test func `A map of trains`() async throws {
        let (run, port) = try await start("Trains")
        let trains = Client(port: port)
        func drive(_ train: String, to place: String) {
            trains.send(
                "POST /trains/\(train) HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: \(place.utf8.count)\r\n\r\n\(place)")
            #expect(trains.response(hasBody: false)?.head.hasPrefix("HTTP/1.1 204 ") == true)
        }
        drive("ICE17", to: "Ulm")
        drive("RE5", to: "Bonn")
        drive("ICE17", to: "Augsburg")
        let map = try open(port)
        #expect(map.text() == "Bonn" && map.text() == "Augsburg")
        drive("ICE17", to: "Munich")
        #expect(map.text() == "Munich")
        trains.close()
        #expect(end(run, map).status == 0)
    }

    @Test func `A client comes back after its server`() async throws {
        let programs = try await StrangerPackage.programs.value
        let (first, port) = try await start("Chat")
        let program = programs.appendingPathComponent("Follower").path
        let follower = try Run([program, "ws://127.0.0.1:\(port)/"])
        let before = try open(port, timeLimit: 1)
        expectFollower(before)
        #expect(end(first, before).status == 0)

        let (second, _) = try await start("Chat", port: port)
        let after = try open(port, timeLimit: 1)
        expectFollower(after)
        #expect(follower.stop(SIGTERM) != 0)
        #expect(end(second, after).status == 0)
    }

    /// Speaks until the follower has come and answers.
    private func expectFollower(_ client: Client) {
        for number in 1...60 {
            client.sendText("\(number)")
            if client.hearsAnything() { break }
        }
        #expect(client.text()?.hasPrefix("I have heard ") == true)
    }

    @Test func `JSON, and what is wrong with it`() async throws {
        let (run, port) = try await start("Orders")
        let (client, careless, wrong) = (try open(port), try open(port), try open(port))
        client.sendText(#"{"item": "tea", "count": 2}"#)
        let receipt = try #require(client.text())
        #expect(receipt.contains(#""item":"tea""#) && receipt.contains(#""cents":500"#))
        careless.sendText("two teas")
        wrong.sendText(#"{"item": "tea"}"#)
        let reasons = [careless, wrong].map { client in
            client.frame().map { String(decoding: $0.payload.dropFirst(2), as: UTF8.self) }
        }
        #expect(reasons == ["This is not JSON.", #"The JSON has no "count"."#])
        for client in [careless, wrong] { client.close() }
        #expect(end(run, client).status == 0)
    }

    @Test func `Its own unit tests pass`() async throws {
        _ = try await StrangerPackage.programs.value
        let tests = try await StrangerPackage.swift("test", "--skip-build", "--disable-xctest")
        #expect(tests.status == 0 && tests.output.contains("with 3 tests"), "\(tests.output)")
    }

    /// The last four come with the two packages that it asks for itself.
    @Test func `Of Roost's packages it fetches swift-log alone`() async throws {
        _ = try await StrangerPackage.programs.value
        #expect(
            try StrangerPackage.resolvedPackages() == [
                "roost", "swift-log", "swift-service-lifecycle", "swift-metrics",
                "swift-async-algorithms", "swift-collections",
            ])
    }

    @Test func `Each file has at most 40 lines`() throws {
        let files = FileManager.default.enumerator(
            at: StrangerPackage.source, includingPropertiesForKeys: nil)
        let swift = try #require(files).compactMap { $0 as? URL }.filter {
            $0.pathExtension == "swift" && $0.lastPathComponent != "Package.swift"
        }
        #expect(swift.count >= 10)
        for file in swift {
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 41, "\(file.path)")
        }
    }
}
