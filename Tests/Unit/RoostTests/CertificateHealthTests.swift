// What the doctor and the daily look say of certificates.
import Foundation
import Glibc
import LinuxReactor
import Testing
import WebSocketServer

@testable import roost

@Suite struct CertificateHealthTests {
    private func status(_ rows: [String], hosts: [String] = []) throws -> JSONTree {
        let names = hosts.map { "\"\($0)\"" }.joined(separator: ",")
        return try #require(
            JSONTree(#"{"certificates":[\#(rows.joined(separator: ","))],"hosts":[\#(names)]}"#))
    }

    private func row(
        _ names: [String], days: Int, file: String = "/run/credentials/x/tls-certificate",
        key: String? = nil, fingerprint: String = "AA"
    ) -> String {
        var row = JSONText()
        row.add("file", file)
        if let key { row.add("key_file", key) }
        row.add("names", names)
        row.add("issuer", "R11")
        row.add("last_day", "2027-02-28")
        row.add("days_left", days)
        row.add("fingerprint", fingerprint)
        return row.text
    }

    @Test(arguments: [
        (90, Finding.State.good, "is good for 90 d, until 2027-02-28, by R11"),
        (21, .good, "is good for 21 d"), (20, .mend, "ends in 20 d, on 2027-02-28: is it renewed?"),
        (0, .mend, "ends in 0 d"), (-1, .mend, "expired on 2027-02-28: renew it"),
    ])
    func `How long a certificate is good`(days: Int, state: Finding.State, text: String) throws {
        let health = CertificateHealth(status: try status([row(["a.example"], days: days)]))
        #expect(health.findings.map(\.state) == [state])
        #expect(health.findings.first?.text.contains(text) == true, "\(health.findings)")
    }

    @Test func `A server without TLS has no certificates to look at`() throws {
        #expect(CertificateHealth(status: nil).findings == [])
        #expect(CertificateHealth(status: try status([], hosts: ["a.example"])).findings == [])
    }

    @Test func `A name of the server that no certificate has`() throws {
        let rows = [row(["chat.example", "*.wild.example"], days: 60)]
        let hosts = ["chat.example", "a.wild.example", "www.example"]
        let health = CertificateHealth(status: try status(rows, hosts: hosts))
        #expect(health.findings.map(\.state) == [.good, .mend])
        #expect(health.findings.last?.text.hasPrefix("no certificate is for www.example,") == true)
    }

    @Test(arguments: [
        ("a.example", "a.example", true), ("A.Example", "a.example", true),
        ("*.example", "a.example", true), ("*.example", "b.a.example", false),
        ("*.example", "example", false), ("*.example", ".example", false),
        ("a.example", "b.example", false), ("a*.example", "ab.example", false),
    ])
    func `For which hosts a name is`(name: String, host: String, covers: Bool) {
        #expect(CertificateHealth.covers(name, host) == covers)
    }

    @Test func `The files are what the server uses, and the key is the operator's alone`() throws {
        let files = try CertificateFiles()
        let made = try files.make("a.example", chain: "a.crt", key: "a.key")
        let print = try #require(try TLS([made]).certificates.first?.fingerprint)
        func findings() throws -> [Finding] {
            let row = row(
                ["a.example"], days: 60, file: files.path("a.crt"), key: files.path("a.key"),
                fingerprint: print)
            return Array(CertificateHealth(status: try status([row])).findings.dropFirst())
        }
        #expect(try findings() == [])
        #expect(chmod(files.path("a.key"), 0o644) == 0)
        #expect(
            try findings() == [
                .mend(
                    "every user of this machine may use \(files.path("a.key")): chmod o= "
                        + files.path("a.key"))
            ])
        try files.make("a.example", chain: "a.crt", key: "a.key")
        #expect(try findings().map(\.state) == [.mend])
        #expect(try findings().first?.text.contains("is not the one in use any more") == true)
        try files.make("a.example", chain: "a.crt", key: nil)
        #expect(try findings().first?.text.hasPrefix("the next start or reload would fail") == true)
        unlink(files.path("a.key"))
        #expect(try findings().map(\.state) == [.unknown])
    }

    @Test func `What is said of a certificate that ends soon`() throws {
        let made = try TLS.selfSigned(
            names: ["a.example", "b.example"], validity: .seconds(864_000))
        let installed = TLS.Certificate(
            chain: made.chain, privateKey: made.privateKey, origin: "a.crt")
        let certificate = try #require(try TLS([installed]).certificates.first)
        let end = certificate.notAfter
        #expect(certificate.daysLeft(at: end) == 0)
        #expect(certificate.daysLeft(at: end - 86_400) == 1)
        #expect(certificate.daysLeft(at: end + 1) == -1)
        #expect(certificate.warning(at: end - 22 * 86_400) == nil || certificate.notBefore > 0)
        #expect(
            certificate.warning(at: end - 2 * 86_400)
                == "The certificate for a.example and 1 more name ends in 2 d, on "
                + "\(certificate.lastDay): renew it, then: systemctl reload roost")
        #expect(certificate.warning(at: end + 86_400)?.contains("expired") == true)
        // The next start makes another.
        let trial = try #require(try TLS([made]).certificates.first)
        #expect(trial.warning(at: end - 2 * 86_400) == nil)
        #expect(trial.warning(at: end - 3_600)?.contains("restart") == true)
        #expect(certificate.lastDay.count == 10 && certificate.lastDay.hasPrefix("20"))
    }
}

@Suite struct ClientAddressTests {
    /// Listeners by their names, on all addresses and these ports.
    private func url(_ listeners: [(name: String, port: UInt16)], _ names: [String]) throws
        -> String?
    {
        let certificates = try names.isEmpty ? [] : TLS([TLS.selfSigned(names: names)]).certificates
        return ChatHandler.clientURL(
            listeners.map {
                Listener(
                    descriptor: FileDescriptor(rawValue: 3),
                    address: .ipv4(0, 0, 0, 0, port: $0.port), name: $0.name)
            }, certificates)
    }

    /// `roost hook add` prints it for programs on this machine.
    @Test func `The address of a server with TLS has a name of its certificate`() throws {
        #expect(try url([("open", 8080)], []) == "http://127.0.0.1:8080")
        #expect(try url([("redirect", 80), ("tls", 443)], ["a.example"]) == "https://a.example")
        #expect(try url([("tls", 8443)], ["*.example", "b.example"]) == "https://b.example:8443")
        #expect(try url([("tls", 443)], ["*.example"]) == nil)
        #expect(
            try url([("tls", 443), ("open", 8080)], ["a.example"]) == "http://127.0.0.1:8080")
        #expect(try url([("redirect", 80), ("control", 0)], []) == nil)
    }
}
