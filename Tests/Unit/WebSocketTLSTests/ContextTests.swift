// Certificates and keys that a context refuses, and why.

import Testing

@testable import WebSocketTLS

@Suite("Contexts")
struct ContextTests {
    private func fault(_ chain: [UInt8], _ key: [UInt8]) -> TLSSetupError? {
        do throws(TLSSetupError) {
            _ = try TLSContext(certificateChain: chain, privateKey: key)
            return nil
        } catch { return error }
    }

    @Test("A certificate needs its own key")
    func keys() {
        let one = Certificate.localhost
        let other = Certificate(names: "DNS:example.org")
        #expect(fault(one.chain, one.key) == nil)
        #expect(fault(one.chain + other.chain, one.key) == nil)
        #expect(fault(one.chain, other.key) == .keyDoesNotMatch)
        #expect(fault([], one.key) == .badCertificate)
        #expect(fault(one.key, one.key) == .badCertificate)
        #expect(fault(Array(one.chain.dropLast(40)), one.key) == .badCertificate)
        #expect(fault(one.chain, []) == .badPrivateKey)
        #expect(fault(one.chain, one.chain) == .badPrivateKey)
    }

    @Test("A client refuses a PEM without authorities")
    func authorities() {
        #expect(throws: TLSSetupError.badAuthorities) { _ = try TLSContext(authorities: []) }
        #expect(throws: Never.self) {
            _ = try TLSContext(authorities: Certificate.localhost.chain)
        }
    }
}
