// The properties of a request head.

import Testing

@testable import WebSocketCore

@Suite struct RequestHeadFieldsTests {
    private func head(_ target: String, _ fields: Wire = "", version: String = "1.1") throws
        -> RequestHead
    {
        try parseHead("GET \(target) HTTP/\(version)\r\n\(fields.text)\r\n").get()
    }

    /// Target, path, query, decoded path.
    static let targets: [(String, String, String?, String?)] = [
        ("/", "/", nil, "/"),
        ("/a/b", "/a/b", nil, "/a/b"),
        ("/a?", "/a", "", "/a"),
        ("/a?b=c?d", "/a", "b=c?d", "/a"),
        ("/caf%C3%A9%20", "/caf%C3%A9%20", nil, "/café "),
        ("/%00", "/%00", nil, nil),
        ("/%FF", "/%FF", nil, nil),
        // The normal form: unreserved characters, upper case, no dot segments.
        ("/%61/%62", "/a/b", nil, "/a/b"),
        ("/a%2fb", "/a%2Fb", nil, "/a/b"),
        ("/%2F%2e", "/%2F.", nil, "//."),
        ("/%7Eann/%2D%5f", "/~ann/-_", nil, "/~ann/-_"),
        ("/%2541", "/%2541", nil, "/%41"),
        ("/%c3%a9", "/%C3%A9", nil, "/é"),
        ("/./a/.//b/.", "/a//b/", nil, "/a//b/"),
        ("/x/../a/b", "/a/b", nil, "/a/b"),
        ("/../../a/%2e%2E/..", "/", nil, "/"),
        ("/a/b/..", "/a/", nil, "/a/"),
        ("/.a/..b/...", "/.a/..b/...", nil, "/.a/..b/..."),
        ("/a?b=/../%61", "/a", "b=/../%61", "/a"),
        ("/a+b", "/a+b", nil, "/a+b"),
        ("http://host", "/", nil, "/"),
        ("http://host/", "/", nil, "/"),
        ("http://host?q", "/", "q", "/"),
        ("HTTP://host:80/p?q", "/p", "q", "/p"),
        ("http://host/%61/./b", "/a/b", nil, "/a/b"),
    ]

    @Test(arguments: targets)
    func target(target: String, path: String, query: String?, decoded: String?) throws {
        let head = try head(target)
        #expect(head.target == target)
        #expect(head.path == path)
        #expect(head.query == query)
        #expect(head.decodedPath == decoded)
        #expect(head.pathIs("/") == (path == "/"))
        #expect(head.pathIs("/a/b") == (path == "/a/b"))
    }

    @Test func queryItems() throws {
        let head = try head("/x?a=1&b=two+words&c&=d&a=2&caf%C3%A9=%26&bad=%zz&e=f=g")
        #expect(head.queryItem("a") == "1")
        #expect(head.queryItem("b") == "two words")
        #expect(head.queryItem("c") == "")
        #expect(head.queryItem("") == "d")
        #expect(head.queryItem("café") == "&")
        #expect(head.queryItem("bad") == nil)
        #expect(head.queryItem("e") == "f=g")
        #expect(head.queryItem("A") == nil)
        #expect(try self.head("/x").queryItem("a") == nil)
        #expect(try self.head("/a=1?").queryItem("a") == nil)
    }

    @Test func methods() throws {
        let methods: [(String, HTTPMethod)] = [
            ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
            ("OPTIONS", .options), ("PATCH", .patch), ("TRACE", .trace),
            ("get", .other), ("BREW", .other),
        ]
        for (name, method) in methods {
            let head = try parseHead("\(name) / HTTP/1.1\r\n\r\n").get()
            #expect(head.method == method && head.methodName == name)
        }
    }

    @Test func fields() throws {
        let head = try head("/", "Host:  a \t\r\nAccept: x\r\nEmpty:\r\naccept:y , z,,\r\n")
        #expect(head.fieldCount == 4)
        #expect(head.field(at: 0) == ("Host", "a"))
        #expect(head.header("hOST") == "a")
        #expect(head.header("Empty") == "")
        #expect(head.header("Missing") == nil)
        #expect(head.header("ACCEPT") == "x, y , z,,")
        #expect(head.headerValues("Accept") == ["x", "y , z,,"])
        #expect(head.listMembers("Accept") == ["x", "y", "z"])
        #expect(head.count(of: "Accept") == 2)
        #expect(head.list("Accept", contains: "Z"))
        #expect(!head.list("Accept", contains: "x, y"))
        let name = "AcCept"
        #expect(head.header(name) == "x, y , z,,")
        #expect(head.headerValues(name + "s") == [])
    }

