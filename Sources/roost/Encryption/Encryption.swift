// What a running server has of TLS, beside the connections.
import WebSocketServer

/// The server's way to https: what certificate authorities ask for.
struct Encryption {
    /// The challenges of certificate authorities; nil without a folder for them.
    var challenges: AcmeChallenges?

    /// Takes over what the settings say, at the start and at each reload.
    mutating func apply(_ settings: Serve) {
        challenges = settings.service.acmeDirectory.map { AcmeChallenges(folder: $0) }
    }
}
