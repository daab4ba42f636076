// UNSAFE: stat(2) reads a path that outlives the call.
//
// Whether the file from which this process was started is another one by now.
import Glibc
import LinuxReactor

/// The file at the path of this process's program: an upgrade puts another one there.
enum InstalledProgram {
    private struct Identity: Equatable {
        let device: UInt
        let inode: UInt
        let byteCount: Int
        let seconds: Int
        let nanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { return nil }
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            byteCount = Int(status.st_size)
            seconds = Int(status.st_mtim.tv_sec)
            nanoseconds = Int(status.st_mtim.tv_nsec)
        }
    }

    static var path: String? { LinuxKernel.executablePath }

    /// Whether another file is there than the running program's. False if none is.
    static var isOther: Bool {
        guard let path, let installed = Identity(path), let running = Identity("/proc/self/exe")
        else { return false }
        return installed != running
    }
}
