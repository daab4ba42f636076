// Certificates and keys that a context refuses, and why.

import Testing

@testable import WebSocketTLS

@Suite("Contexts")
struct ContextTests {
    private func fault(_ chain: [UInt8], _ key: [UInt8]) -> TLSSetupError? {
        do throws(TLSSetupError) {
            _ = try TLSServerContexts([CertifiedKey(chain: chain, privateKey: key, origin: "a")])
            return nil
        } catch { return error }
    }

    @Test("A certificate needs its own key")
    func keys() {
        let one = Certificate.localhost
        let other = Certificate(names: "DNS:example.org")
        #expect(fault(one.chain, one.key) == nil)
        #expect(fault(one.chain + other.chain, one.key) == nil)
        #expect(fault(one.chain, other.key) == .keyDoesNotMatch(origin: "a"))
        #expect(fault([], one.key) == .noCertificate(origin: "a"))
        #expect(fault(one.key, one.key) == .noCertificate(origin: "a"))
        #expect(
            fault(Array(one.chain.dropLast(40)), one.key)
                == .damagedCertificate(origin: "a", number: 1))
        #expect(fault(one.chain, []) == .noPrivateKey(origin: "a"))
        #expect(fault(one.chain, one.chain) == .noPrivateKey(origin: "a"))
    }
}
