// The one line that says that a server is ready.
import Glibc
import LinuxReactor

/// Prints where a server listens, at once even when the output is a file or a pipe.
///
/// - Parameter scheme: "ws" or "http".
public func announce(_ addresses: [NetworkAddress], scheme: String) {
    for address in addresses {
        let place = address.family == .local ? "a local socket" : "\(scheme)://\(address)"
        print("Listening on \(place)")
    }
    fflush(nil)
}
