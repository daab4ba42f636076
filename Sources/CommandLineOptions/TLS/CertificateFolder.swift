// UNSAFE: opendir(3) and readdir(3); an entry is read before the next call.
//
// The pairs of certificate and key in a folder, as ACME clients lay them out.
import Glibc
import LinuxReactor

enum CertificateFolder {
    /// The paths of the pairs, in the order of their names: NAME.crt with NAME.key, as lego has
    /// them, and NAME/fullchain.pem with NAME/privkey.pem, as certbot has them. Throws if half a
    /// pair is missing, or there is none: a folder with one mistake is not used in part.
    static func pairs(_ folder: String) throws -> [(chain: String, key: String)] {
        let names = try names(in: folder)
        var pairs: [(chain: String, key: String)] = []
        for name in names.sorted() {
            let path = "\(folder)/\(name)"
            if name.hasSuffix(".crt"), !name.hasSuffix(".issuer.crt") {
                let key = name.dropLast(4) + ".key"
                guard names.contains(String(key)) else { throw half(path, "key", String(key)) }
                pairs.append((path, "\(folder)/\(key)"))
            } else if name.hasSuffix(".key") {
                let chain = name.dropLast(4) + ".crt"
                guard names.contains(String(chain)) else {
                    throw half(path, "certificate", String(chain))
                }
            } else if TextFile.isFolder(path) {
                let parts = (chain: "\(path)/fullchain.pem", key: "\(path)/privkey.pem")
                switch (TextFile.exists(parts.chain), TextFile.exists(parts.key)) {
                case (true, true): pairs.append(parts)
                case (true, false): throw half(parts.chain, "key", "privkey.pem")
                case (false, true): throw half(parts.key, "certificate", "fullchain.pem")
                case (false, false): continue
                }
            }
        }
        guard !pairs.isEmpty else {
            throw ConfigurationError(sentences: [
                "\(folder) has no certificate: neither NAME.crt with NAME.key, nor "
                    + "NAME/fullchain.pem with NAME/privkey.pem."
            ])
        }
        return pairs
    }

    private static func half(_ path: String, _ what: String, _ missing: String) -> SystemError {
        SystemError(
            ENOENT, "use \(path)", remedy: "Its \(what), \(missing), is not beside it.")
    }

    /// The names of all files, but for hidden ones.
    private static func names(in folder: String) throws(SystemError) -> Set<String> {
        guard let entries = unsafe opendir(folder) else {
            throw SystemError(
                errno, "read the folder \(folder)",
                remedy: errno == EACCES ? "Let this user read it (chmod, chgrp)." : "")
        }
        defer { unsafe closedir(entries) }
        var names: Set<String> = []
        while let entry = unsafe readdir(entries) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.insert(name) }
        }
        return names
    }
}
