// Certificates, keys and other files that a context refuses, and why.

import CSSL
import Testing

@testable import WebSocketTLS

@Suite("Contexts")
struct ContextTests {
    private let one = Certificate.localhost

    private func fault(
        _ chain: [UInt8], _ key: [UInt8], _ settings: TLSServerSettings = TLSServerSettings()
    ) -> TLSSetupError? {
        do throws(TLSSetupError) {
            _ = try TLSServerContexts(
                [CertifiedKey(chain: chain, privateKey: key, origin: "a.crt")], settings)
            return nil
        } catch { return error }
    }

    @Test("A certificate needs its own key")
    func keys() {
        let other = Certificate(names: "DNS:example.org")
        #expect(fault(one.chain, one.key) == nil)
        #expect(fault(one.chain + other.chain, one.key) == nil)
        // Some programs write both into one file.
        #expect(fault(one.key + one.chain, one.chain + one.key) == nil)
        #expect(fault(one.chain, other.key) == .keyDoesNotMatch(origin: "a.crt"))
        #expect(fault(other.chain + one.chain, one.key) == .keyDoesNotMatch(origin: "a.crt"))
    }

    @Test("What is no certificate, or no key")
    func files() {
        let origin = "a.crt"
        let none = TLSSetupError.noCertificate(origin: origin)
        #expect(fault([], one.key) == none)
        #expect(fault(Array("Hello\n".utf8), one.key) == none)
        #expect(fault(one.key, one.key) == none)
        let damaged = TLSSetupError.damagedCertificate(origin: origin, number: 1)
        #expect(fault(Array(one.chain.dropLast(40)), one.key) == damaged)
        let second = one.chain + one.chain.dropLast(40)
        #expect(fault(second, one.key) == .damagedCertificate(origin: origin, number: 2))
        #expect(fault(one.chain, []) == .noPrivateKey(origin: origin))
        #expect(fault(one.chain, one.chain) == .noPrivateKey(origin: origin))
        var cut = one.key
        cut.removeSubrange(60..<80)
        for damaged in [cut, Array(one.key.dropLast(60))] {
            #expect(fault(one.chain, damaged) == .damagedPrivateKey(origin: origin))
        }
        #expect(fault(one.chain, one.encryptedKey) == .encryptedPrivateKey(origin: origin))
        #expect(fault(one.der.chain, one.key) == .isDER(origin: origin))
        #expect(fault(one.chain, one.der.key) == .isDER(origin: origin))
        #expect(throws: TLSSetupError.nothingGiven) { _ = try TLSServerContexts([]) }
    }

    @Test("Authorities and ticket keys")
    func settings() {
        var settings = TLSServerSettings()
        settings.clientAuthorities = []
        #expect(fault(one.chain, one.key, settings) == .noAuthorities)
        settings.clientAuthorities = one.chain + one.chain.dropLast(40)
        #expect(fault(one.chain, one.key, settings) == .damagedAuthority(number: 2))
        // The same authority twice does no harm.
        settings.clientAuthorities = one.chain + one.chain
        #expect(fault(one.chain, one.key, settings) == nil)
        for count in [1, 48, 79, 81] {
            settings.ticketKeys = [UInt8](repeating: 1, count: count)
            #expect(fault(one.chain, one.key, settings) == .ticketKeyByteCount(count))
        }
        settings.ticketKeys = [UInt8](repeating: 1, count: 160)
        #expect(fault(one.chain, one.key, settings) == nil)
        var client = TLSClientSettings()
        client.authorities = Array("Hello".utf8)
        #expect(throws: TLSSetupError.noAuthorities) { _ = try TLSContext(client: client) }
    }

