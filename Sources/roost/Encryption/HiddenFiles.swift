// Credentials that root has read, kept for a program that takes over: in no memory of this process.
import LinuxReactor
import Storage

/// Files that lie in a sealed file of the kernel. A reader of this process's memory, as in the
/// dump of a crash, finds nothing of them.
struct HiddenFiles {
    private let file: SealedFile

    /// Keeps copies. Throws if there is no memory or no descriptor for them.
    init(_ files: [String: [UInt8]]) throws(ReloadFailure) {
        var parts: [[UInt8]] = []
        for (name, bytes) in files {
            var head = StateWriter()
            head.write(name)
            head.write(UInt64(bytes.count))
            // The file's own array: another copy would have to be wiped.
            parts += [head.finish(), bytes]
        }
        do throws(SystemError) { file = try SealedFile.make(parts) } catch {
            throw ReloadFailure("The files cannot be kept for the next program: \(error)")
        }
    }

    /// The files. ``SuppliedFiles/wipe(_:)`` them after their use.
    func read() -> [String: [UInt8]] {
        guard var bytes = try? file.read() else { return [:] }
        defer { bytes.wipe() }
        return Self.files(in: bytes)
    }

    private static func files(in bytes: [UInt8]) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        var reader = StateReader(bytes)
        while !reader.isAtEnd, let name = try? reader.readString(),
            let content = try? reader.readBytes()
        {
            files[name] = Array(content)
        }
        return files
    }
}
