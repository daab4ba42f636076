// The certificates of a running server as the doctor finds them.
import CommandLineOptions
import WebSocketServer

/// What can be found out about the certificates of a server that has answered with its status.
struct CertificateHealth {
    /// In the order in which they are printed; empty for a server without TLS.
    let findings: [Finding]

    init(status: JSONTree?) {
        let rows = status?["certificates"]?.elements ?? []
        var findings = rows.map(Self.finding)
        for row in rows { findings += Self.files(of: row) }
        let names = rows.flatMap { $0["names"]?.elements ?? [] }.compactMap(\.string)
        for host in (status?["hosts"]?.elements ?? []).compactMap(\.string)
        where !rows.isEmpty && !names.contains(where: { Self.covers($0, host) }) {
            findings.append(
                .mend(
                    "no certificate is for \(host), a name of this server (host-name, origin): "
                        + "clients that use it are warned"))
        }
        self.findings = findings
    }

    /// How long it is good, and what to do if that is short.
    private static func finding(_ row: JSONTree) -> Finding {
        let names = (row["names"]?.elements ?? []).compactMap(\.string)
        let what = "\(row["file"]?.string ?? "?") for \(names.joined(separator: ", "))"
        guard let days = row["days_left"]?.int, let end = row["last_day"]?.string else {
            return .unknown("\(what): the server does not say when it ends")
        }
        if days < 0 {
            return .mend("\(what) expired on \(end): renew it, then systemctl reload roost")
        }
        guard days >= CertificateSummary.lowDayCount else {
            return .mend(
                "\(what) ends in \(days) d, on \(end): is it renewed? Then systemctl reload roost")
        }
        let issuer = row["issuer"]?.string ?? "?"
        return .good("\(what) is good for \(days) d, until \(end), by \(issuer)")
    }

    /// The files on the disk: who may read the key, and whether they are what the server uses. A
    /// credential has no file of its own: systemd copies it.
    private static func files(of row: JSONTree) -> [Finding] {
        guard let chain = row["file"]?.string, let key = row["key_file"]?.string else { return [] }
        var findings: [Finding] = []
        if let mode = try? TextFile.permissions(key), mode & 0o007 != 0 {
            findings.append(.mend("every user of this machine may use \(key): chmod o= \(key)"))
        }
        guard let chainBytes = try? TextFile.bytes(chain), let keyBytes = try? TextFile.bytes(key)
        else {
            return findings + [.unknown("\(chain) and \(key) could not be read: ask as root")]
        }
        do {
            let tls = try TLS([
                TLS.Certificate(chain: chainBytes, privateKey: keyBytes, origin: chain)
            ])
            if tls.certificates.first?.fingerprint != row["fingerprint"]?.string {
                findings.append(
                    .mend("\(chain) is not the one in use any more: systemctl reload roost"))
            }
        } catch {
            findings.append(.mend("the next start or reload would fail: \(error)"))
        }
        return findings
    }

    /// Whether a name of a certificate is for this host (RFC 9525 §6.3).
    static func covers(_ name: String, _ host: String) -> Bool {
        let (name, host) = (name.lowercased(), host.lowercased())
        guard name.hasPrefix("*.") else { return name == host }
        guard let dot = host.firstIndex(of: "."), dot > host.startIndex else { return false }
        return name.dropFirst() == host[dot...]
    }
}
