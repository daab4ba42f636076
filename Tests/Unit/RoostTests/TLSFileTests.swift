// Which certificates the flags, the folder and systemd's credentials amount to.
import Foundation
import TestSupport
import Testing
import WebSocketServer

@testable import CommandLineOptions
@testable import roost

@Suite struct TLSFileTests {
    private let files: CertificateFiles

    init() throws { files = try CertificateFiles() }

    /// The certificates of a server with these flags, by their first names.
    private func names(_ flags: [String], credentials: Bool = false) throws -> [String]? {
        let options = try TLSOptions.parse(flags)
        let tls = try options.load(
            hostNames: ["chat.example"], credentials: credentials ? files.folder.path : nil)
        return tls?.certificates.map { $0.names.first ?? "" }
    }

    private func failure(_ flags: [String], credentials: Bool = false) -> String {
        do {
            return "\(try names(flags, credentials: credentials) ?? [])"
        } catch {
            return (error as? ConfigurationError)?.sentences.joined() ?? "\(error)"
        }
    }

    @Test func `Without a flag or a credential there is no TLS`() throws {
        #expect(try names([]) == nil)
        #expect(try names([], credentials: true) == nil)
    }

    @Test func `A certificate and its key`() throws {
        try files.make("a.example", chain: "a.crt", key: "a.key")
        let flags = ["--tls-certificate", files.path("a.crt"), "--tls-key", files.path("a.key")]
        #expect(try names(flags) == ["a.example"])
        let tls = try TLSOptions.parse(flags).load(hostNames: [])
        #expect(tls?.certificates.first?.origin == files.path("a.crt"))
    }

    @Test func `Credentials of systemd are found by themselves, and flags win`() throws {
        try files.make("credential.example", chain: "tls-certificate", key: "tls-key")
        try files.make("flag.example", chain: "f.crt", key: "f.key")
        #expect(try names([], credentials: true) == ["credential.example"])
        let flags = ["--tls-certificate", files.path("f.crt"), "--tls-key", files.path("f.key")]
        #expect(try names(flags, credentials: true) == ["flag.example"])
        let found = try TLSFiles(TLSOptions.parse([]), credentials: files.folder.path)
        #expect(found?.pairs.first?.key.credential == "tls-key")
        #expect(try TLSFiles(TLSOptions.parse(flags), credentials: "/x")?.pairs.count == 1)
    }

    @Test func `A folder as lego makes it, and as certbot makes it`() throws {
        try files.make("b.example", chain: "b.example.crt", key: "b.example.key")
        try files.make("x.example", chain: "b.example.issuer.crt", key: nil)
        try files.make("a.example", chain: "_.a.example.crt", key: "_.a.example.key")
        try files.make(
            "c.example", chain: "c.example/fullchain.pem", key: "c.example/privkey.pem")
        try files.write("README", Array("This folder has certificates.".utf8))
        try files.write("b.example.json", Array("{}".utf8))
        try files.write("empty/cert.pem", [])
        let folder = ["--tls-certificates", files.folder.path]
        #expect(try names(folder) == ["a.example", "b.example", "c.example"])
        // A certificate by itself comes first: clients that name no host get it.
        try files.make("main.example", chain: "main/cert", key: "main/key")
        let both =
            folder + [
                "--tls-certificate", files.path("main/cert"), "--tls-key", files.path("main/key"),
            ]
        #expect(try names(both) == ["main.example", "a.example", "b.example", "c.example"])
    }

