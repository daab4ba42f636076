// The flags of TLS at the programs: plain http beside them, and files that are bad.
import Foundation
import Glibc
import TestSupport
import Testing
import WebSocketServer

@Suite struct TLSFlagTests {
    private static let programs = ["roost", "echo-server", "async-echo", "broadcast-server"]

    /// A temporary folder, removed with the test.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tls-\(UUID().uuidString.prefix(8))")
        init() throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(at: url) }
        func path(_ name: String) -> String { url.appendingPathComponent(name).path }
        func write(_ name: String, _ text: String) throws {
            let file = url.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    /// The port of plain http, from what the program prints.
    private func redirectPort(_ run: Run) throws -> UInt16 {
        let said = try #require(run.output { $0.contains(" to https\n") })
        let line = try #require(said.split(separator: "\n").first { $0.hasSuffix(" to https") })
        return port(of: String(line.dropFirst("From ".count).dropLast(" to https".count)))
    }

    @Test(arguments: programs)
    func `Every server sends clients from http to https`(program: String) throws {
        let run = try Run(
            command(
                program, port: "0", "--redirect-http", "0", "--https-port", "8443",
                "--host-name", "chat.example"))
        let port = try redirectPort(run)
        func answer(_ host: String) -> String {
            exchange("GET /x?y HTTP/1.1\r\nHost: \(host)\r\n\r\n", port: port, until: "\r\n\r\n")
        }
        let own = answer("chat.example")
        #expect(own.hasPrefix("HTTP/1.1 301 "))
        #expect(own.contains("\r\nLocation: https://chat.example:8443/x?y\r\n"))
        #expect(answer("evil.example").hasPrefix("HTTP/1.1 421 "))
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test func `Challenges of an authority are served where clients come`() throws {
        let folder = try Folder()
        try folder.write(".well-known/acme-challenge/token", "token.hash")
        let run = try Run(
            command(
                "roost", port: "0", "--redirect-http", "127.0.0.1:0", "--acme-directory",
                folder.url.path, "--control", "off", "--host-name", "chat.example"))
        let plain = try redirectPort(run)
        func answer(_ path: String, _ host: String) -> String {
            exchange(
                "GET /.well-known/acme-challenge/\(path) HTTP/1.1\r\nHost: \(host)\r\n"
                    + "Connection: close\r\n\r\n", port: plain, until: "hash")
        }
        #expect(answer("token", "www.example").hasSuffix("\r\n\r\ntoken.hash"))
        #expect(answer("other", "chat.example").hasPrefix("HTTP/1.1 404 "))
        #expect(run.stop(SIGTERM) == 0)
    }

    @Test(arguments: programs)
    func `A certificate that cannot be used refuses the start in one sentence`(
        program: String
    ) throws {
        let folder = try Folder()
        try folder.write("a.crt", "no certificate")
        try folder.write("a.key", "no key")
        func errors(_ flags: String...) throws -> String {
            let end = try Run(command(program, port: "0") + flags).end()
            #expect(end.status != 0)
            #expect(end.errors.split(separator: "\n").count == 1, "\(end.errors)")
            return end.errors
        }
        let chain = folder.path("a.crt")
        let bad = try errors("--tls-certificate", chain, "--tls-key", folder.path("a.key"))
        #expect(bad.contains(chain))
        let missing = try errors(
            "--tls-certificate", folder.path("b.crt"), "--tls-key", folder.path("a.key"))
        #expect(missing.contains("Cannot read \(folder.path("b.crt")): No such file"))
        let half = try errors("--tls-certificate", chain)
        #expect(half.contains("--tls-certificate needs its private key: --tls-key FILE."))
    }

    @Test func `check-config reads the files that it names`() throws {
        let folder = try Folder()
        let file = folder.path("roost.conf")
        try folder.write("roost.conf", "tls-certificate = /nonexistent\ntls-key = /nonexistent\n")
        let end = try Run([BuildProducts.path("roost"), "check-config", file]).end()
        #expect(end.status == 78)
        #expect(end.errors.hasPrefix("\(file): Cannot read /nonexistent: No such file"))
    }

    // MARK: Over TLS, with curl

    private static let hasCurl = Tools.has("curl")

    /// Writes a certificate for localhost with its key.
    private func makeCertificate(_ folder: Folder, _ name: String) throws {
        let made = try TLS.selfSigned(names: ["localhost"])
        try folder.write("\(name).crt", String(decoding: made.chain, as: UTF8.self))
        try folder.write("\(name).key", String(decoding: made.privateKey, as: UTF8.self))
    }

    /// The status that curl gets if it trusts this certificate alone; "000" if it refuses the
    /// server's.
    private func status(_ port: UInt16, trusting certificate: String) throws -> String {
        try Run([
            "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", certificate,
            "https://localhost:\(port)/healthz",
        ]).end().output
    }

    @Test(.enabled(if: hasCurl, "there is no curl here"), arguments: programs)
    func `A certificate for trying, with its fingerprint`(program: String) throws {
        let run = try Run(command(program, port: "0", "--tls-self-signed", "--hsts", "1d"))
        let said = try #require(
            run.output { $0.contains(/([0-9A-F]{2}:){31}[0-9A-F]{2}\n/) })
        let line = try #require(said.split(separator: "\n").first)
        #expect(line.hasPrefix("Listening on \(program == "roost" ? "https" : "wss")://127.0.0.1:"))
        let answer = try Run([
            "curl", "-ksi", "https://localhost:\(port(of: String(line)))/",
        ]).end().output
        #expect(answer.hasPrefix("HTTP/1.1 \(program == "roost" ? 200 : 426) "), "\(answer)")
        // Of an answer that the program's handler makes.
        #expect(
            program != "roost" || answer.contains("\r\nStrict-Transport-Security: max-age=86400"))
        #expect(run.stop(SIGTERM) == 0)
    }

    /// By a signal and by the command; a bad file changes nothing.
    @Test(.enabled(if: hasCurl, "there is no curl here"))
    func `A reload uses the certificate that is there then`() throws {
        let folder = try Folder()
        try makeCertificate(folder, "a")
        try makeCertificate(folder, "b")
        let (chain, key) = (folder.path("chain"), folder.path("key"))
        func install(_ certificate: String, key name: String) throws {
            let files = FileManager.default
            for (source, target) in [("\(certificate).crt", chain), ("\(name).key", key)] {
                if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
                try files.copyItem(atPath: folder.path(source), toPath: target)
            }
        }
        try install("a", key: "a")
        let roost = try OperatedRoost(["--tls-certificate", chain, "--tls-key", key])
        #expect(try status(roost.port, trusting: folder.path("a.crt")) == "200")
        try install("b", key: "b")
        let good = try roost.shell("reload").end()
        #expect(good.status == 0)
        #expect(try status(roost.port, trusting: folder.path("b.crt")) == "200")
        #expect(try status(roost.port, trusting: folder.path("a.crt")) == "000")
        try install("a", key: "b")
        let bad = try roost.shell("reload").end()
        #expect(bad.status == 1)
        #expect(bad.errors.contains(chain), "\(bad.errors)")
        #expect(try status(roost.port, trusting: folder.path("b.crt")) == "200")
        try install("a", key: "a")
        kill(roost.run.process.processIdentifier, SIGHUP)
        #expect(
            Tools.eventually {
                (try? status(roost.port, trusting: folder.path("a.crt"))) == "200"
            })
    }

    // MARK: The client for the terminal

    private func talk(_ port: UInt16, _ flags: String...) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let program = BuildProducts.path("talk")
        return try Run([program, "wss://localhost:\(port)/"] + flags, input: "hello\n").end()
    }

    @Test func `talk trusts the certificates that it is given, and says what is wrong`() throws {
        let folder = try Folder()
        try makeCertificate(folder, "a")
        try makeCertificate(folder, "b")
        let run = try Run(
            command(
                "echo-server", port: "0", "--tls-certificate", folder.path("a.crt"), "--tls-key",
                folder.path("a.key")))
        let port = port(of: try #require(run.address()))
        let good = try talk(port, "--ca", folder.path("a.crt"))
        #expect(good.status == 0 && good.errors.hasPrefix("Connected to wss://"), "\(good)")
        for (flags, host) in [
            ([], "localhost"), (["--ca", folder.path("b.crt")], "localhost"),
            (["--ca", folder.path("a.crt")], "127.0.0.1"),
        ] {
            let bad = try Run(
                [BuildProducts.path("talk"), "wss://\(host):\(port)/"] + flags, input: ""
            ).end()
            #expect(bad.status == 1)
            #expect(bad.errors.contains("certificate"), "\(bad.errors)")
        }
        #expect(try talk(port, "--key", "x").errors.contains("belong together"))
    }

    @Test(.enabled(if: Tools.has("openssl"), "there is no openssl here"))
    func `A server that asks for certificates serves clients that have one`() throws {
        let folder = try Folder()
        try makeCertificate(folder, "server")
        let made = try Run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=ann", "-keyout", folder.path("client.key"), "-out",
            folder.path("client.crt"),
        ]).end()
        #expect(made.status == 0, "\(made.errors)")
        let run = try Run(
            command(
                "echo-server", port: "0", "--tls-certificate", folder.path("server.crt"),
                "--tls-key", folder.path("server.key"), "--tls-client-ca",
                folder.path("client.crt")))
        let port = port(of: try #require(run.address()))
        let ca = folder.path("server.crt")
        let known = try talk(
            port, "--ca", ca, "--certificate", folder.path("client.crt"), "--key",
            folder.path("client.key"))
        #expect(known.status == 0 && known.errors.hasPrefix("Connected to wss://"), "\(known)")
        let nobody = try talk(port, "--ca", ca)
        #expect(nobody.status == 1, "\(nobody)")
    }
}
