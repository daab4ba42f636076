// UNSAFE: openat(2), fstat(2) and read(2) into locals and one array, within its count.
//
// The answers to a certificate authority that wants to see that a name is this server's.
import Glibc
import WebSocketServer

/// Serves the files that an ACME client (certbot, lego, acme.sh) leaves for the challenge http-01
/// (RFC 8555 §8.3): `.well-known/acme-challenge/NAME` below its folder for web pages.
struct AcmeChallenges {
    /// The folder that is the web root of that client.
    let folder: String

    private static let prefix = "/.well-known/acme-challenge/"
    /// A token has 43 characters at Let's Encrypt.
    private static let nameByteLimit = 128
    /// A token, a dot and a hash.
    static let fileByteLimit = 4096

    /// Whether a request with this path is a challenge.
    static func claims(_ path: String) -> Bool { path.hasPrefix(prefix) }

    /// The answer, read in one small piece: the file is on the local disk, and an authority asks
    /// a handful of times in two months.
    func answer(_ head: RequestHead) -> HTTPResponse {
        guard head.method == .get || head.method == .head else {
            return .notAllowed(head, allow: "GET, HEAD")
        }
        guard let name = Self.name(head.path), let bytes = read(name) else {
            return .text(.notFound, "There is no such challenge.")
        }
        return HTTPResponse(
            .ok,
            headers: [("Content-Type", "application/octet-stream"), ("Cache-Control", "no-store")],
            body: bytes)
    }

    /// The challenge's name, which is base64url and so no way out of the folder; nil for any
    /// other.
    static func name(_ path: String) -> String? {
        let name = path.dropFirst(prefix.count)
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isName && (1...nameByteLimit).contains(name.utf8.count) ? String(name) : nil
    }

    /// The file's bytes; nil if it is none, or too large. No symbolic link is followed, below the
    /// folder that the operator has named, and nothing that is opened can make the loop wait.
    private func read(_ name: String) -> [UInt8]? {
        let steps = [".well-known", "acme-challenge"]
        var place = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for step in steps where place >= 0 {
            let next = unsafe openat(
                place, step, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(place)
            place = next
        }
        guard place >= 0 else { return nil }
        defer { close(place) }
        let file = unsafe openat(place, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Self.fileByteLimit + 1)
        let count = unsafe Glibc.read(file, &bytes, bytes.count)
        guard (0...Self.fileByteLimit).contains(count) else { return nil }
        return Array(bytes[..<count])
    }
}