    @Test("Two certificates for one name are refused, and both are named")
    func sameName() {
        let names = ["DNS:a.org,DNS:b.org", "DNS:c.org", "DNS:C.org,DNS:B.org"]
        let all = names.enumerated().map { index, names in
            let made = Certificate(names: names)
            return CertifiedKey(chain: made.chain, privateKey: made.key, origin: "\(index).crt")
        }
        #expect(throws: TLSSetupError.sameName("c.org", origin: "1.crt", other: "2.crt")) {
            _ = try TLSServerContexts(all)
        }
        #expect(throws: TLSSetupError.sameName("b.org", origin: "0.crt", other: "2.crt")) {
            _ = try TLSServerContexts([all[0], all[2]])
        }
    }

    @Test("Certificates that are not safe are refused")
    func weak() {
        let short = Certificate(names: "DNS:a.org", kind: .shortRSA)
        #expect(fault(short.chain, short.key) == .weakKey(origin: "a.crt"))
        let old = Certificate(names: "DNS:a.org", issuer: .authority, hash: EVP_sha1())
        #expect(fault(old.chain, old.key) == .weakSignature(origin: "a.crt"))
    }

    @Test(
        "Each kind of key is good",
        arguments: [Certificate.Kind.ecdsa, .rsa, .ed25519])
    func kinds(kind: Certificate.Kind) throws {
        let certificate = Certificate(names: "DNS:localhost", kind: kind)
        let talk = try Conversation(.server, Oracle(isServer: false), certificate: certificate)
        talk.shakeHands()
        #expect(talk.isEstablished && talk.layer != nil)
    }

    @Test("What a certificate says")
    func facts() throws {
        let names = "DNS:A.example,DNS:*.b.example,IP:127.0.0.1,IP:::1,email:me@a.example"
        let made = Certificate(names: names, issuer: .authority, from: -100, until: 86_400 * 3)
        let before = Int(time(nil))
        let contexts = try TLSServerContexts(
            [CertifiedKey(chain: made.chain, privateKey: made.key, origin: "a.crt")])
        let facts = contexts.certificates[0]
        #expect(facts.origin == "a.crt" && facts.issuer == "The authority")
        #expect(facts.names == ["a.example", "*.b.example", "127.0.0.1", "::1"])
        #expect((before + 86_400 * 3 - 5...before + 86_400 * 3).contains(facts.notAfter))
        #expect((before - 105...before - 100).contains(facts.notBefore))
        #expect(facts.fingerprint.count == 32 * 3 - 1)
    }

    @Test("A certificate made for trying is good for its names, and has its days")
    func selfSigned() throws {
        let made = try SelfSigned.make(
            names: ["localhost", "127.0.0.1", "::1", "*.a.example"], seconds: 86_400)
        let contexts = try TLSServerContexts([made])
        let facts = contexts.certificates[0]
        #expect(facts.names == ["localhost", "127.0.0.1", "::1", "*.a.example"])
        #expect((86_400 + 3600 - 5...86_400 + 3605).contains(facts.notAfter - facts.notBefore))
        // It vouches for itself, if a client trusts it.
        for name in ["localhost", "::1", "x.a.example"] {
            var settings = TLSClientSettings()
            settings.authorities = made.chain
            let server = Oracle(
                isServer: true, certificate: Certificate(chain: made.chain, key: made.privateKey))
            let talk = Conversation(try TLSContext(client: settings), serverName: name, server)
            talk.shakeHands()
            #expect(talk.isEstablished)
        }
        #expect(throws: TLSSetupError.noNames) { _ = try SelfSigned.make(names: [], seconds: 1) }
        for name in ["", "a b", "a,DNS:b", "[::1]", "https://a", "ä.org", "a\0b"] {
            #expect(throws: TLSSetupError.badName(name)) {
                _ = try SelfSigned.make(names: [name], seconds: 1)
            }
        }
    }

    @Test("Every sentence names the file, or what to do, and ends")
    func sentences() {
        let errors: [TLSSetupError] = [
            .nothingGiven, .noCertificate(origin: "a.crt"), .isDER(origin: "a.crt"),
            .damagedCertificate(origin: "a.crt", number: 2), .noPrivateKey(origin: "a.crt"),
            .encryptedPrivateKey(origin: "a.crt"), .damagedPrivateKey(origin: "a.crt"),
            .keyDoesNotMatch(origin: "a.crt"),
            .refused(origin: "a.crt", reason: "x"),
            .weakKey(origin: "a.crt"), .weakSignature(origin: "a.crt"),
            .sameName("a.org", origin: "a.crt", other: "b.crt"), .noAuthorities,
            .damagedAuthority(number: 1), .noSystemAuthorities, .ticketKeyByteCount(7), .noNames,
            .badName("a b"),
        ]
        for error in errors {
            #expect(error.description.hasSuffix(".") && error.description.count > 20)
        }
        #expect(TLSSetupError.keyDoesNotMatch(origin: "x.crt").description.contains("x.crt"))
        #expect(TLSSetupError.keyDoesNotMatch(origin: "").description.contains("the certificate"))
    }
}
