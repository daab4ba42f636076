// A certificate for all servers of one table, so that they do the same work.
import Foundation
import WebSocketServer

/// A certificate for 127.0.0.1 that has signed itself (ECDSA, P-256), and its key, in files of a
/// folder that only we can read, which goes with this object.
final class CertificateFiles {
    let certificate: String
    let privateKey: String
    private let folder: URL

    init() throws {
        let made = try TLS.selfSigned(names: ["localhost", "127.0.0.1"])
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("bench-certificate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let files = ["certificate.pem", "key.pem"].map(folder.appendingPathComponent)
        (certificate, privateKey) = (files[0].path, files[1].path)
        try Data(made.chain).write(to: files[0])
        try Data(made.privateKey).write(to: files[1])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
