// UNSAFE: open(2), write(2) and fsync(2) with a string and an array, within its count.
//
// The file with the secret of `--auth token`, and how it is made.
import ArgumentParser
import CommandLineOptions
import Glibc
import LinuxReactor

enum TokenKeyFile {
    /// Reads the secret. Throws a sentence for the person at the terminal.
    static func secret(_ path: String) throws -> SecretKey {
        let bytes = try TextFile.bytes(path)
        guard try TextFile.permissions(path) & 0o007 == 0 else {
            throw ValidationError(
                "\(path) is open to every user of this machine, and the key in it is secret. Run: "
                    + "chmod o= \(path), and make a new key if others may have seen it.")
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        guard let key = Base64URL.decode(text).flatMap({ SecretKey($0) }) else {
            throw ValidationError(
                "\(path) has no key: it is one line of base64url, for 32 bytes or more. Make one "
                    + "with: roost token --new-key \(path)")
        }
        return key
    }

    /// Makes a file with a new secret, for its owner alone. Throws if there is a file already.
    static func make(_ path: String) throws {
        let text = Array((Base64URL.encode(SecretKey.random().bytes) + "\n").utf8)
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError(errno, "make \(path)") }
        defer { close(file) }
        guard unsafe write(file, text, text.count) == text.count, fsync(file) == 0 else {
            throw SystemError(errno, "write \(path)")
        }
    }
}
