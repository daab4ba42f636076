// The client's side of the opening handshake: RFC 6455's own example, and each rule broken alone.

import Testing

@testable import WebSocketCore

@Suite struct ClientHandshakeTests {
    /// The nonce of RFC 6455 §1.3: "the sample nonce".
    static let nonce: InlineArray<16, UInt8> = {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        for (index, byte) in "the sample nonce".utf8.enumerated() { bytes[index] = byte }
        return bytes
    }()

    static func handshake(deflate: DeflateOffer? = nil) throws -> ClientHandshake {
        try ClientHandshake(
            host: "server.example.com", target: "/chat?a=b", nonce: nonce,
            subprotocols: ["chat", "superchat"], headers: [("Origin", "http://example.com")],
            deflate: deflate)
    }

    static let good = """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        Sec-WebSocket-Protocol: chat\r
        \r

        """

    /// A reader's result for an answer that grows by these lengths; nil if it needs more.
    private func read(
        _ answer: String, growing lengths: some Sequence<Int>
    ) throws -> Result<(ClientAgreement, Int)?, ClientHandshakeError> {
        var reader = ClientHandshakeReader(try Self.handshake())
        let bytes = Array(answer.utf8)
        for length in lengths {
            do throws(ClientHandshakeError) {
                let received = Array(bytes[..<length])
                if let result = try reader.read(received.span) {
                    return .success((result.agreement, result.byteCount))
                }
            } catch {
                return .failure(error)
            }
        }
        return .success(nil)
    }

