// The file with the keys of `--auth jwt`: public keys in PEM, or a set of keys in JSON (RFC 7517).
import ArgumentParser
import CommandLineOptions
import Glibc

enum TokenKeySet {
    /// Keys beyond this number are one too many: each may be tried.
    static var limit: Int { 32 }

    /// Reads the file. Throws a sentence for the person at the terminal.
    static func read(_ path: String) throws -> [TokenKey] {
        let bytes = try TextFile.bytes(path)
        let keys = try keys(in: String(decoding: bytes, as: UTF8.self), path)
        let hasSecret = keys.contains { if case .secret = $0.material { true } else { false } }
        let isOpen = try TextFile.permissions(path) & 0o007 != 0
        guard !hasSecret || !isOpen else {
            throw ValidationError(
                "\(path) is open to every user of this machine, and there is a secret in it. Run: "
                    + "chmod o= \(path), and make a new key if others may have seen it.")
        }
        return keys
    }

    static func keys(in text: String, _ path: String) throws -> [TokenKey] {
        let keys: [TokenKey]
        if text.trimmed.first == "{" {
            guard let tree = JSONTree(text) else {
                throw ValidationError("\(path) is no JSON.")
            }
            let list = tree["keys"].map { $0.elements } ?? [tree]
            keys = list.compactMap(key)
        } else {
            keys = try pemKeys(text, path)
        }
        guard (1...limit).contains(keys.count) else {
            throw ValidationError(
                """
                \(path) has \(keys.count) keys that this server knows, of 1 to \(limit): public \
                keys in PEM, or a JSON Web Key Set, for RS256 (2,048 bits or more), ES256, EdDSA \
                (Ed25519) or HS256.
                """)
        }
        return keys
    }

    // MARK: PEM (RFC 7468)

    private static func pemKeys(_ text: String, _ path: String) throws -> [TokenKey] {
        guard !text.contains("PRIVATE KEY-----") else {
            throw ValidationError(
                "\(path) has a private key, which no server must know. Give it the public one: "
                    + "openssl pkey -in \(path) -pubout")
        }
        var keys: [TokenKey] = []
        var body: String?
        for line in text.split(whereSeparator: \.isNewline).map({ String($0).trimmed }) {
            switch line {
            case "-----BEGIN PUBLIC KEY-----": body = ""
            case "-----END PUBLIC KEY-----":
                if let key = body.flatMap(base64).flatMap({ PublicKey(der: $0) }) {
                    keys.append(TokenKey(material: .publicKey(key)))
                }
                body = nil
            default: body?.append(line)
            }
        }
        return keys
    }

    /// Plain base64: as base64url but for two characters and the padding.
    private static func base64(_ text: String) -> [UInt8]? {
        let end = text.suffix(2).count { $0 == "=" }
        return Base64URL.decode(
            String(
                text.dropLast(end).map {
                    switch $0 {
                    case "+": "-"
                    case "/": "_"
                    // These are not of this alphabet.
                    case "-", "_": "="
                    default: $0
                    }
                }))
    }

    // MARK: JSON (RFC 7517, 7518 §6, 8037 §2)

    /// The key in an object; nil if it is for something else, or of a kind that is not known.
    private static func key(_ object: JSONTree) -> TokenKey? {
        guard object["use"] == nil || object["use"]?.string == "sig",
            let material = material(object)
        else { return nil }
        let key = TokenKey(id: object["kid"]?.string, material: material)
        guard object["alg"] == nil || object["alg"]?.string == key.algorithm else { return nil }
        return key
    }

    private static func material(_ object: JSONTree) -> TokenKey.Material? {
        func bytes(_ name: String) -> [UInt8]? { object[name]?.string.flatMap(Base64URL.decode) }
        let der: [UInt8]
        switch object["kty"]?.string {
        case "oct": return bytes("k").flatMap { SecretKey($0) }.map { .secret($0) }
        case "RSA":
            guard let modulus = bytes("n"), let exponent = bytes("e") else { return nil }
            der = DER.rsaKey(modulus: modulus, exponent: exponent)
        case "EC":
            guard object["crv"]?.string == "P-256", let x = bytes("x"), let y = bytes("y"),
                x.count == 32, y.count == 32
            else { return nil }
            der = DER.p256Key(x: x, y: y)
        case "OKP":
            guard object["crv"]?.string == "Ed25519", let x = bytes("x"), x.count == 32 else {
                return nil
            }
            der = DER.ed25519Key(x)
        default: return nil
        }
        return PublicKey(der: der).map { .publicKey($0) }
    }
}
