// UNSAFE: getgrnam_r(3) and getgroups(2) fill local buffers, which live until the results have been
// read; the result of getenv(3) is read at once, before any thread could change it.
import Glibc

/// The user that runs this process, and the groups of this machine.
enum SystemUser {
    /// The user that this process acts as.
    static var effective: UInt32 { geteuid() }

    /// The number of the group with this name; nil if there is none.
    static func group(named name: String) -> UInt32? {
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        let status = unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &found)
        guard status == 0, unsafe found != nil else { return nil }
        return unsafe entry.gr_gid
    }

    /// True if this process may give its files to the group.
    static func mayGive(to group: UInt32) -> Bool {
        if effective == 0 || getegid() == group { return true }
        var groups = [gid_t](repeating: 0, count: 65_536)
        let count = unsafe getgroups(Int32(groups.count), &groups)
        return groups.prefix(max(0, Int(count))).contains(group)
    }

    /// A variable of the environment; nil if it is not set or empty.
    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
