// A file of the site: its bytes, plain and compressed, and which of them a client gets.
import WebSocketServer

/// A file that browsers load. It is compressed once, when the first of them asks for it: a program
/// that takes over from another has no time for that at its start.
struct SiteFile {
    private struct Form {
        let bytes: [UInt8]
        let tag: String
    }

    private final class Forms {
        let plain: Form
        /// Nil if it would not be shorter.
        private(set) lazy var gzipped = zip()

        init(_ bytes: [UInt8]) {
            // FNV-1a is enough: it only has to tell versions apart.
            plain = Form(bytes: bytes, tag: "\"\(String(fnv1a(bytes), radix: 16))\"")
        }

        private func zip() -> Form? {
            let shorter = Gzip.compressed(plain.bytes)
            guard shorter.count < plain.bytes.count else { return nil }
            // The two forms are different bytes, so their tags differ too (RFC 9110 §8.8.3.3).
            return Form(bytes: shorter, tag: "\(plain.tag.dropLast())-gzip\"")
        }
    }

    private let type: String
    private let cacheControl: String
    private let isShared: Bool
    private let forms: Forms

    /// - Parameter isHashed: whether the file's path has a hash of its bytes. Browsers and caches
    ///   then keep it without asking again. They ask for others each time and get them only if they
    ///   have changed (304 otherwise), so a new version of the server shows its own page at once.
    /// - Parameter isShared: whether pages of other sites may load the file. It says nothing about
    ///   anybody, so any site may.
    init(type: String, bytes: [UInt8], isHashed: Bool, isShared: Bool = false) {
        self.type = type
        self.isShared = isShared
        cacheControl = isHashed ? "public, max-age=31536000, immutable" : "no-cache"
        forms = Forms(bytes)
    }

    /// The answer to a GET or HEAD of this file.
    func answer(_ head: RequestHead, headers: [(String, String)]) -> HTTPResponse {
        let zipped = forms.gzipped.flatMap { Self.prefersGzip(head) ? $0 : nil }
        let form = zipped ?? forms.plain
        var headers = headers
        headers.append(("Cache-Control", cacheControl))
        headers.append(("ETag", form.tag))
        if forms.gzipped != nil { headers.append(("Vary", "Accept-Encoding")) }
        if isShared {
            headers.append(("Access-Control-Allow-Origin", "*"))
            headers.append(("Cross-Origin-Resource-Policy", "cross-origin"))
        }
        let known = head.listMembers("If-None-Match")
        if known.contains(where: { $0 == form.tag || $0 == "W/\(form.tag)" || $0 == "*" }) {
            return HTTPResponse(.notModified, headers: headers)
        }
        headers.append(("Content-Type", type))
        if zipped != nil { headers.append(("Content-Encoding", "gzip")) }
        return HTTPResponse(.ok, headers: headers, body: form.bytes)
    }

    /// Whether the client takes gzip, and does not prefer the plain form (RFC 9110 §12.5.3).
    private static func prefersGzip(_ head: RequestHead) -> Bool {
        var (gzip, identity, others): (Int?, Int?, Int?)
        for member in head.listMembers("Accept-Encoding") {
            let parts = member.split(separator: ";")
            guard let name = parts.first?.trimmed.lowercased(),
                let weight = weight(parts.dropFirst())
            else { continue }
            switch name {
            case "gzip", "x-gzip": gzip = weight
            case "identity": identity = weight
            case "*": others = weight
            default: break
            }
        }
        // What is not named has the weight of `*`; nothing at all is said about gzip without one.
        let gzipWeight = gzip ?? others ?? 0
        return gzipWeight > 0 && gzipWeight >= identity ?? 0
    }

    /// The weight in thousandths; nil if it is malformed.
    private static func weight(_ parameters: ArraySlice<Substring>) -> Int? {
        guard let parameter = parameters.first?.trimmed.lowercased() else { return 1000 }
        guard parameter.hasPrefix("q="), parameters.count == 1 else { return nil }
        let digits = parameter.dropFirst(2).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = digits.count > 1 ? digits[1] : ""
        guard digits[0] == "0" || digits[0] == "1", fraction.utf8.count <= 3,
            fraction.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let thousandths = Int(fraction + String(repeating: "0", count: 3 - fraction.utf8.count))
        else { return nil }
        return min(1000, (digits[0] == "1" ? 1000 : 0) + thousandths)
    }
}
