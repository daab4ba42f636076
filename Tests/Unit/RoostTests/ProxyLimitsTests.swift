// The doctor sees proxies that hold fewer clients than the server: a made-up /proc and nginx.conf.
import Foundation
import TestSupport
import Testing

@testable import roost

@Suite struct ProxyLimitsTests {
    private struct Process {
        let name: String
        let command: String
        let softLimit: String
    }

    private func proxies(_ processes: [Process], nginx: String? = nil) throws -> [ProxyLimits] {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        func write(_ text: String, _ path: String) throws {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try write("", "proc/sys/none")
        for (index, process) in processes.enumerated() {
            let folder = "proc/\(100 + index)"
            try write(process.name + "\n", "\(folder)/comm")
            try write(process.command + "\0", "\(folder)/cmdline")
            try write(
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max open files            \(process.softLimit)                 524288      files

                """, "\(folder)/limits")
        }
        if let nginx { try write(nginx, "etc/nginx/nginx.conf") }
        return ProxyLimits.all(root: root.path + "/")
    }

    private static let debianNginx = [
        Process(name: "nginx", command: "nginx: master process /usr/sbin/nginx", softLimit: "1024"),
        Process(name: "nginx", command: "nginx: worker process", softLimit: "1024"),
        Process(name: "nginx", command: "nginx: worker process", softLimit: "1024"),
    ]

    @Test func `Debian's nginx is full at 768 clients, and the sentence says what to change`()
        throws
    {
        let found = try proxies(
            Self.debianNginx,
            nginx: "user www-data;\nevents {\n\tworker_connections 768;\n\t# multi_accept on;\n}\n")
        #expect(
            found == [
                ProxyLimits(
                    name: "nginx", workerCount: 2, descriptorLimit: 1024, connectionLimit: 768)
            ])
        let sentence = try #require(found.first).advice(wanted: 20_000)
        #expect(sentence.hasPrefix("nginx can hold 768 clients: 2 processes with "))
        #expect(sentence.contains("worker_connections 20000; in events"))
        #expect(sentence.contains("worker_rlimit_nofile 21000;"))
        // What it says is enough.
        let mended = ProxyLimits(
            name: "nginx", workerCount: 2, descriptorLimit: 21_000, connectionLimit: 20_000)
        #expect(mended.clientCount == 20_000)
        // Its advice is the doctor's, as long as it is needed.
        for (proxy, lineCount) in [(found[0], 1), (mended, 0)] {
            let diagnosis = Diagnosis(HostFacts(proxies: [proxy]), wanted: 20_000)
            #expect(diagnosis.advice.count == lineCount)
        }
    }

    @Test func `The lower of nginx's two limits binds`() throws {
        let found = try proxies(
            Self.debianNginx, nginx: "events { worker_connections 20000; }")
        #expect(found.first?.clientCount == 1024)
    }

    @Test(arguments: [
        ("events { worker_connections 768; }", 768), ("", 512),
        ("# worker_connections 4096;\nworker_connections\t1024;", 1024),
        ("worker_connections;", 512), ("\tworker_connections 40 ; # 50", 40),
    ])
    func `worker_connections are read outside comments`(text: String, count: Int) {
        #expect(ProxyLimits.workerConnections(text) == count)
    }

    @Test func `haproxy and Caddy are bound by their open files`() throws {
        let found = try proxies([
            Process(name: "haproxy", command: "/usr/sbin/haproxy -Ws", softLimit: "100"),
            Process(name: "haproxy", command: "/usr/sbin/haproxy -Ws", softLimit: "40060"),
            Process(name: "caddy", command: "/usr/bin/caddy run", softLimit: "unlimited"),
            Process(name: "bash", command: "nginx: worker process", softLimit: "1024"),
        ])
        #expect(found.map(\.name) == ["caddy", "haproxy"])
        #expect(found.last?.clientCount == 20_030)
        #expect(found.last?.advice(wanted: 100_000).contains("maxconn 100000 in global") == true)
        #expect(found.first?.clientCount == 1 << 39)
    }

    @Test func `Without proxies, or without /proc, nothing is said`() throws {
        #expect(try proxies([]) == [])
        #expect(ProxyLimits.all(root: "/nonexistent/") == [])
    }
}
