// What a generator checks of a server that speaks TLS.
import Foundation
import WebSocketServer

/// Which certificates are taken.
enum Trust: Codable, Sendable, Equatable {
    /// Those of the authorities that the system trusts.
    case system
    /// Those of the authorities in this file, in PEM.
    case authorities(String)
    /// All of them.
    case everybody

    /// The settings of all connections of a generator. Throws with a sentence if a file cannot be
    /// read, or has no certificates. If `resumes` is true a connection resumes the TLS session of
    /// an earlier one.
    func settings(resumes: Bool = false) throws -> ClientTLS {
        switch self {
        case .system: return try ClientTLS(resumes: resumes)
        case .everybody: return try ClientTLS(verifies: false, resumes: resumes)
        case .authorities(let path):
            let pem = try Data(contentsOf: URL(fileURLWithPath: path))
            return try ClientTLS(authorities: [UInt8](pem), resumes: resumes)
        }
    }
}
