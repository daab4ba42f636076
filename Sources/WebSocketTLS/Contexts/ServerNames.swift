// Which of a server's certificates a client gets, by the host that it names.

/// The numbers of a server's certificates by host name (SNI, RFC 6066 §3).
struct ServerNames {
    /// By a name in lower case; "*.example.org" for all names one part longer than "example.org".
    private var numbers: [String: Int] = [:]

    /// Adds the names of a certificate. Returns a name that another certificate has already, with
    /// the number of that.
    mutating func add(_ names: [String], number: Int) -> (name: String, number: Int)? {
        for name in names {
            if let other = numbers[name], other != number { return (name, other) }
            numbers[name] = number
        }
        return nil
    }

    /// The number of the certificate for a host; nil if there is none. An exact name goes before a
    /// name with an asterisk, which stands for one part (RFC 6125 §6.4.3).
    func number(for host: String) -> Int? {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        if let exact = numbers[host] { return exact }
        guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return nil }
        return numbers["*" + host[dot...]]
    }
}
