// A folder with certificates for a test.
import Foundation
import WebSocketServer

/// A temporary folder, removed with the test.
final class CertificateFiles {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "certificates-\(UUID().uuidString.prefix(8))")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Writes a new certificate for a name, and its key; only the parts that are named.
    @discardableResult
    func make(
        _ name: String, chain: String?, key: String?, days: Int = 90
    ) throws -> TLS.Certificate {
        let made = try TLS.selfSigned(names: [name], validity: .seconds(days * 86_400))
        if let chain { try write(chain, made.chain) }
        if let key { try write(key, made.privateKey) }
        return made
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: file.path)
    }
}
