// Local sockets over the real kernel: their files, and the credentials of the peer.
import Foundation
import Glibc
import Testing

@testable import LinuxReactor

@Suite struct LocalSocketTests {
    /// A temporary folder, and a path in it.
    private func temporaryPath() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appendingPathComponent("c.sock").path
    }

    private func mode(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32])
    func `The file has the requested permissions, and is removed`(mode: UInt32) throws {
        let path = try temporaryPath()
        defer { rmdir((path as NSString).deletingLastPathComponent) }
        var kernel = LinuxKernel()
        let (socket, address) = try kernel.listen(
            on: .unix(path: path, mode: mode, group: getegid()), backlog: 4, reusePort: false)
        #expect(address.family == .local)
        #expect(self.mode(path) == mode)
        let listener = Listener(descriptor: socket, address: address, path: path)
        listener.close(&kernel)
        #expect(self.mode(path) == nil)
    }

    @Test func `The kernel reports the credentials of the peer`() throws {
        let path = try temporaryPath()
        var kernel = LinuxKernel()
        let (listener, address) = try kernel.listen(
            on: .unix(path: path), backlog: 4, reusePort: false)
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(connectUnix(client, path) == 0)
        guard case .accepted(let peer, let peerAddress) = kernel.accept(on: listener) else {
            Issue.record("nobody was accepted")
            return
        }
        #expect(peerAddress.family == .local)
        let found = kernel.peerCredentials(of: peer)
        let credentials = try #require(found)
        #expect(credentials.process == getpid())
        #expect(credentials.user == geteuid() && credentials.group == getegid())
        var groups = [gid_t](repeating: 0, count: 1024)
        let count = getgroups(1024, &groups)
        #expect(Set(credentials.groups) == Set(groups.prefix(Int(count))))
        #expect(credentials.isMember(of: getegid()))
        #expect(!credentials.isMember(of: 4_000_000_000))
        Glibc.close(client)
        kernel.close(peer)
        Listener(descriptor: listener, address: address, path: path).close(&kernel)
    }

    @Test func `A TCP connection has no credentials`() throws {
        var kernel = LinuxKernel()
        let (listener, _) = try kernel.listen(
            on: .tcp(host: "127.0.0.1", port: 0), backlog: 1, reusePort: false)
        let credentials = kernel.peerCredentials(of: listener)
        #expect(credentials == nil)
        kernel.close(listener)
    }

    @Test func `A socket without a listener is replaced`() throws {
        let path = try temporaryPath()
        var kernel = LinuxKernel()
        let (first, _) = try kernel.listen(on: .unix(path: path), backlog: 1, reusePort: false)
        kernel.close(first)
        #expect(mode(path) == 0o660, "a killed server leaves its file behind")
        let (second, address) = try kernel.listen(
            on: .unix(path: path), backlog: 1, reusePort: false)
        Listener(descriptor: second, address: address, path: path).close(&kernel)
    }

    @Test func `A socket in use is left alone, and so is every other file`() throws {
        let path = try temporaryPath()
        var kernel = LinuxKernel()
        let (first, address) = try kernel.listen(
            on: .unix(path: path), backlog: 1, reusePort: false)
        #expect(failure(path).contains("Another server listens there"))
        Listener(descriptor: first, address: address, path: path).close(&kernel)
        try "mine".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(failure(path).contains("not a socket"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        unlink(path)
    }

    @Test func `A socket that cannot be made has an error with the reason`() {
        #expect(failure("/no/such/folder/c.sock").contains("Make the folder /no/such/folder"))
        #expect(failure("/tmp/" + String(repeating: "x", count: 200)).contains("107 bytes"))
        #expect(failure("/proc/c.sock").contains("Cannot listen on /proc/c.sock: "))
    }

    private func failure(_ path: String) -> String {
        var kernel = LinuxKernel()
        do {
            let (socket, _) = try kernel.listen(
                on: .unix(path: path), backlog: 1, reusePort: false)
            kernel.close(socket)
            return "no failure"
        } catch {
            return "\(error)"
        }
    }

    private func connectUnix(_ socket: Int32, _ path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafeBytes(of: &address) {
            connect(
                socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count))
        }
    }
}
