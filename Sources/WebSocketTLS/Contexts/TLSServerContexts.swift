// All contexts of a server: one for each certificate.

/// A server's certificates and settings, checked and ready: sessions are made from it.
package final class TLSServerContexts: Sendable {
    /// The context with which every session begins.
    let first: TLSContext
    /// What the certificates say, in the order in which they were given.
    package let certificates: [CertificateFacts]

    /// Contexts with these certificates, the first of which is for all names that no other has.
    package convenience init(
        _ certified: [CertifiedKey], _ settings: TLSServerSettings = TLSServerSettings()
    ) throws(TLSSetupError) {
        let keys = settings.ticketKeys
        try self.init(
            certified, settings, ticketKeys: keys.isEmpty ? .ofProcess : TicketKeys(keys))
    }

    init(
        _ certified: [CertifiedKey], _ settings: TLSServerSettings, ticketKeys: TicketKeys
    ) throws(TLSSetupError) {
        guard !certified.isEmpty else { throw .nothingGiven }
        var facts: [CertificateFacts] = []
        var chains: [[X509Certificate]] = []
        var names = ServerNames()
        for (number, each) in certified.enumerated() {
            let chain = try TLSContext.chain(of: each)
            let fact = CertificateFacts(chain[0], origin: each.origin)
            if let same = names.add(fact.names, number: number) {
                throw .sameName(
                    same.name, origin: certified[same.number].origin, other: each.origin)
            }
            facts.append(fact)
            chains.append(chain)
        }
        var others: [TLSContext] = []
        for (each, chain) in zip(certified, chains).dropFirst() {
            others.append(
                try TLSContext(server: each, chain: chain, settings, ticketKeys))
        }
        first = try TLSContext(
            server: certified[0], chain: chains[0], settings, ticketKeys, others: others,
            names: names)
        certificates = facts
    }
}
