// Authorization: by the listener, by the credentials that the kernel reports, or by a token.
import ChatRooms
import WebSocketServer

/// The rights of publishers and operators.
struct Access: Sendable {
    /// What a user of the control socket may do; each rank includes the ranks before it.
    enum Rank: Comparable, Sendable {
        /// Nothing.
        case stranger
        /// Publish, and look at the status, the metrics, and who is connected from where.
        case member
        /// Everything.
        case administrator
    }

    /// Secrets with which programs may publish over TCP.
    var publishTokens: [String] = []
    /// What checks the tokens of people; nil if nobody needs one.
    var tokens: TokenVerifier?
    /// Whether anybody may read rooms over HTTP, where nobody needs a token.
    var isReadingPublic = true
    /// The user that the server runs as. It may do everything: it controls the process anyhow.
    var ownUser: UInt32 = .max
    /// The group whose members may publish and look.
    var memberGroup: UInt32?
    /// The group whose members may do everything.
    var adminGroup: UInt32?

    /// What the peer of a local socket may do.
    func rank(of credentials: PeerCredentials?) -> Rank {
        guard let credentials else { return .stranger }
        if credentials.user == 0 || credentials.user == ownUser { return .administrator }
        if let adminGroup, credentials.isMember(of: adminGroup) { return .administrator }
        if let memberGroup, credentials.isMember(of: memberGroup) { return .member }
        return .stranger
    }

    /// A number that identifies the publisher of a request, so that a retry is not confused with
    /// another publisher's message. Throws if the request may not publish.
    func publisher(_ request: borrowing HTTPRequest) throws(RoomRefusal) -> UInt64 {
        switch request.listener {
        case .control:
            guard let credentials = request.credentials, rank(of: credentials) >= .member else {
                throw RoomRefusal(.forbidden, "Only members of the control group may publish here.")
            }
            return fnv1a("user \(credentials.user)".utf8)
        case .public, .proxy, .tls, .redirect:
            return try publisher(authorization: request.head.header("Authorization"))
        case .metrics: throw RoomRefusal(.forbidden, "Nothing is published here.")
        }
    }

    /// The same for requests over the network (RFC 6750 §2.1).
    func publisher(authorization: String?) throws(RoomRefusal) -> UInt64 {
        guard !publishTokens.isEmpty else {
            throw RoomRefusal(
                .forbidden,
                """
                Publishing over the network is off: use the control socket, or start the server \
                with --publish-token-file.
                """)
        }
        guard let authorization else {
            throw RoomRefusal(.badToken, "Send a publish token: Authorization: Bearer TOKEN")
        }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw RoomRefusal(.badToken, "Send a publish token: Authorization: Bearer TOKEN")
        }
        // Every token is compared to its end, so that the time taken reveals nothing.
        var known: String?
        for token in publishTokens where Self.equal(token, parts[1]) { known = token }
        guard let known else { throw RoomRefusal(.badToken, "This publish token is not known.") }
        return fnv1a("token \(known)".utf8)
    }

    private static func equal(_ token: String, _ given: Substring) -> Bool {
        guard token.utf8.count == given.utf8.count else { return false }
        return zip(token.utf8, given.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// FNV-1a: a hash to tell things apart; it keeps no secrets.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
}
