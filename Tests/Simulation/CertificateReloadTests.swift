// A reload of a running chat exchanges its certificates, or keeps them and says why.
import CommandLineOptions
import Foundation
import Glibc
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

@Suite struct CertificateReloadTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "renewed-\(UUID().uuidString.prefix(8))")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func write(_ name: String, chain: String, key: String, days: Int = 90) throws {
        let made = try TLS.selfSigned(names: [name], validity: .seconds(days * 86_400))
        try Data(made.chain).write(to: URL(fileURLWithPath: path(chain)))
        try Data(made.privateKey).write(to: URL(fileURLWithPath: path(key)))
    }

    /// A chat with the certificate of these files, or of credentials without flags.
    private func chat(_ flags: [String], credentials: String? = nil) throws -> OperatedChat {
        let options = try TLSOptions.parse(flags)
        let tls = try options.load(hostNames: [], credentials: credentials)
        var chat = try OperatedChat()
        chat.simulation.handler.encryption = Encryption(options, tls, credentials: credentials)
        return chat
    }

    private var flags: [String] { ["--tls-certificate", path("crt"), "--tls-key", path("key")] }

    private func names(_ chat: borrowing OperatedChat) -> [String] {
        chat.simulation.handler.encryption.certificates.flatMap(\.names)
    }

    @Test func `Another certificate is used from then on, and the journal says so`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("old.example", chain: "crt", key: "key")
        var chat = try chat(flags)
        let client = chat.enter("ann", room: "lobby")
        let same = chat.request("POST", "/reload")
        #expect(same.status == 200)
        #expect(same.text.hasSuffix("The certificates were read.\n"), "\(same.text)")
        #expect(chat.records(.certificateRenewed) == [])
        try write("new.example", chain: "crt", key: "key")
        let other = chat.request("POST", "/reload")
        #expect(other.status == 200)
        #expect(other.text.contains("The certificate for new.example is good until 20"))
        #expect(names(chat) == ["new.example"])
        #expect(chat.records(.certificateRenewed).count == 1)
        #expect(client.closeCode == nil)
    }

    @Test func `A bad file keeps the certificate, and the answer says why`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("old.example", chain: "crt", key: "key")
        var chat = try chat(flags)
        try write("new.example", chain: "crt", key: "other")
        let half = chat.request("POST", "/reload")
        #expect(half.status == 422)
        #expect(half.text.contains(path("crt")), "\(half.text)")
        #expect(names(chat) == ["old.example"])
        #expect(chat.records(.reloadFailed).count == 1)
        unlink(path("key"))
        let gone = chat.request("POST", "/reload")
        #expect(gone.status == 422 && gone.text.hasPrefix("Cannot read \(path("key")): No such"))
        // Nobody writes into it: to read it would stop everybody.
        #expect(mkfifo(path("key"), 0o600) == 0)
        #expect(chat.request("POST", "/reload").status == 422)
        #expect(names(chat) == ["old.example"])
    }

    @Test func `Root gives what systemd has copied at the start alone`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("old.example", chain: "tls-certificate", key: "tls-key")
        var chat = try chat([], credentials: folder.path)
        chat.simulation.handler.access.ownUser = 500
        let new = try TLS.selfSigned(names: ["new.example"])
        let body = SuppliedFiles.text(["tls-certificate": new.chain, "tls-key": new.privateKey])
        let other = chat.request("POST", "/reload", body, user: 500)
        #expect(other.status == 403)
        #expect(other.text == "Only root may give this server files.\n")
        #expect(names(chat) == ["old.example"])
        #expect(chat.request("POST", "/reload", "{}").status == 400)
        #expect(chat.request("POST", "/reload", body).status == 200)
        #expect(names(chat) == ["new.example"])
        // Systemd's copies are older, so a reload by somebody else does not go back to them.
        #expect(chat.request("POST", "/reload").status == 200)
        #expect(names(chat) == ["new.example"])
    }

    @Test func `The status, the metrics and the journal have the days that are left`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("soon.example", chain: "crt", key: "key", days: 5)
        var chat = try chat(flags)
        let row = try #require(try chat.json("GET", "/status")["certificates"]?.elements.first)
        #expect(row["names"]?.elements.first?.string == "soon.example")
        #expect(row["file"]?.string == path("crt") && row["key_file"]?.string == path("key"))
        let screen = chat.request("GET", "/status", fields: "Accept: text/plain\r\n").text
        #expect(screen.contains("soon.example until 20"), "\(screen)")
        let metrics = chat.request("GET", "/metrics").text
        #expect(
            metrics.contains(
                "roost_tls_certificate_expiry_timestamp_seconds{certificate=\"\(path("crt"))\"}"))
        // A day later than the first look, the second.
        chat.simulation.run(for: .seconds(2))
        let first = chat.records(.certificateEnding)
        #expect(first.count == 1, "\(first)")
        chat.simulation.run(for: .seconds(60))
        #expect(chat.records(.certificateEnding) == [])
        chat.simulation.network.clock = chat.simulation.network.clock + .seconds(86_400)
        chat.simulation.run(for: .seconds(2))
        #expect(chat.records(.certificateEnding).count == 1)
    }

    @Test func `Without a file to read there is nothing to reload`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var chat = try chat(["--tls-self-signed"])
        #expect(chat.request("POST", "/reload").status == 409)
    }
}