    @Test func exampleOfTheRFC() throws {
        var output = ByteBuffer()
        try Self.handshake().appendRequest(to: &output)
        #expect(
            text(output) == """
                GET /chat?a=b HTTP/1.1\r
                Host: server.example.com\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Protocol: chat, superchat\r
                Origin: http://example.com\r
                \r

                """)
        let count = Self.good.utf8.count
        for lengths in [[count], Array(0...count)] {
            let answer = try #require(try read(Self.good, growing: lengths).get())
            #expect(answer.0.subprotocol == "chat" && answer.0.deflate == nil)
            #expect(answer.1 == count)
        }
    }

    /// A text in the good answer, its replacement, and the resulting error.
    static let broken: [(Wire, Wire, ClientHandshakeError)] = [
        ("HTTP/1.1", "HTTP/1.0", .oldVersion),
        ("Upgrade: websocket\r\n", "", .missingField("Upgrade")),
        (
            "Upgrade: websocket\r\n", "Upgrade: websocket\r\nUpgrade: h2c\r\n",
            .wrongField("Upgrade", value: "websocket, h2c")
        ),
        ("Upgrade: websocket", "Upgrade: ,", .wrongField("Upgrade", value: ",")),
        ("Upgrade: websocket", "Upgrade: h2c", .wrongField("Upgrade", value: "h2c")),
        (
            "Upgrade: websocket", "Upgrade: websocket, h2c",
            .wrongField("Upgrade", value: "websocket, h2c")
        ),
        ("Connection: Upgrade\r\n", "", .missingField("Connection")),
        (
            "Connection: Upgrade", "Connection: keep-alive, close",
            .wrongField("Connection", value: "keep-alive, close")
        ),
        (
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "",
            .missingField("Sec-WebSocket-Accept")
        ),
        (
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "dGhlIHNhbXBsZSBub25jZQ==",
            .wrongField("Sec-WebSocket-Accept", value: "dGhlIHNhbXBsZSBub25jZQ==")
        ),
        (
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "S3PPLMBITXAQ9KYGZZHZRBK+XOO=",
            .wrongField("Sec-WebSocket-Accept", value: "S3PPLMBITXAQ9KYGZZHZRBK+XOO=")
        ),
        ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "", .wrongField("Sec-WebSocket-Accept", value: "")),
        (
            "Sec-WebSocket-Accept:", "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Accept:",
            .repeatedField("Sec-WebSocket-Accept")
        ),
        (": chat", ": other", .unexpectedSubprotocol("other")),
        (": chat", ": Chat", .unexpectedSubprotocol("Chat")),
        (": chat", ": chat, superchat", .unexpectedSubprotocol("chat, superchat")),
        (": chat", ":", .unexpectedSubprotocol("")),
        (
            ": chat", ": chat\r\nSec-WebSocket-Protocol: chat",
            .repeatedField("Sec-WebSocket-Protocol")
        ),
        (
            ": chat", ": chat\r\nSec-WebSocket-Extensions: permessage-deflate",
            .unexpectedExtension("permessage-deflate")
        ),
        (
            ": chat", ": chat\r\nSec-WebSocket-Extensions: foo; bar",
            .unexpectedExtension("foo")
        ),
        (": chat", ": chat\r\nSec-WebSocket-Extensions: a b", .malformedExtensions("a b")),
        (
            ": chat", ": chat\r\nSec-WebSocket-Extensions: a\r\nSec-WebSocket-Extensions: b",
            .repeatedField("Sec-WebSocket-Extensions")
        ),
    ]

    @Test(arguments: broken)
    func refused(original: Wire, replacement: Wire, error: ClientHandshakeError) throws {
        #expect(Self.good.contains(original.text))
        let answer = Self.good.replacing(original.text, with: replacement.text, maxReplacements: 1)
        for lengths in [[answer.utf8.count], Array(0...answer.utf8.count)] {
            let outcome = try read(answer, growing: lengths)
            guard case .failure(let thrown) = outcome else {
                Issue.record("accepted")
                continue
            }
            #expect(thrown == error)
        }
        #expect(!"\(error)".isEmpty)
    }

    /// Replacements that are still valid.
    static let tolerated: [(Wire, Wire)] = [
        ("Upgrade: websocket", "upgrade:WebSocket"),
        ("Upgrade: websocket", "Upgrade:\r\nUpgrade: websocket"),
        ("Upgrade: websocket", "Upgrade: websocket\r\nUpgrade: WebSocket"),
        ("Connection: Upgrade", "connection: keep-alive, UPGRADE"),
        ("Connection: Upgrade", "Connection: keep-alive\r\nConnection: upgrade"),
        ("Switching Protocols", ""),
        ("Sec-WebSocket-Protocol: chat\r\n", ""),
        (": chat", ": superchat"),
        (": chat", ": chat\r\nServer: x\r\nSec-WebSocket-Version: 13"),
        (": chat", ": chat\r\nSec-WebSocket-Extensions:"),
    ]

    @Test(arguments: tolerated)
    func accepted(original: Wire, replacement: Wire) throws {
        #expect(Self.good.contains(original.text))
        let answer = Self.good.replacing(original.text, with: replacement.text, maxReplacements: 1)
        let result = try read(answer, growing: [answer.utf8.count]).get()
        #expect(result?.1 == answer.utf8.count)
    }

    /// Invalid hosts, targets, subprotocols and fields of a request.
    @Test func requestsThatCannotBe() {
        func error(
            host: String = "a", target: String = "/", subprotocols: [String] = [],
            headers: [(String, String)] = []
        ) -> ClientHandshakeError? {
            do throws(ClientHandshakeError) {
                _ = try ClientHandshake(
                    host: host, target: target, nonce: Self.nonce, subprotocols: subprotocols,
                    headers: headers)
                return nil
            } catch {
                return error
            }
        }
        for host in ["a", "a:80", "[::1]:8080", "xn--zrich-kva.example", "a:", "a_b:65535"] {
            #expect(error(host: host) == nil)
        }
        for host in [
            "", "a b", "a/b", "a\r\nX: y", "a,b", "zürich", "u@h", "a?b", "a#b", ":80", "a:65536",
            "a:b", "::1", "[::1", "[a]", "[::1]b", "a%2",
        ] {
            #expect(error(host: host) == .invalidHost(host))
        }
        for target in ["", "a", "*", "http://a/", "/a b", "/a\r\n", "/é", "/a#b", "?a"] {
            #expect(error(target: target) == .invalidTarget(target))
        }
        #expect(error(target: "/%20?a=b|c") == nil)
        for name in ["", "a b", "a,b", "a\r\n"] {
            #expect(error(subprotocols: ["x", name]) == .invalidSubprotocol(name))
        }
        #expect(error(subprotocols: ["a", "b", "a"]) == .invalidSubprotocol("a"))
        #expect(error(subprotocols: ["a", "A"]) == nil, "subprotocols are case-sensitive")
        for name in ["", "a b", "Host", "hOST", "Sec-WebSocket-Key", "Content-Length"] {
            #expect(error(headers: [("Origin", "x"), (name, "y")]) == .invalidHeader(name))
        }
        #expect(error(headers: [("Cookie", "a\r\nb: c")]) == nil)
    }
}
