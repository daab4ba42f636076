// A chat server that a test runs and operates, and programs of the machine.
import Foundation
import Glibc
import Testing

/// A server with a control socket and metrics, in a temporary folder.
package final class OperatedRoost {
    package let run: Run
    package let port: UInt16
    package let folder: URL
    package let control: String

    package init(_ more: [String] = [], environment: [String: String]? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roost-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        control = folder.appendingPathComponent("control.sock").path
        run = try Run(
            command("roost", port: "0", "--control", control) + more, environment: environment)
        port = TestSupport.port(of: try #require(run.address()))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs a `roost` command against this server.
    package func shell(_ words: String..., input: String? = nil) throws -> Run {
        try Run(
            [BuildProducts.path("roost")] + words + ["--control", control], input: input)
    }

    package func ask(_ request: String) -> String {
        let client = Client(path: control)!
        client.send("\(request) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return client.response()?.body ?? "no answer"
    }
}

/// Programs of the machine that tests use where they are installed.
package enum Tools {
    package static func has(_ name: String) -> Bool {
        ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].contains {
            FileManager.default.isExecutableFile(atPath: $0 + name)
        }
    }

    /// A port that was free just now, for programs that do not report their port.
    package static func freePort() -> UInt16 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size)
                getsockname(socket, $0, &size)
            }
            return UInt16(bigEndian: $0.pointee.sin_port)
        }
    }

    /// Repeats a check until it is true, for at most 20 s.
    package static func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<400 {
            if condition() { return true }
            usleep(50_000)
        }
        return false
    }
}
