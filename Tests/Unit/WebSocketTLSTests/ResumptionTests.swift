// Clients of ours that resume the sessions of earlier connections: when, and what is kept for it.

import CSSL
import Storage
import Testing

@testable import WebSocketTLS

@Suite("Resumption")
struct ResumptionTests {
    private func client(
        _ change: (inout TLSClientSettings) -> Void = { _ in }
    ) throws -> TLSContext {
        var settings = TLSClientSettings()
        settings.authorities = Certificate.localhost.chain
        settings.resumes = true
        change(&settings)
        return try TLSContext(client: settings)
    }

    private func server(
        keys: UInt8, version: TLSVersion = .v12, _ certificate: Certificate = .localhost
    ) throws -> TLSServerContexts {
        var settings = TLSServerSettings()
        settings.ticketKeys = [UInt8](repeating: keys, count: 80)
        settings.minimumVersion = version
        return try TLSServerContexts([certificate.certified], settings)
    }

    /// A connection that says a word and is answered; nil if the handshake failed. Says whether
    /// the client, and so the server, has resumed.
    private func talk(
        _ context: TLSContext, _ contexts: TLSServerContexts, name: String = "localhost",
        port: UInt16 = 443
    ) throws -> Bool? {
        var client = TLSSession(context, serverName: name, port: port)
        var server = TLSSession(contexts)
        var ciphers = RecordCiphers()
        var toServer = ByteBuffer()
        var toClient = ByteBuffer()
        var asked = ByteBuffer()
        var answered = ByteBuffer()
        client.start(into: &toServer)
        func exchange() {
            while !toServer.isEmpty || !toClient.isEmpty {
                var bytes = ByteBuffer()
                swap(&bytes, &toServer)
                server.receive(bytes.span, plaintext: &asked, output: &toClient, &ciphers)
                var answers = ByteBuffer()
                swap(&answers, &toClient)
                client.receive(answers.span, plaintext: &answered, output: &toServer, &ciphers)
            }
        }
        exchange()
        let (isClient, isServer) = (client.isEstablished, server.isEstablished)
        guard isClient, isServer else { return nil }
        try client.send([1, 2, 3].span, into: &toServer, &ciphers)
        exchange()
        try server.send(asked.span, into: &toClient, &ciphers)
        exchange()
        #expect([UInt8](copying: answered.span) == [1, 2, 3])
        let (ours, theirs) = (client.hasResumed, server.takeSummary()?.isResumed)
        #expect(ours == theirs)
        return ours
    }

    @Test("A connection resumes what the one before has left, again and again")
    func again() throws {
        let (client, server) = (try client(), try server(keys: 1))
        #expect(try talk(client, server) == false)
        for _ in 0..<10 { #expect(try talk(client, server) == true) }
        #expect(try #require(client.resumable).serverCount == 1)
    }

    @Test("Nothing is kept unless that is asked for, and our layer goes on then")
    func notAsked() throws {
        let client = try client { $0.resumes = false }
        let server = try server(keys: 1)
        for _ in 0..<2 { #expect(try talk(client, server) == false) }
        #expect(client.resumable == nil && !client.keepsLibssl)
    }

    @Test("A server that did not give the ticket shakes hands in full, and no harm is done")
    func wrongServer() throws {
        let client = try client()
        let (one, other) = (try server(keys: 1), try server(keys: 2))
        #expect(try talk(client, one) == false)
        #expect(try talk(client, other) == false)
        #expect(try talk(client, other) == true)
        // The first server's tickets were used, or are older than the other's.
        for _ in 0..<3 { #expect(try talk(client, other) == true) }
    }

    @Test("A ticket of another name or port is not offered, and vouches for nobody")
    func otherName() throws {
        let certificate = Certificate(names: "DNS:localhost,DNS:other.example")
        let client = try client { $0.authorities = certificate.chain }
        let server = try server(keys: 1, certificate)
        #expect(try talk(client, server) == false)
        #expect(try talk(client, server, port: 8443) == false)
        #expect(try talk(client, server, name: "other.example") == false)
        // The certificate is not for this name: the ticket must not help.
        #expect(try talk(client, server, name: "wrong.example") == nil)
        #expect(try talk(client, server, port: 8443) == true)
        #expect(try #require(client.resumable).serverCount == 3)
    }

    @Test("A ticket of TLS 1.3 is used once")
    func once() throws {
        let (client, server) = (try client(), try server(keys: 1, version: .v13))
        #expect(try talk(client, server) == false)
        let sessions = try #require(client.resumable)
        let count = sessions.count
        // These never get an answer.
        for number in 1...count {
            var output = ByteBuffer()
            var session = TLSSession(client, serverName: "localhost")
            session.start(into: &output)
            #expect(sessions.count == count - number)
        }
        #expect(sessions.serverCount == 0)
        #expect(try talk(client, server) == false)
    }

    @Test("The newest sessions of a server are kept")
    func sessionBound() {
        let sessions = ResumableSessions()
        for _ in 0..<ResumableSessions.sessionLimit + 10 {
            sessions.add(SSL_SESSION_new(), for: "one")
        }
        #expect(sessions.count == ResumableSessions.sessionLimit)
        sessions.add(SSL_SESSION_new(), for: "two")
        #expect(sessions.count == ResumableSessions.sessionLimit + 1)
    }

    @Test("Sessions are kept of the servers that were used last")
    func serverBound() throws {
        let (client, server) = (try client(), try server(keys: 1))
        let sessions = try #require(client.resumable)
        for number in 0..<ResumableSessions.serverLimit + 10 {
            #expect(try talk(client, server, port: UInt16(1000 + number)) == false)
        }
        #expect(sessions.serverCount == ResumableSessions.serverLimit)
        // The oldest have made room.
        #expect(try talk(client, server, port: 1000) == false)
        #expect(try talk(client, server, port: UInt16(1000 + 40)) == true)
    }
}
