// Who may do what, by the door they come through, by what the kernel says of them, by a token.
import ChatRooms
import WebSocketServer

/// The rights of those who come without being chatters.
struct Access: Sendable {
    /// What somebody at the control socket may do; each includes those before it.
    enum Rank: Comparable, Sendable {
        /// Nothing.
        case stranger
        /// Publish, and look at how the server is.
        case member
        /// Everything.
        case administrator
    }

    /// Secrets by which programs may publish over TCP.
    var publishTokens: [String] = []
    /// The user that the server runs as: it might do everything anyhow.
    var ownUser: UInt32 = .max
    /// The group whose members may publish and look.
    var memberGroup: UInt32?
    /// The group whose members may do everything.
    var adminGroup: UInt32?

    /// What the one behind a local socket may do.
    func rank(of credentials: PeerCredentials?) -> Rank {
        guard let credentials else { return .stranger }
        if credentials.user == 0 || credentials.user == ownUser { return .administrator }
        if let adminGroup, credentials.isMember(of: adminGroup) { return .administrator }
        if let memberGroup, credentials.isMember(of: memberGroup) { return .member }
        return .stranger
    }

    /// The number of the publisher behind a request, by which the retries of one are told from what
    /// others say; or why it may not publish.
    func publisher(_ request: borrowing HTTPRequest) throws(RoomRefusal) -> UInt64 {
        switch request.listener {
        case .control:
            guard let credentials = request.credentials, rank(of: credentials) >= .member else {
                throw RoomRefusal(.forbidden, "Only members of the control group may publish here.")
            }
            return fnv1a("user \(credentials.user)".utf8)
        case .public, .proxy:
            return try publisher(authorization: request.head.header("Authorization"))
        case .metrics: throw RoomRefusal(.forbidden, "Nothing is published here.")
        }
    }

    /// The same for what comes over the network: RFC 6750 §2.1.
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
        // Every token is looked at to its end, so that the time taken says nothing.
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

/// FNV-1a: tells things apart, and keeps no secrets.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
}
