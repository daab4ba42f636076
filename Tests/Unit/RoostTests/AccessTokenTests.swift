// Tokens: the example of RFC 7515, tokens of our own, and everything that must be refused.
import ChatRooms
import Testing

@testable import roost

@Suite struct AccessTokenTests {
    private static let now: Int64 = 1_795_381_500_000
    private static let secret = SecretKey(Array(0..<40))!
    private let verifier = TokenVerifier(keys: [TokenKey(material: .secret(Self.secret))])

    /// A token with these parts, signed with the secret.
    private static func token(
        _ claims: String, header: String = #"{"alg":"HS256"}"#, by key: SecretKey = secret
    ) -> String {
        let text = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return text + "." + Base64URL.encode(key.signature(of: Array(text.utf8)))
    }

    private func claims(_ token: String) -> TokenClaims? {
        if case .valid(let claims) = verifier.check(token, at: Self.now) { claims } else { nil }
    }

    private func fault(_ token: String) -> String? {
        if case .invalid(let text) = verifier.check(token, at: Self.now) { text } else { nil }
    }

    @Test func `The example of RFC 7515 A.1 is signed as it says`() throws {
        let key = try #require(
            SecretKey(
                Base64URL.decode(
                    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwj"
                        + "AzZr1Z9CAow")!))
        let text =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODA"
            + "sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let signature = try #require(
            Base64URL.decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        #expect(key.signature(of: Array(text.utf8)) == signature)
        #expect(key.hasSigned(Array(text.utf8), signature))
        for index in signature.indices {
            var wrong = signature
            wrong[index] ^= 1
            #expect(!key.hasSigned(Array(text.utf8), wrong))
        }
        #expect(!key.hasSigned(Array(text.utf8), signature.dropLast()))
    }

    @Test func `A token says what it was made with`() {
        for rooms in [nil, ["team-*", "Küche"]] {
            for isModerator in [false, true] {
                let made = TokenClaims(
                    name: "Ann \"é\"", rooms: rooms, isModerator: isModerator,
                    expiresAt: Self.now + 60_000)
                #expect(claims(Self.secret.token(made, at: Self.now)) == made)
            }
        }
    }

    @Test(arguments: [
        (#"{"sub":"ann","exp":1795381501}"#, true), (#"{"sub":"ann","exp":1795381500}"#, false),
        (#"{"sub":"ann","exp":1795381500.5}"#, true), (#"{"sub":"ann"}"#, false),
        (#"{"sub":"ann","exp":"1795381501"}"#, false), (#"{"exp":1795381501}"#, false),
        (#"{"sub":7,"exp":1795381501}"#, false), (#"{"sub":"ann","exp":1e300}"#, false),
        (#"{"sub":"ann","exp":-1}"#, false), (#"["ann"]"#, false), ("ann", false),
        (#"{"sub":"ann","exp":1795381501,"nbf":1795381500}"#, true),
        (#"{"sub":"ann","exp":1795381501,"nbf":1795381501}"#, false),
        (#"{"sub":"ann","exp":1795381501,"nbf":"x"}"#, false),
        (#"{"sub":"ann","exp":1795381501,"rooms":"lobby"}"#, true),
        (#"{"sub":"ann","exp":1795381501,"rooms":[]}"#, false),
        (#"{"sub":"ann","exp":1795381501,"rooms":["a",7]}"#, false),
        (#"{"sub":"ann","exp":1795381501,"rooms":{}}"#, false),
    ])
    func `Claims that cannot be meant are refused`(_ text: String, _ isValid: Bool) {
        #expect((claims(Self.token(text)) != nil) == isValid)
    }

    private static let good = #"{"sub":"ann","exp":1795381501}"#

    @Test(arguments: [
        #"{"alg":"none"}"#, #"{"alg":"None"}"#, #"{"alg":""}"#, #"{}"#, #"{"alg":7}"#,
        #"{"alg":"HS512"}"#, #"{"alg":"hs256"}"#, #"{"alg":"RS256"}"#, #"{"alg":"ES256"}"#,
        #"{"alg":"HS256","crit":["exp"]}"#, #"["HS256"]"#,
    ])
    func `A header that asks for anything else is refused`(_ header: String) {
        #expect(claims(Self.token(Self.good)) != nil)
        #expect(claims(Self.token(Self.good, header: header)) == nil)
        // Nor without a signature.
        let text = Base64URL.encode(header.utf8) + "." + Base64URL.encode(Self.good.utf8)
        for end in ["", ".", ".AA"] { #expect(claims(text + end) == nil) }
    }

    @Test func `A token of another key, or a changed one, is refused`() {
        let token = Self.token(Self.good)
        let other = SecretKey(Array(1...40))!
        #expect(fault(Self.token(Self.good, by: other))?.contains("not signed") == true)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var bytes = Array(token.utf8)
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let old = bytes[place]
            bytes[place] = UInt8.random(in: 0x21...0x7E, using: &random)
            guard bytes[place] != old else { continue }
            #expect(claims(String(decoding: bytes, as: UTF8.self)) == nil)
        }
        for wrong in ["", "a.b.c", "..", token + ".", token + "=", " " + token, token + "\n"] {
            #expect(claims(wrong) == nil)
        }
    }

    @Test func `base64url has one form`() {
        var random = SystemRandomNumberGenerator()
        for count in 0..<70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text) == bytes)
        }
        for wrong in ["A", "AB", "AAB", "AA==", "A+", "A/", "A ", "AAAAA"] {
            #expect(Base64URL.decode(wrong) == nil, "\(wrong)")
        }
        #expect(Base64URL.decode("AA") == [0] && Base64URL.decode("_-8") == [0xFF, 0xEF])
    }

    @Test func `A secret that could be found is none`() {
        #expect(SecretKey(Array(repeating: 1, count: 31)) == nil)
        #expect(SecretKey.random() != SecretKey.random())
    }
}
