// UNSAFE: reads the page's files, which are in the binary and valid as long as the process lives.
import CPage
import WebSocketServer

/// The server's answers to plain HTTP: the files of the page, /healthz and /readyz.
struct Site {
    private struct File {
        let type: String
        let bytes: [UInt8]
        let tag: String
    }

    private let files: [String: File]

    init() {
        var files: [String: File] = [:]
        for index in 0..<Int(page_file_count) {
            let file = unsafe page_files()[index]
            let bytes = unsafe Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            files[unsafe String(cString: file.path)] = unsafe File(
                type: String(cString: file.type), bytes: bytes, tag: Self.entityTag(bytes))
        }
        self.files = files
    }

    /// Answers a request at once; it never blocks.
    func answer(_ head: RequestHead, isStopping: Bool) -> HTTPResponse {
        let response: HTTPResponse
        switch head.path {
        case "/healthz": response = Self.health(isWell: true)
        case "/readyz": response = Self.health(isWell: !isStopping)
        case let path:
            guard let file = files[path] else {
                return .text(.notFound, "There is nothing here. The chat is at /.")
            }
            response = answer(with: file, head)
        }
        guard head.method == .get || head.method == .head else {
            return .notAllowed(head, allow: "GET, HEAD")
        }
        return response
    }

    /// A file of the page. Browsers ask for it each time and get it only if it has changed (304
    /// otherwise), so a new version of the server shows its own page at once.
    private func answer(with file: File, _ head: RequestHead) -> HTTPResponse {
        var headers = Self.pageHeaders
        headers.append(("ETag", file.tag))
        let known = head.listMembers("If-None-Match")
        if known.contains(where: { $0 == file.tag || $0 == "W/\(file.tag)" || $0 == "*" }) {
            return HTTPResponse(.notModified, headers: headers)
        }
        headers.append(("Content-Type", file.type))
        return HTTPResponse(.ok, headers: headers, body: file.bytes)
    }

    /// Scripts and styles only from this server, no framing, no guessing of content types.
    private static let pageHeaders = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-cache"),
    ]

    private static func health(isWell: Bool) -> HTTPResponse {
        .json(
            isWell ? .ok : .serviceUnavailable,
            Array((isWell ? #"{"status":"ok"}"# : #"{"status":"stopping"}"#).utf8))
    }

    /// An entity tag for the contents. FNV-1a is enough: it only has to tell versions apart.
    private static func entityTag(_ bytes: [UInt8]) -> String {
        "\"\(String(fnv1a(bytes), radix: 16))\""
    }
}
