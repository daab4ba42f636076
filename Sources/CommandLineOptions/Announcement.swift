// The lines that a server prints when it is ready.
import Glibc
import LinuxReactor
import WebSocketServer

/// Prints each address that a server listens on for clients, and flushes the output, so that the
/// lines appear at once even in a file or a pipe. Of a certificate that the program has made itself
/// it prints the fingerprint, for people to compare.
///
/// - Parameters:
///   - listeners: all listeners of the server.
///   - scheme: "ws" or "http"; an "s" is added for TLS.
///   - tls: the certificates; nil without TLS.
public func announce(_ listeners: [Listener], scheme: String, _ tls: TLS? = nil) {
    for listener in listeners where listener.kind.servesClients {
        let scheme = listener.kind == .tls ? scheme + "s" : scheme
        let isLocal = listener.address.family == .local
        print("Listening on \(isLocal ? "a local socket" : "\(scheme)://\(listener.address)")")
    }
    for listener in listeners where listener.kind == .redirect {
        print("From http://\(listener.address) to https")
    }
    for certificate in tls?.certificates ?? [] where certificate.origin == "self-signed" {
        print("Nobody has signed its certificate, so browsers warn. Its SHA-256 fingerprint is")
        print(certificate.fingerprint)
    }
    fflush(nil)
}
