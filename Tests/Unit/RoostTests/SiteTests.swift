// The answers of the site: encodings, tags, caching, and names that are no longer served.
import CZlib
import TestSupport
import Testing
import WebSocketCore
import WebSocketServer

@testable import roost

@Suite struct SiteTests {
    private let site = Site()
    private var script: PageTests.File {
        get throws {
            try #require(PageTests.files.first { $0.isHashed && $0.path.hasSuffix(".js") })
        }
    }

    static func head(
        _ method: String, _ path: String, _ fields: [String] = []
    ) throws -> RequestHead {
        let text =
            "\(method) \(path) HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined()
            + "\r\n"
        var parser = RequestHeadParser()
        let bytes = Array(text.utf8)
        try #require(
            parser.parse(bytes.span, limit: 8192) == .complete(byteCount: bytes.count))
        return RequestHead(parsing: bytes.span)
    }

    private func answer(
        _ path: String, _ fields: [String] = [], method: String = "GET"
    ) throws -> HTTPResponse {
        site.answer(try Self.head(method, path, fields), isStopping: false)
    }

    /// What zlib makes of gzip.
    private func unzipped(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { inflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: 1 << 20)
        var input = bytes
        let count = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                #expect(inflate(&stream, Z_FINISH) == Z_STREAM_END)
                return target.count - Int(stream.avail_out)
            }
        }
        return Array(output[..<count])
    }

    @Test(arguments: [
        (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("x-gzip", true), ("*", true),
        ("gzip, deflate, br, zstd", true), ("br", false), ("identity", false),
        ("gzip;q=0", false), ("gzip;q=0.0", false), ("gzip; q=0.000", false),
        ("gzip;q=0, *", false), ("*;q=0", false), ("gzip;q=0.001", true), ("gzip ; q=1", true),
        ("*;q=0, gzip", true), ("identity;q=0", false), ("identity;q=0, gzip", true),
        ("gzip;q=0.5, identity;q=0.5", true), ("gzip;q=0.4, identity;q=0.5", false),
        ("gzip;q=x", false), ("gzip;q=", false), ("gzip;q=1.5", true), ("gzip;q=2", false),
        ("gzip;q=0.0001", false), ("gzip;level=9", false), ("gzipped", false), (",,gzip,,", true),
    ])
    func `Gzip is for clients that take it`(field: String?, isZipped: Bool) throws {
        let fields = field.map { ["Accept-Encoding: \($0)"] } ?? []
        let answer = try answer(script.path, fields)
        let coding = answer.headers.first { $0.0 == "Content-Encoding" }?.1
        #expect(coding == (isZipped ? "gzip" : nil))
        let body = isZipped ? unzipped(answer.body) : answer.body
        #expect(try String(decoding: body, as: UTF8.self) == script.text)
        // A cache between must not give one client the other's.
        #expect(answer.headers.contains { $0 == ("Vary", "Accept-Encoding") })
    }

    @Test func `Every file is the file, compressed or not`() throws {
        for file in PageTests.files {
            for accepts in [true, false] {
                let answer = try answer(file.path, accepts ? ["Accept-Encoding: gzip"] : [])
                let isZipped = answer.headers.contains { $0 == ("Content-Encoding", "gzip") }
                let body = isZipped ? unzipped(answer.body) : answer.body
                #expect(String(decoding: body, as: UTF8.self) == file.text, "\(file.path)")
                // A picture is compressed already.
                #expect(isZipped == accepts || file.type == "image/png", "\(file.path)")
            }
        }
    }

    @Test func `A tag is of one form, and known ones are answered with 304`() throws {
        for path in try ["/", script.path] {
            let plain = try answer(path)
            let zipped = try answer(path, ["Accept-Encoding: gzip"])
            let tags = [plain, zipped].map { $0.headers.first { $0.0 == "ETag" }?.1 ?? "" }
            #expect(Set(tags).count == 2 && tags.allSatisfy { $0.hasPrefix("\"") })
            for (known, isKnown) in [
                (tags[1], true), ("W/\(tags[1])", true), ("\"x\", \(tags[1])", true), ("*", true),
                (tags[0], false), ("\"x\"", false), (String(tags[1].dropLast()), false),
            ] {
                let again = try answer(
                    path, ["Accept-Encoding: gzip", "If-None-Match: \(known)"])
                #expect(again.status == (isKnown ? .notModified : .ok), "\(known)")
                #expect(again.body.isEmpty == isKnown)
                let kept = again.headers.filter {
                    ["ETag", "Vary", "Cache-Control"].contains($0.0)
                }
                #expect(kept.count == 3, "\(kept)")
            }
        }
    }

    @Test func `Hashed names are kept for ever, the document is asked for each time`() throws {
        for file in PageTests.files {
            let answer = try answer(file.path)
            let expected = file.isHashed ? "public, max-age=31536000, immutable" : "no-cache"
            #expect(answer.headers.first { $0.0 == "Cache-Control" }?.1 == expected, "\(file.path)")
        }
    }

    @Test(arguments: ["GET", "HEAD"])
    func `Other sites may load the client, and nothing else`(method: String) throws {
        for file in PageTests.files {
            let answer = try answer(file.path, method: method)
            let tag = answer.headers.first { $0.0 == "ETag" }?.1 ?? ""
            let again = try self.answer(file.path, ["If-None-Match: \(tag)"], method: method)
            #expect(again.status == .notModified)
            for headers in [answer.headers, again.headers] {
                let allowed = headers.filter {
                    $0 == ("Access-Control-Allow-Origin", "*")
                        || $0 == ("Cross-Origin-Resource-Policy", "cross-origin")
                }
                #expect(allowed.count == (file.path == "/roost.js" ? 2 : 0), "\(file.path)")
            }
        }
    }

    @Test(arguments: [
        "/page-0000000000000000.js", "/page.js", "/app.js", "/page-0000000000000000.css", "//",
    ])
    func `A name of another version is not found, and no cache keeps that`(path: String) throws {
        let answer = try answer(path)
        #expect(answer.status == .notFound)
        #expect(answer.headers.contains { $0 == ("Cache-Control", "no-store") })
    }

    @Test func `Only GET and HEAD are allowed`() throws {
        #expect(try answer(script.path, method: "HEAD").status == .ok)
        #expect(try answer("/?from=mail", method: "GET").status == .ok)
        for (method, status) in [
            ("POST", HTTPStatus.methodNotAllowed), ("PUT", .methodNotAllowed),
            ("DELETE", .methodNotAllowed), ("OPTIONS", .noContent), ("BREW", .notImplemented),
        ] {
            let answer = try answer("/", method: method)
            #expect(answer.status == status)
            #expect(answer.headers.contains { $0 == ("Allow", "GET, HEAD, OPTIONS") })
        }
    }

    @Test func `Every file has the headers that keep foreign content out`() throws {
        for file in PageTests.files {
            let headers = try answer(file.path).headers
            #expect(headers.contains { $0 == ("X-Content-Type-Options", "nosniff") })
            let policy = headers.first { $0.0 == "Content-Security-Policy" }?.1 ?? ""
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            let isDocument = file.type.contains("html") || file.path == "/service-worker.js"
            #expect(policy.contains("connect-src 'self'") || !isDocument)
        }
    }
}
