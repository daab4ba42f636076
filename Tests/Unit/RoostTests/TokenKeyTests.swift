// Public keys: the examples of RFC 7515 and RFC 8037, sets of keys, and what must not be confused.
import ChatRooms
import Testing

@testable import roost

@Suite struct TokenKeyTests {
    private static let now: Int64 = 1_795_381_500_000
    private static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        + "cnVlfQ"

    /// RFC 7515 A.2.
    private static let rsa = #"""
        {"kty":"RSA","kid":"r","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmf\#
        HQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9w\#
        Gzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4u\#
        DZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9g\#
        b54h4FRWyuXpoQ","e":"AQAB"}
        """#
    private static let rsaSignature =
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W"
        + "2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS"
        + "jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv"
        + "Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    /// RFC 7515 A.3.
    private static let p256 = #"""
        {"kty":"EC","kid":"e","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\#
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
        """#
    private static let p256Signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    /// RFC 8037 A.2 and A.4.
    private static let ed25519 = #"""
        {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        """#
    private static let ed25519Signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

    /// A key as JSON, its algorithm, and a text that it has signed, with the signature.
    static let examples = [
        (rsa, "RS256", "eyJhbGciOiJSUzI1NiJ9." + payload, rsaSignature),
        (p256, "ES256", "eyJhbGciOiJFUzI1NiJ9." + payload, p256Signature),
        (
            ed25519, "EdDSA", "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
            ed25519Signature
        ),
    ]

    @Test(arguments: examples)
    func `The RFCs' examples are signed as they say`(
        _ json: String, _ algorithm: String, _ text: String, _ signature: String
    ) throws {
        let key = try #require(TokenKeySet.keys(in: json, "F").first)
        #expect(key.algorithm == algorithm)
        let signature = try #require(Base64URL.decode(signature))
        #expect(key.hasSigned(Array(text.utf8), signature))
        #expect(!key.hasSigned(Array((text + "A").utf8), signature))
        for index in stride(from: 0, to: signature.count, by: 7) {
            var wrong = signature
            wrong[index] ^= 1
            #expect(!key.hasSigned(Array(text.utf8), wrong))
        }
        for wrong in [[], signature.dropLast(), signature + [0]] {
            #expect(!key.hasSigned(Array(text.utf8), Array(wrong)))
        }
    }

    /// Made with openssl genpkey and openssl pkeyutl, over "a token".
    @Test func `A key in PEM is read, among other lines`() throws {
        let text = """
            # of the site
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
            -----END PUBLIC KEY-----
            """
        for lines in [text, text.replacing("\n", with: "\r\n"), text + "\n" + text] {
            let keys = try TokenKeySet.keys(in: lines, "F")
            #expect(keys.allSatisfy { $0.algorithm == "EdDSA" } && (1...2).contains(keys.count))
            let example = Self.examples[2]
            #expect(keys[0].hasSigned(Array(example.2.utf8), Base64URL.decode(example.3)!))
        }
    }

    @Test(arguments: [
        "", "{}", #"{"keys":[]}"#, #"{"keys":7}"#, "{", #"{"kty":"oct","k":"AAAA"}"#,
        #"{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}"#,
        #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
            + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"}"#,
        #"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, #"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\n"
            + "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n",
    ])
    func `A file without a key that can be used is refused`(_ text: String) {
        #expect(throws: (any Error).self) { _ = try TokenKeySet.keys(in: text, "F") }
    }

    @Test func `Of a set, keys for something else are left out`() throws {
        let others = [
            #"{"kty":"oct","use":"enc","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"}"#,
            #"{"kty":"oct","alg":"HS512","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"}"#,
            #"{"kty":"new"}"#, "7",
        ]
        let json = "{\"keys\":[\((others + [Self.rsa, Self.p256]).joined(separator: ","))]}"
        let keys = try TokenKeySet.keys(in: json, "F")
        #expect(keys.map(\.algorithm) == ["RS256", "ES256"] && keys.map(\.id) == ["r", "e"])
    }

    /// RFC 8725 §2.1: the public key, which everybody has, taken for a secret.
    @Test func `No token is signed with what is public`() throws {
        let keys = try Self.examples.map { try TokenKeySet.keys(in: $0.0, "F")[0] }
        let verifier = TokenVerifier(keys: keys)
        let claims = Base64URL.encode(#"{"sub":"mod","exp":1795381501,"mod":true}"#.utf8)
        let publicTexts = Self.examples.map(\.0) + [Self.rsaSignature]
        for algorithm in ["HS256", "none", "RS256", "ES256", "EdDSA"] {
            let header = Base64URL.encode(#"{"alg":"\#(algorithm)"}"#.utf8)
            for text in publicTexts {
                let key = try #require(SecretKey(Array(text.utf8)))
                let signature = key.signature(of: Array("\(header).\(claims)".utf8))
                for end in [Base64URL.encode(signature), ""] {
                    let token = "\(header).\(claims).\(end)"
                    guard case .valid = verifier.check(token, at: Self.now) else { continue }
                    Issue.record("A forged token is valid: \(algorithm)")
                }
            }
        }
    }

    @Test func `A token may name its key`() throws {
        let secrets = [UInt8(1), 2].map { SecretKey(Array(repeating: $0, count: 32))! }
        let verifier = TokenVerifier(keys: [
            TokenKey(id: "old", material: .secret(secrets[0])),
            TokenKey(id: "new", material: .secret(secrets[1])),
        ])
        for (id, key, isValid) in [
            (nil, 0, true), (nil, 1, true), ("old", 0, true), ("new", 0, false), ("none", 1, false),
        ] {
            let name = id.map { #","kid":"\#($0)""# } ?? ""
            let text =
                Base64URL.encode("{\"alg\":\"HS256\"\(name)}".utf8) + "."
                + Base64URL.encode(#"{"sub":"ann","exp":1795381501}"#.utf8)
            let token = text + "." + Base64URL.encode(secrets[key].signature(of: Array(text.utf8)))
            var found = false
            if case .valid = verifier.check(token, at: Self.now) { found = true }
            #expect(found == isValid, "\(id ?? "no kid") \(key)")
        }
    }
}
