// The lines that a server prints when it is ready.
import Glibc
import LinuxReactor

/// Prints each address that a server listens on, and flushes the output, so that the lines appear
/// at once even in a file or a pipe.
///
/// - Parameter scheme: "ws" or "http".
public func announce(_ addresses: [NetworkAddress], scheme: String) {
    for address in addresses {
        let place = address.family == .local ? "a local socket" : "\(scheme)://\(address)"
        print("Listening on \(place)")
    }
    fflush(nil)
}
