// UNSAFE: sessions of libssl that a client may resume. Invariants: a ResumableSession owns one
// reference to its session, and nobody changes a session while it is kept here.

import CSSL
import Synchronization

/// Sessions that a client's connections have left, by the server's name and port.
///
/// A ticket of TLS 1.3 is for one connection: a client that used it twice could be recognised by it
/// (RFC 8446 §C.4). A connection brings one ticket or more, so that the next can resume.
package final class ResumableSessions: Sendable {
    /// For how many servers sessions are kept. The server that is unused for the longest makes
    /// room.
    package static let serverLimit = 64
    /// How many sessions are kept for one server, the newest. As many connections may come and go
    /// together, and each of them finds a session.
    package static let sessionLimit = 256

    private struct Server {
        var key: String
        var sessions: [ResumableSession]
    }

    /// The servers, in the order of their last use.
    private let servers = Mutex<[Server]>([])

    /// How many sessions there are.
    package var count: Int { servers.withLock { $0.reduce(0) { $0 + $1.sessions.count } } }
    /// For how many servers.
    package var serverCount: Int { servers.withLock { $0.count } }

    /// Keeps a session, of which the caller gives up its reference.
    func add(_ session: OpaquePointer, for key: String) {
        let session = unsafe ResumableSession(owning: session)
        servers.withLock { servers in
            var server = Server(key: key, sessions: [])
            if let index = servers.firstIndex(where: { $0.key == key }) {
                server = servers.remove(at: index)
            }
            server.sessions.append(session)
            if server.sessions.count > Self.sessionLimit { server.sessions.removeFirst() }
            servers.append(server)
            if servers.count > Self.serverLimit { servers.removeFirst() }
        }
    }

    /// Lets a connection offer a session to the server, if there is one.
    func offer(_ key: String, by ssl: OpaquePointer) {
        let session: ResumableSession? = servers.withLock { servers in
            guard let index = servers.firstIndex(where: { $0.key == key }) else { return nil }
            var server = servers.remove(at: index)
            let session = server.sessions.last
            if session?.isForOnce == true { server.sessions.removeLast() }
            if !server.sessions.isEmpty { servers.append(server) }
            return session
        }
        unsafe session?.offer(by: ssl)
    }
}

/// A session that has one reference, and is never changed.
@safe
private final class ResumableSession: @unchecked Sendable {
    private let session: OpaquePointer

    init(owning session: OpaquePointer) { unsafe self.session = session }

    deinit { unsafe SSL_SESSION_free(session) }

    /// Whether it may be used once. A session of TLS 1.2 says in the clear who resumes it, each
    /// time, and a server need not renew it.
    var isForOnce: Bool { unsafe SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION }

    /// The connection gets a copy: libssl marks a session when a connection with it has failed, and
    /// when it has brought another.
    func offer(by ssl: OpaquePointer) {
        guard let copy = unsafe SSL_SESSION_dup(session) else { return }
        unsafe SSL_set_session(ssl, copy)
        unsafe SSL_SESSION_free(copy)
    }
}
