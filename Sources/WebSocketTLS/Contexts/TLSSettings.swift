// What the two roles can be set to.

/// A version of TLS that we speak.
package enum TLSVersion: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case v12 = 2
    case v13 = 3
}

/// What seals and opens records after the handshake.
package enum RecordLayerChoice: UInt8, BitwiseCopyable, Sendable {
    /// Our record layer, wherever it can.
    case own
    /// Always libssl.
    case libssl
}

/// A chain of certificates, its own first, and the key of that, in PEM.
package struct CertifiedKey: Sendable {
    package let chain: [UInt8]
    package let privateKey: [UInt8]
    /// The name of the certificate in errors: mostly its file.
    package let origin: String

    package init(chain: [UInt8], privateKey: [UInt8], origin: String = "") {
        self.chain = chain
        self.privateKey = privateKey
        self.origin = origin
    }
}

/// The settings of a server besides its certificates.
package struct TLSServerSettings: Sendable {
    /// The authorities that sign certificates of clients, in PEM; nil to ask clients for none.
    package var clientAuthorities: [UInt8]?
    /// Whether clients without a certificate are refused.
    package var requiresClientCertificate = false
    /// Keys of 80 bytes each that encrypt session tickets; empty for random ones.
    package var ticketKeys: [UInt8] = []
    package var minimumVersion = TLSVersion.v12
    package var recordLayer = RecordLayerChoice.own

    package init() {}
}

/// The settings of a client.
package struct TLSClientSettings: Sendable {
    /// The authorities to trust, in PEM; nil for the system's.
    package var authorities: [UInt8]?
    /// Whether the server must show a certificate of these authorities for its name.
    package var verifies = true
    /// The client's own certificate, for servers that ask for one.
    package var certificate: CertifiedKey?
    package var minimumVersion = TLSVersion.v12
    package var recordLayer = RecordLayerChoice.own
    /// Whether a connection resumes a session that an earlier one to the same server has left.
    /// libssl goes on after every handshake then.
    package var resumes = false

    package init() {}
}
