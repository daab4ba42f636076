// The opening handshake: RFC 6455's own example, and each rule broken alone.

import Testing

@testable import WebSocketCore

/// The head in `text`, or its rejection.
func parseHead(_ text: String, limit: Int = 8192) -> Result<RequestHead, HandshakeRejection> {
    var parser = RequestHeadParser()
    let bytes = Array(text.utf8)
    switch parser.parse(bytes.span, limit: limit) {
    case .incomplete: return .failure(HandshakeRejection(.badRequest, reason: "incomplete"))
    case .rejected(let rejection): return .failure(rejection)
    case .complete(let count):
        return .success(RequestHead(parsing: bytes.span.extracting(first: count)))
    }
}

/// The bytes of a buffer as text.
func text(_ buffer: borrowing ByteBuffer) -> String {
    buffer.span.text
}

@Suite struct HandshakeTests {
    static let good = """
        GET /chat HTTP/1.1\r
        Host: server.example.com\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Origin: http://example.com\r
        Sec-WebSocket-Protocol: chat, superchat\r
        Sec-WebSocket-Version: 13\r
        \r

        """

    @Test func exampleOfTheRFC() throws {
        let head = try parseHead(Self.good).get()
        #expect(Handshake.isUpgrade(head))
        let accept = try Handshake.validate(head)
        #expect(accept.description == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(Handshake.acceptValue(for: "dGhlIHNhbXBsZSBub25jZQ==") == accept)
        #expect(head.subprotocols == ["chat", "superchat"])
        var output = ByteBuffer()
        Handshake.appendSwitchingProtocols(
            to: &output, accept: accept, subprotocol: "chat",
            extensions: "permessage-deflate", headers: [("X-Room", "a\r\nb: c")])
        #expect(
            text(output) == """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                Sec-WebSocket-Protocol: chat\r
                Sec-WebSocket-Extensions: permessage-deflate\r
                X-Room: a  b: c\r
                \r

                """)
    }

    @Test(arguments: [
        ("Set-Cookie", true), ("X-Room", true), ("sec-websocket-accept", false),
        ("Sec-WebSocket-Anything", false), ("Connection", false), ("UPGRADE", false),
        ("Content-Length", false), ("Transfer-Encoding", false), ("", false), ("a b", false),
        ("X-Room\r\nX", false), ("X:", false), ("Sec-WebSoc\u{212A}et-Accept", false),
    ])
    func fieldsOfApplications(name: String, mayBeAdded: Bool) {
        #expect(Handshake.mayAddField(name) == mayBeAdded)
    }

    /// A text in the good request, its replacement, and the status and a word of the answer.
    static let broken: [(Wire, Wire, UInt16, String)] = [
        ("GET /chat", "POST /chat", 405, "GET"),
        ("HTTP/1.1", "HTTP/1.0", 426, "proxy_http_version 1.1"),
        ("Host: server.example.com\r\n", "", 400, "Host field is missing"),
        ("Host: server.example.com", "Host: ", 400, "must name the server"),
        ("Host: server.example.com", "Host: a:65536", 400, "up to 65535"),
        ("Host: server.example.com", "Host: a\r\nHost: a", 400, "more than one Host"),
        ("Host: server.example.com", "Host: a, b", 400, "must be a host"),
        ("Origin:", "Content-Length: 5\r\nOrigin:", 400, "no body"),
        ("Origin:", "Transfer-Encoding: chunked\r\nOrigin:", 400, "no body"),
        ("Upgrade: websocket\r\n", "", 426, "proxy_set_header"),
        ("Upgrade: websocket", "Upgrade: h2c", 426, "proxy_set_header"),
        ("Upgrade: websocket", "Upgrade:", 426, "proxy_set_header"),
        ("Connection: Upgrade\r\n", "", 400, "Connection"),
        ("Connection: Upgrade", "Connection: keep-alive", 400, "Connection"),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400, "Key field is missing"),
        ("Origin:", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin:", 400, "more than one"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=", 400, "base64"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQAA", 400, "base64"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ!==", 400, "base64"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==, a", 400, "base64"),
        ("Version: 13", "Version: 8", 426, "13"),
        ("Version: 13", "Version: 013", 426, "13"),
        ("Sec-WebSocket-Version: 13\r\n", "", 426, "13"),
        ("Version: 13", "Version: 13\r\nSec-WebSocket-Version: 13", 400, "more than one"),
        ("chat, superchat", "chat, super chat", 400, "tokens"),
    ]

    @Test(arguments: broken)
    func brokenRule(find: Wire, replacement: Wire, status: UInt16, word: String) throws {
        let request = Self.good.split(
            separator: find.text, maxSplits: 1, omittingEmptySubsequences: false
        )
        .joined(separator: replacement.text)
        let head = try parseHead(request).get()
        do {
            _ = try Handshake.validate(head)
            Issue.record("accepted")
        } catch {
            #expect(error.status.rawValue == status)
            #expect(error.reason.contains(word), "\(error.reason)")
            if status == 405 { #expect(error.headers.contains { $0 == ("Allow", "GET") }) }
            if status == 426 {
                #expect(error.headers.contains { $0 == ("Sec-WebSocket-Version", "13") })
                #expect(error.headers.contains { $0 == ("Upgrade", "websocket") })
            }
        }
    }

    /// Spellings that the RFC allows.
    static let lenient: [(Wire, Wire)] = [
        ("Upgrade: websocket", "uPGRADE: h2c, WebSocket"),
        ("Upgrade: websocket", "Upgrade: h2c\r\nUpgrade: websocket"),
        ("Upgrade: websocket", "Upgrade:\r\nUpgrade: , websocket,"),
        (
            "Sec-WebSocket-Protocol: chat",
            "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: chat"
        ),
        ("Host: server.example.com", "Host: [2001:db8::1]:8080"),
        ("Connection: Upgrade", "connection: keep-alive , upgrade"),
        ("Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade"),
        ("Host: server.example.com", "Host:\t server.example.com \t"),
        ("GET /chat", "GET ws://server.example.com/chat"),
        ("GET /chat HTTP/1.1\r\nHost: server.example.com", "GET ws://a/ HTTP/1.1\r\nHost:"),
    ]

    @Test(arguments: lenient)
    func allowedSpelling(find: Wire, replacement: Wire) throws {
        let request = Self.good.split(
            separator: find.text, maxSplits: 1, omittingEmptySubsequences: false
        )
        .joined(separator: replacement.text)
        let head = try parseHead(request).get()
        #expect(Handshake.isUpgrade(head))
        #expect(throws: Never.self) { try Handshake.validate(head) }
    }

    @Test func plainRequestsAreNoUpgrade() throws {
        for request in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        ] {
            #expect(!Handshake.isUpgrade(try parseHead(request).get()))
        }
    }

    /// What proxies make of a handshake that do not pass it on: the key remains.
    @Test func aHandshakeWithoutItsUpgradeIsStillOne() throws {
        for request in [
            Self.good.split(separator: "HTTP/1.1").joined(separator: "HTTP/1.0"),
            Self.good.split(separator: "Upgrade: websocket\r\n").joined(),
        ] {
            let head = try parseHead(request).get()
            #expect(Handshake.isUpgrade(head))
            do {
                _ = try Handshake.validate(head)
                Issue.record("accepted")
            } catch {
                #expect(error == Handshake.upgradeRequired(head))
                #expect(error.status == .upgradeRequired)
                #expect(error.reason.contains("HTTP/1.0") == (head.minorVersion == 0))
            }
        }
    }

    @Test func rejectionAsResponse() {
        var output = ByteBuffer()
        HandshakeRejection(
            .upgradeRequired, reason: "Use 13.",
            headers: [("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket")]
        ).appendResponse(to: &output, date: "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(
            text(output) == """
                HTTP/1.1 426 Upgrade Required\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                Content-Type: text/plain; charset=utf-8\r
                Sec-WebSocket-Version: 13\r
                Upgrade: websocket\r
                X-Content-Type-Options: nosniff\r
                Cross-Origin-Resource-Policy: same-origin\r
                Content-Length: 8\r
                Connection: close, upgrade\r
                \r
                Use 13.

                """)
        // The same to HEAD, but for the body.
        output.removeAll()
        HandshakeRejection(.badRequest, reason: "No.").appendResponse(to: &output, hasBody: false)
        #expect(text(output).contains("\r\nContent-Length: 4\r\n"))
        #expect(text(output).hasSuffix("\r\nConnection: close\r\n\r\n"))
    }
}
