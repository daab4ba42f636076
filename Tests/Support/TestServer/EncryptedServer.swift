// A server that speaks TLS: long answers and requests, and the names of certificates.
import Foundation
import WebSocketServer

/// `GET /bytes/N` is answered with N bytes that depend on their positions, `POST` with the text,
/// anything else with the name in the client's certificate. An upgrade's answer has it as a field.
struct EncryptedHandler: HTTPHandler {
    private static let block = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 / 251 ^ $0) }

    private static func name(of request: borrowing HTTPRequest) -> String {
        request.certificateName ?? "nobody"
    }

    mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply {
        UpgradeReply(headers: [("X-Name", Self.name(of: request))])
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        var answer = HTTPResponse.text(.ok, Self.name(of: request))
        if request.head.method == .post {
            answer.body = Array(request.text.utf8)
        } else if request.head.path.hasPrefix("/bytes/"),
            let count = Int(request.head.path.dropFirst("/bytes/".count))
        {
            answer.body.removeAll()
            while answer.body.count < count {
                answer.body += Self.block.prefix(count - answer.body.count)
            }
        }
        io.respond(to: request.id, with: answer)
    }

    func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) { io.send(message, to: id) }

    /// Serves with this certificate and key; clients are asked for certificates of `authorities`.
    static func run(chain: String, key: String, authorities: String?) throws {
        func read(_ path: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        var options = TLS.Options()
        options.clientAuthorities = try authorities.map(read)
        options.requiresClientCertificate = false
        var configuration = ServerConfiguration(host: "127.0.0.1", port: 0)
        configuration.limits.bodyByteCount = 32 << 20
        configuration.limits.outboxByteCount = 64 << 20
        configuration.limits.ownOutputByteCount = 64 << 20
        configuration.stopSignals = [.terminate]
        configuration.tls = try TLS(
            certificateChain: read(chain), privateKey: read(key), options: options)
        let server = try Server(EncryptedHandler(), configuration)
        print("Listening on wss://\(server.addresses[0])")
        fflush(nil)
        server.run()
    }
}
