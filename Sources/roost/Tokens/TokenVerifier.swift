// Tokens: JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, and who may believe them.
import ChatRooms

/// A key that tokens may be signed with. The key decides the algorithm, never the token: a token
/// that names another one is refused (RFC 8725 §3.1).
struct TokenKey: Sendable {
    enum Material: Sendable {
        case secret(SecretKey)
        case publicKey(PublicKey)
    }

    /// The name by which a token may ask for it.
    var id: String?
    var material: Material

    /// As a token's `alg` has it.
    var algorithm: String {
        switch material {
        case .secret: "HS256"
        case .publicKey(let key): key.algorithm.rawValue
        }
    }

    /// What a check costs, in units of ``Work``. Measured: 2 µs for a secret, 17 µs for RSA, 59 µs
    /// for P-256, and 101 µs for Ed25519.
    var work: Int {
        switch material {
        case .secret: 4_096
        case .publicKey(let key):
            switch key.algorithm {
            case .rs256: 32_768
            case .es256: 114_688
            case .edDSA: 196_608
            }
        }
    }

    func hasSigned(_ text: [UInt8], _ signature: [UInt8]) -> Bool {
        switch material {
        case .secret(let key): key.hasSigned(text, signature)
        case .publicKey(let key): key.hasSigned(text, signature)
        }
    }
}

/// Checks tokens.
struct TokenVerifier: Sendable {
    var keys: [TokenKey]

    /// What the most expensive check costs, in units of ``Work``.
    var work: Int { keys.map(\.work).max() ?? 0 }

    /// A token that ends later is refused: nobody could take it back.
    private static var farthestEnd: Double { 253_402_300_799 }

    /// What a token says, if it is valid at this time, in milliseconds since 1970.
    func check(_ token: String, at wall: Int64) -> TokenAnswer {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]),
            let signature = Base64URL.decode(parts[2])
        else {
            return .invalid("This is no token: a token has three parts with dots between them.")
        }
        guard header["crit"] == nil, let algorithm = header["alg"]?.string else {
            return .invalid("The token's header asks for what this server does not know.")
        }
        let id = header["kid"]?.string
        let fitting = keys.filter {
            $0.algorithm == algorithm && (id == nil || $0.id == nil || $0.id == id)
        }
        guard !fitting.isEmpty else {
            return .invalid("This server has no key for the token's algorithm.")
        }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        guard fitting.contains(where: { $0.hasSigned(signed, signature) }) else {
            return .invalid("The token was not signed with a key of this server.")
        }
        guard let claims = Self.object(parts[1]) else {
            return .invalid("The token's claims are no JSON object.")
        }
        return Self.answer(claims, at: wall)
    }

    private static func object(_ part: Substring) -> JSONTree? {
        guard let bytes = Base64URL.decode(part), let tree = JSONTree(bytes),
            case .object = tree
        else { return nil }
        return tree
    }

    private static func answer(_ claims: JSONTree, at wall: Int64) -> TokenAnswer {
        guard let name = claims["sub"]?.string else { return .invalid("The token has no \"sub\".") }
        guard let end = claims["exp"]?.double, end > 0, end <= farthestEnd else {
            return .invalid("The token has no \"exp\": it would be valid for ever.")
        }
        let expiresAt = Int64(end * 1000)
        guard wall < expiresAt else {
            return .invalid("The token has expired: get a new one.")
        }
        if let start = claims["nbf"] {
            guard let start = start.double, start * 1000 <= Double(wall) else {
                return .invalid("The token is not valid yet.")
            }
        }
        var result = TokenClaims(
            name: name, isModerator: claims["mod"]?.isTrue ?? false, expiresAt: expiresAt)
        guard let rooms = claims["rooms"] else { return .valid(result) }
        let patterns = rooms.string.map { [$0] } ?? rooms.elements.compactMap(\.string)
        guard rooms.string != nil || patterns.count == rooms.elements.count, !patterns.isEmpty,
            patterns.count <= TokenClaims.roomLimit
        else {
            return .invalid("The token's \"rooms\" must be a list of 1 to 64 names or patterns.")
        }
        result.rooms = patterns
        return .valid(result)
    }
}

extension SecretKey {
    /// Makes a token with these claims.
    func token(_ claims: TokenClaims, at wall: Int64) -> String {
        var body = JSONText()
        body.add("sub", claims.name)
        body.add("iat", wall / 1000)
        body.add("exp", claims.expiresAt / 1000)
        if let rooms = claims.rooms { body.add("rooms", rooms) }
        if claims.isModerator { body.add("mod", true) }
        let header = Base64URL.encode(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
        let text = "\(header).\(Base64URL.encode(body.text.utf8))"
        return "\(text).\(Base64URL.encode(signature(of: Array(text.utf8))))"
    }
}
