// UNSAFE: reads the page's files, which are in the binary and valid as long as the process lives.
import CPage
import WebSocketServer

/// The server's answers to plain HTTP: the files of the page, /healthz and /readyz.
struct Site {
    private let files: [String: SiteFile]
    /// The paths of documents and workers: their policy is the page's.
    private let documents: Set<String>
    private let headers: [(String, String)]

    init() {
        var files: [String: SiteFile] = [:]
        var documents: Set = ["/service-worker.js"]
        for index in 0..<Int(page_file_count) {
            let file = unsafe page_files()[index]
            let bytes = unsafe Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            let (path, type) = unsafe (String(cString: file.path), String(cString: file.type))
            files[path] = unsafe SiteFile(
                type: type, bytes: bytes, isHashed: file.is_hashed != 0,
                isShared: file.is_shared != 0)
            if type.hasPrefix("text/html") || type == "image/svg+xml" { documents.insert(path) }
        }
        self.files = files
        self.documents = documents
        headers = unsafe Self.headers(
            scripts: String(cString: page_script_hashes()),
            styles: String(cString: page_style_hashes()))
    }

    /// Answers a request at once; it never blocks.
    func answer(
        _ head: RequestHead, isStopping: Bool, isCutOff: Bool = false
    ) -> HTTPResponse {
        let response: HTTPResponse
        switch head.path {
        case "/healthz": response = Self.health("ok")
        case "/readyz":
            response = Self.health(isStopping ? "stopping" : isCutOff ? "no Redis" : "ok")
        case let path:
            guard let file = files[path] else { return Self.notFound }
            let headers = documents.contains(path) ? headers : Self.partHeaders
            response = file.answer(head, headers: headers)
        }
        guard head.method == .get || head.method == .head else {
            return .notAllowed(head, allow: "GET, HEAD")
        }
        return response
    }

    /// What a document loads has the document's policy, whatever is said here: this is for somebody
    /// who opens it by itself.
    private static let partHeaders = [
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
    ]

    /// Scripts and styles only from this server or by their hashes, no framing, no guessing of
    /// content types.
    private static func headers(scripts: String, styles: String) -> [(String, String)] {
        [
            (
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self' \(scripts); style-src 'self' \(styles); "
                    + "img-src 'self'; connect-src 'self'; worker-src 'self'; "
                    + "manifest-src 'self'; base-uri 'none'; form-action 'none'; "
                    + "frame-ancestors 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
        ]
    }

    /// A page that was loaded before an upgrade may ask for parts by their old names: no cache may
    /// keep that answer, and the page loads itself anew (boot.js).
    private static var notFound: HTTPResponse {
        var response = HTTPResponse.text(.notFound, "There is nothing here. The chat is at /.")
        response.headers.append(("Cache-Control", "no-store"))
        return response
    }

    private static func health(_ status: String) -> HTTPResponse {
        .json(
            status == "ok" ? .ok : .serviceUnavailable, Array("{\"status\":\"\(status)\"}".utf8))
    }
}