    @Test func manyFieldsKeepTheirOrder() throws {
        let fields = (0..<100).map { "F\($0): \($0 * $0)\r\n" }.joined()
        let head = try head("/", Wire(stringLiteral: fields))
        #expect(head.fieldCount == 100)
        for index in 0..<100 { #expect(head.header("F\(index)") == "\(index * index)") }
    }

    /// Version, fields, whether the connection is kept.
    static let persistence: [(String, Wire, Bool)] = [
        ("1.1", "", true),
        ("1.1", "Connection: close\r\n", false),
        ("1.1", "Connection: keep-alive, Close\r\n", false),
        ("1.0", "", false),
        ("1.0", "Connection: Keep-Alive\r\n", true),
        ("1.0", "Connection: keep-alive\r\nConnection: close\r\n", false),
    ]

    @Test(arguments: persistence)
    func keepsAlive(version: String, fields: Wire, keepsAlive: Bool) throws {
        #expect(try head("/", fields, version: version).keepsAlive == keepsAlive)
    }

    /// Version, fields, and the framing or the status of the refusal.
    static let framings: [(String, Wire, BodyFraming?, UInt16)] = [
        ("1.1", "", BodyFraming.none, 0),
        ("1.1", "Content-Length: 0\r\n", BodyFraming.none, 0),
        ("1.1", "content-length: 42\r\n", .contentLength(42), 0),
        ("1.1", "Content-Length: 042\r\n", .contentLength(42), 0),
        ("1.1", "Content-Length: 42\r\nContent-Length: 42\r\n", nil, 400),
        ("1.1", "Content-Length: 42\r\nContent-Length: 43\r\n", nil, 400),
        ("1.1", "Content-Length: 42, 42\r\n", nil, 400),
        ("1.1", "Content-Length: -1\r\n", nil, 400),
        ("1.1", "Content-Length: +1\r\n", nil, 400),
        ("1.1", "Content-Length: 0x10\r\n", nil, 400),
        ("1.1", "Content-Length:\r\n", nil, 400),
        ("1.1", "Content-Length: 9999999999999999999\r\n", nil, 400),
        ("1.1", "Transfer-Encoding: Chunked\r\n", .chunked, 0),
        ("1.1", "Transfer-Encoding: gzip, chunked\r\n", nil, 501),
        ("1.1", "Transfer-Encoding: identity\r\n", nil, 501),
        ("1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", nil, 501),
        ("1.1", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", nil, 400),
        ("1.0", "Transfer-Encoding: chunked\r\n", nil, 400),
    ]

    @Test(arguments: framings)
    func framing(version: String, fields: Wire, framing: BodyFraming?, status: UInt16) throws {
        let head = try head("/", fields, version: version)
        do {
            #expect(try head.bodyFraming() == framing)
        } catch {
            #expect(framing == nil && error.status.rawValue == status)
        }
    }

    /// Version, fields, whether the Host field is valid.
    static let hosts: [(String, Wire, Bool)] = [
        ("1.1", "Host: example.com\r\n", true),
        ("1.1", "Host: [::1]:8080\r\n", true),
        ("1.1", "Host: my_service.local.:65535\r\n", true),
        ("1.1", "Host: a:\r\n", true),
        ("1.1", "", false),
        ("1.1", "Host:\r\n", true),
        ("1.1", "Host: \t \r\n", true),
        ("1.1", "Host:\r\nHost:\r\n", false),
        ("1.1", "Host: :80\r\n", false),
        ("1.1", "Host: a:65536\r\n", false),
        ("1.1", "Host: a:b\r\n", false),
        ("1.1", "Host: ::1\r\n", false),
        ("1.1", "Host: [::1\r\n", false),
        ("1.1", "Host: [a]\r\n", false),
        ("1.1", "Host: [fe80::1%25eth0]\r\n", false),
        ("1.1", "Host: a%zz\r\n", false),
        ("1.1", "Host: räume\r\n", false),
        ("1.0", "Host: a:65536\r\n", false),
        ("1.1", "Host: a\r\nHost: a\r\n", false),
        ("1.1", "Host: a b\r\n", false),
        ("1.1", "Host: a, b\r\n", false),
        ("1.1", "Host: user@a\r\n", false),
        ("1.1", "Host: a/b\r\n", false),
        ("1.0", "", true),
        ("1.0", "Host: a\r\nHost: b\r\n", false),
    ]

    @Test(arguments: hosts)
    func host(version: String, fields: Wire, isGood: Bool) throws {
        let head = try head("/", fields, version: version)
        do {
            try head.checkHost()
            #expect(isGood)
        } catch {
            #expect(!isGood && error.status == .badRequest)
        }
    }

    /// Target, fields, and the host that counts.
    static let authorities: [(String, Wire, String)] = [
        ("/", "Host: a:80\r\n", "a:80"),
        ("/", "Host: \r\n", ""),
        ("/", "", ""),
        ("ws://b:81/", "Host: a:80\r\n", "b:81"),
        ("ws://b:81", "Host:\r\n", "b:81"),
        ("https://[::1]?q", "", "[::1]"),
        ("/ws://b/", "Host: a\r\n", "a"),
    ]

    @Test(arguments: authorities)
    func anAbsoluteTargetDecidesTheHost(target: String, fields: Wire, authority: String) throws {
        #expect(try head(target, fields).authority == authority)
    }

    /// Every byte, percent-encoded in both cases: the path is the same as that of the plain byte if
    /// RFC 3986 §2.3 lists it, and stays encoded if not.
    @Test func normalFormOfEveryByte() throws {
        let unreserved = Set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        for byte in UInt8.min...UInt8.max {
            let digits = String(byte, radix: 16, uppercase: true)
            let code = "%" + String(repeating: "0", count: 2 - digits.count) + digits
            let normal = unreserved.contains(byte) ? String(UnicodeScalar(byte)) : code
            for sent in ["/x\(code)", "/x\(code.lowercased())"] {
                let head = try head(sent)
                #expect(head.path == "/x\(normal)")
                // What is normal stays as it is.
                #expect(try self.head(head.path).path == head.path)
            }
        }
    }

    @Test func expectsContinue() throws {
        #expect(try head("/", "Expect: 100-continue\r\n").expectsContinue)
        #expect(try !head("/", "Expect: 100-continue\r\n", version: "1.0").expectsContinue)
        #expect(try !head("/").expectsContinue)
    }
}
