// WebSocket URLs: their parts, and the errors of invalid ones.
import Testing
import WebSocketCore

@Suite struct WebSocketURLTests {
    @Test(arguments: [
        ("ws://example.com", "example.com", 80, "/", "ws://example.com/"),
        ("ws://example.com/", "example.com", 80, "/", "ws://example.com/"),
        ("WS://example.com:8080/chat", "example.com", 8080, "/chat", "ws://example.com:8080/chat"),
        ("ws://example.com?a=b", "example.com", 80, "/?a=b", "ws://example.com/?a=b"),
        ("ws://h:9/p/q?x=%20&y=/:@", "h", 9, "/p/q?x=%20&y=/:@", "ws://h:9/p/q?x=%20&y=/:@"),
        ("ws://example.com:/x", "example.com", 80, "/x", "ws://example.com/x"),
        ("ws://example.com:80/x", "example.com", 80, "/x", "ws://example.com/x"),
        ("ws://127.0.0.1:8080", "127.0.0.1", 8080, "/", "ws://127.0.0.1:8080/"),
        ("ws://[::1]:8080/x", "::1", 8080, "/x", "ws://[::1]:8080/x"),
        ("ws://[2001:db8::1]", "2001:db8::1", 80, "/", "ws://[2001:db8::1]/"),
        ("ws://h:65535", "h", 65535, "/", "ws://h:65535/"),
        ("wss://example.com/x", "example.com", 443, "/x", "wss://example.com/x"),
        ("WSS://example.com:443", "example.com", 443, "/", "wss://example.com/"),
        ("wss://example.com:80/", "example.com", 80, "/", "wss://example.com:80/"),
        ("ws://example.com:443/", "example.com", 443, "/", "ws://example.com:443/"),
        ("wss://[::1]/x", "::1", 443, "/x", "wss://[::1]/x"),
    ])
    func `A URL is taken apart`(
        text: String, host: String, port: Int, target: String, normal: String
    ) throws {
        let url = try WebSocketURL(text)
        #expect(url.host == host)
        #expect(Int(url.port) == port)
        #expect(url.target == target)
        #expect("\(url)" == normal)
        #expect(url.isSecure == text.lowercased().hasPrefix("wss:"))
        #expect(try WebSocketURL(normal) == url)
    }

    @Test(arguments: [
        ("", WebSocketURLError.noScheme("")),
        ("example.com", .noScheme("example.com")),
        ("localhost:8080", .noScheme("localhost:8080")),
        ("ws:/example.com", .noScheme("ws:/example.com")),
        ("http://example.com", .unknownScheme("http")),
        ("https://example.com", .unknownScheme("https")),
        ("ws://example.com/#there", .fragment("ws://example.com/#there")),
        ("ws://ann:secret@example.com/", .credentials),
        ("ws://", .invalidHost("")),
        ("ws:///x", .invalidHost("")),
        ("ws://:80/", .invalidHost("")),
        ("ws://a b/", .invalidHost("a b")),
        ("ws://[::1/", .invalidHost("[::1")),
        ("ws://[::1]x/", .invalidHost("[::1]x")),
        ("ws://räume/", .invalidHost("räume")),
        ("ws://[example]/", .invalidHost("example")),
        ("ws://[1.2.3.4]/", .invalidHost("1.2.3.4")),
        ("ws://[::1::]/", .invalidHost("::1::")),
        ("ws://[fe80::1%25eth0]/", .invalidHost("fe80::1%25eth0")),
        ("ws://a%20b/", .invalidHost("a%20b")),
        ("ws://a,b/", .invalidHost("a,b")),
        // A mark that combines with a delimiter does not hide it.
        ("ws://ann:secret@\u{301}a/", .credentials),
        ("ws://h/\u{301}a", .invalidTarget("/\u{301}a")),
        ("ws://h/#\u{301}a", .fragment("ws://h/#\u{301}a")),
        ("ws://h:80\u{301}/", .invalidPort("80\u{301}")),
        ("ws://h:0/", .invalidPort("0")),
        ("ws://h:65536/", .invalidPort("65536")),
        ("ws://h:+1/", .invalidPort("+1")),
        ("ws://h:1:2/", .invalidPort("1:2")),
        ("ws://h/ä", .invalidTarget("/ä")),
        ("ws://h/a b", .invalidTarget("/a b")),
        ("ws://h/a\r\nX: y", .invalidTarget("/a\r\nX: y")),
    ])
    func `The error of an invalid URL`(text: String, error: WebSocketURLError) {
        #expect(throws: error) { try WebSocketURL(text) }
        #expect("\(error)".last == "." || "\(error)".contains(": "))
    }

    @Test func `An error does not repeat a password`() {
        #expect(!"\(WebSocketURLError.credentials)".contains("secret"))
    }
}
