// Where systemd has taken the credentials of a service from.
import CommandLineOptions
import Glibc
import LinuxReactor

/// Reads the files behind LoadCredential= of a unit. systemd copies them when it starts the
/// service; in a reload this program, run by root, reads them anew for the server. Their paths come
/// from systemd alone: a server that named them could have root read any file.
struct UnitCredentials {
    let run: ServiceUnits.Runner

    private static let manager = "org.freedesktop.systemd1"

    /// The name and path of each credential for TLS that the unit loads from a file.
    func sources(of unit: String) -> [(name: String, path: String)] {
        let place = ask([
            "call", Self.manager, "/org/freedesktop/systemd1", "\(Self.manager).Manager", "GetUnit",
            "s", unit,
        ])
        guard let place = place?.elements.first?.string else { return [] }
        let list = ask([
            "get-property", Self.manager, place, "\(Self.manager).Service", "LoadCredential",
        ])
        return (list?.elements ?? []).compactMap { entry in
            guard entry.elements.count == 2, let name = entry.elements[0].string,
                let path = entry.elements[1].string, path.hasPrefix("/"),
                TLSFiles.credentialNames.contains(name)
            else { return nil }
            return (name, path)
        }
    }

    /// The credentials' bytes, by their names. A file that is not there is left out, as systemd
    /// starts the service without it. Throws if one cannot be read.
    func read(of unit: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for (name, path) in sources(of: unit) where TextFile.exists(path) {
            try TextFile.requireRegular(path)
            files[name] = try TextFile.bytes(path)
        }
        guard files.values.reduce(0, { $0 + $1.count }) <= SuppliedFiles.byteLimit else {
            throw ControlError(
                sentence: """
                    The files of LoadCredential= have more than \(SuppliedFiles.byteLimit / 1024) \
                    KiB together: restart the service to use them.
                    """)
        }
        return files
    }

    /// The `data` of what busctl(1) answers. systemctl(1) shows no credentials before systemd 255.
    private func ask(_ words: [String]) -> JSONTree? {
        let answer = run(["busctl", "--json=short"] + words)
        return answer.isSuccess ? JSONTree(answer.output)?["data"] : nil
    }
}