    @Test func `One bad pair is named, and no other is used`() throws {
        let folder = ["--tls-certificates", files.folder.path]
        #expect(failure(folder).contains("has no certificate: neither NAME.crt with NAME.key"))
        try files.make("a.example", chain: "a.crt", key: "a.key")
        try files.make("b.example", chain: "b.crt", key: nil)
        #expect(
            failure(folder) == "Cannot use \(files.path("b.crt")): No such file or directory. "
                + "Its key, b.key, is not beside it.")
        try files.make("other.example", chain: nil, key: "b.key")
        #expect(failure(folder).contains(files.path("b.crt")), "\(failure(folder))")
        try files.make("b.example", chain: "b.crt", key: "b.key")
        #expect(try names(folder) == ["a.example", "b.example"])
        try files.make("c.example", chain: nil, key: "c/privkey.pem")
        #expect(failure(folder).contains("Its certificate, fullchain.pem, is not beside it."))
    }

    @Test func `Flags that contradict each other say what to do`() throws {
        try files.make("a.example", chain: "a.crt", key: "a.key")
        let chain = ["--tls-certificate", files.path("a.crt")]
        let key = ["--tls-key", files.path("a.key")]
        #expect(failure(chain) == "--tls-certificate needs its private key: --tls-key FILE.")
        #expect(failure(key).hasPrefix("--tls-key needs the certificate of this key"))
        #expect(
            failure(["--tls-client-ca", files.path("a.crt")])
                == "TLS needs a certificate: --tls-certificate FILE and --tls-key FILE.")
        #expect(failure(chain + key + ["--tls-self-signed"]).hasPrefix("--tls-self-signed makes"))
    }

    @Test func `Files that are missing, empty or something else are named`() throws {
        try files.make("a.example", chain: "a.crt", key: "a.key")
        try files.write("empty", [])
        func said(_ chain: String, _ key: String) -> String {
            failure(["--tls-certificate", files.path(chain), "--tls-key", files.path(key)])
        }
        #expect(said("none.crt", "a.key").hasPrefix("Cannot read \(files.path("none.crt")): No"))
        #expect(said("a.crt", "none.key").hasPrefix("Cannot read \(files.path("none.key")): No"))
        #expect(said("empty", "a.key").contains(files.path("empty")))
        #expect(said("a.crt", "a.crt").contains(files.path("a.crt")))
    }

    @Test func `A certificate for trying is for the names of the server and of this machine`()
        throws
    {
        let tls = try TLSOptions.parse(["--tls-self-signed"]).load(hostNames: ["chat.example"])
        let names = try #require(tls?.certificates.first?.names)
        #expect(Set(names).isSuperset(of: ["chat.example", "localhost", "127.0.0.1"]))
    }

    @Test(arguments: [
        (["--tls-minimum-version", "1.1"], "'1.1'"),
        (["--tls-record-layer", "kernel"], "'kernel'"),
        (["--redirect-http", "web"], "'web'"), (["--hsts", "soon"], "'soon'"),
        (["--tls-client-certificate", "maybe"], "'maybe'"), (["--https-port", "x"], "'x'"),
        (["--https-port", "0"], "between 1 and 65535"),
    ])
    func `A value that is none is refused`(flags: [String], said: String) {
        #expect(throws: (any Error).self) { try TLSOptions.parse(flags) }
    }

    @Test(
        arguments: [
            ("80", nil, 80), ("0.0.0.0:80", "0.0.0.0", 80), ("[::]:8080", "::", 8080),
        ] as [(String, String?, UInt16)])
    func `Where plain http listens`(text: String, host: String?, port: UInt16) {
        let place = ListenPlace(argument: text)
        #expect(place?.host == host && place?.port == port)
    }

    /// A credential that root has read replaces the file, and nothing else.
    @Test func `Supplied credentials replace those of the start`() throws {
        try files.make("old.example", chain: "tls-certificate", key: "tls-key")
        let new = try TLS.selfSigned(names: ["new.example"])
        let supplied = ["tls-certificate": new.chain, "tls-key": new.privateKey]
        func names(_ flags: [String]) throws -> [String]? {
            try TLSOptions.parse(flags).load(
                hostNames: [], supplied: supplied, again: true, credentials: files.folder.path
            )?.certificates.flatMap(\.names)
        }
        #expect(try names([]) == ["new.example"])
        try files.make("f.example", chain: "f/crt", key: "f/key")
        let flags = ["--tls-certificate", files.path("f/crt"), "--tls-key", files.path("f/key")]
        #expect(try names(flags) == ["f.example"])
    }

    @Test func `Files travel to the server as they are`() throws {
        let sent = ["tls-key": Array(UInt8.min...UInt8.max), "tls-ticket-keys": []]
        func read(_ body: String) -> [String: [UInt8]]? {
            let bytes = Array(body.utf8)
            return SuppliedFiles.read(bytes.span)
        }
        #expect(read(SuppliedFiles.text(sent)) == sent)
        #expect(read(SuppliedFiles.text([:])) == [:])
        let body = SuppliedFiles.text(sent)
        for count in 0..<body.utf8.count { #expect(read(String(body.prefix(count))) == nil) }
        for body in [
            "[]", "{}", #"{"files":[]}"#, #"{"files":{"a":1}}"#, #"{"files":{"a":"="}}"#,
            body + " ", #"{"files":{"a":"","b"}}"#, #"{"files":{,"a":""}}"#,
        ] {
            #expect(read(body) == nil, "\(body)")
        }
        var files = sent
        SuppliedFiles.wipe(&files)
        #expect(files.isEmpty && sent["tls-key"]?.count == 256)
    }

    /// What busctl(1) of systemd 252 prints.
    @Test func `Systemd says where it has taken credentials from`() throws {
        try files.write("key", [1, 2, 3])
        let list =
            #"[["tls-key","\#(files.path("key"))"],["tls-certificate","/none"],"#
            + #"["auth-key","/etc/passwd"],["tls-client-ca","relative"]]"#
        var asked: [[String]] = []
        let credentials = UnitCredentials { words in
            asked.append(words)
            return words.contains("GetUnit")
                ? (#"{"type":"o","data":["/org/freedesktop/systemd1/unit/roost_2eservice"]}"#, true)
                : (#"{"type":"a(ss)","data":\#(list)}"#, true)
        }
        #expect(try credentials.read(of: "roost.service") == ["tls-key": [1, 2, 3]])
        #expect(asked.count == 2)
        #expect(asked[1].contains("/org/freedesktop/systemd1/unit/roost_2eservice"))
        let absent = UnitCredentials { _ in ("Unit roost.service not loaded.", false) }
        #expect(try absent.read(of: "roost.service") == [:])
    }
}
