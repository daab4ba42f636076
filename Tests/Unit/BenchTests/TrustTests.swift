// What the flags say of TLS.
import Foundation
import Testing

@testable import bench

@Suite struct TrustTests {
    @Test(arguments: [
        ([], Trust.system), (["--tls"], .everybody),
        (["--url", "wss://127.0.0.1:1/", "--insecure"], .everybody),
        (["--url", "wss://localhost:1/", "--ca", "a.pem"], .authorities("a.pem")),
    ])
    func `Flags say which certificates are taken`(flags: [String], trust: Trust) throws {
        #expect(try TargetOptions.parse(flags).trust == trust)
    }

    @Test(arguments: [
        ["--tls", "--url", "wss://127.0.0.1:1/"], ["--insecure", "--ca", "a.pem"],
        ["--tls", "--ca", "a.pem"],
    ])
    func `Flags that contradict each other are refused`(flags: [String]) {
        #expect(throws: (any Error).self) { try TargetOptions.parse(flags) }
    }

    @Test func `Resuming needs TLS`() throws {
        for flags in [["--tls"], ["--url", "wss://127.0.0.1:1/"]] {
            #expect(try ChurnCommand.parse(["--resume"] + flags).resume)
        }
        for flags in [[], ["--url", "ws://127.0.0.1:1/"]] {
            #expect(throws: (any Error).self) { try ChurnCommand.parse(["--resume"] + flags) }
        }
    }

    @Test func `A server with TLS is started so, and the URL says wss`() throws {
        let command = ServerProcess.Command(arguments: ["a", "{port}"], name: "a")
        let target = try TargetOptions.parse(["--tls"]).target(command)
        guard case .spawned(let started, 1) = target else {
            Issue.record("it is not started")
            return
        }
        #expect(started.arguments == ["a", "{port}", "--tls-self-signed"])
        #expect(started.isEncrypted && !command.isEncrypted)
    }

    @Test func `All peers get the same certificate`() throws {
        let files = try CertificateFiles()
        let (certificate, key) = (files.certificate, files.privateKey)
        let own = ServerProcess.Command(arguments: ["a", "{port}"], name: "a")
            .encrypted(with: files)
        #expect(
            own.arguments == ["a", "{port}", "--tls-certificate", certificate, "--tls-key", key])
        // A command with a certificate of its own is started as it is.
        let target = try TargetOptions.parse(["--tls"]).target(
            Peer.all[0].command(.echo, ["b"], files))
        guard case .spawned(let started, 1) = target else {
            Issue.record("it is not started")
            return
        }
        #expect(started.arguments == ["b", "echo", "{port}", certificate, key])
        #expect(started.isEncrypted && own.isEncrypted)
        for (path, kind) in [(certificate, "CERTIFICATE"), (key, "PRIVATE KEY")] {
            #expect(try String(contentsOfFile: path, encoding: .utf8).contains("BEGIN \(kind)"))
        }
        withExtendedLifetime(files) {}
    }

    @Test func `The files of a certificate go with it`() throws {
        let path = try CertificateFiles().privateKey
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `A file that is not there, or has no certificate, is an error`() throws {
        #expect(throws: (any Error).self) { try Trust.authorities("/nowhere.pem").settings() }
        #expect(throws: (any Error).self) { try Trust.authorities("/dev/null").settings() }
        _ = try Trust.everybody.settings()
    }
}
