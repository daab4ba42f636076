// Behind Debian's nginx and haproxy: the client's address counts, not the proxy's.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct RealProxyTests {
    /// Upgrades through the proxy as `client`: 101 and the close code that follows, if any.
    private func close(_ port: UInt16, _ client: String, field: String) -> (Client, UInt16?) {
        let connection = Client(port: port)
        let response = connection.upgrade(path: "/chat", fields: ["\(field): \(client)"])
        #expect(response?.head.hasPrefix("HTTP/1.1 101 ") == true, "\(response?.head ?? "nothing")")
        // An admitted client logs in and gets its welcome; a refused client gets a Close at once.
        connection.sendText(#"{"type":"login","user":"u\#(Int.random(in: 1...1_000_000_000))"}"#)
        guard let frame = connection.frame(), frame.opcode == 8 else { return (connection, nil) }
        return (connection, UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]))
    }

    private func expectLimits(_ port: UInt16, field: String) {
        let (first, firstClose) = close(port, "203.0.113.7", field: field)
        let (_, second) = close(port, "203.0.113.7", field: field)
        let (other, otherClose) = close(port, "203.0.113.8", field: field)
        #expect(firstClose == nil && second == 1013 && otherClose == nil)
        withExtendedLifetime((first, other)) {}
    }

    // They are killed at the end: a test's threads block signals, and so do their children.

    @Test(.enabled(if: Tools.has("nginx"), "there is no nginx here"))
    func `nginx, with X-Forwarded-For`() throws {
        let roost = try OperatedRoost(["--trusted-proxy", "127.0.0.0/8", "--per-address", "1"])
        let port = Tools.freePort()
        let folder = roost.folder.path
        let file = roost.folder.appendingPathComponent("nginx.conf")
        try """
        daemon off; master_process off; pid \(folder)/nginx.pid; error_log stderr;
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p;
          fastcgi_temp_path \(folder)/f; uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
          server {
            listen 127.0.0.1:\(port);
            location / {
              proxy_pass http://127.0.0.1:\(roost.port);
              proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection "upgrade";
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Host $http_host;
            }
          }
        }
        """.write(to: file, atomically: false, encoding: .utf8)
        let nginx = try Run(["nginx", "-c", file.path, "-p", folder])
        #expect(Tools.eventually { Client(connectingTo: port) != nil })
        expectLimits(port, field: "X-Forwarded-For")
        // The Origin is the host that the client asked nginx for, which nginx does not pass on as
        // Host.
        let page = Client(port: port).upgrade(path: "/chat", fields: ["Origin: http://localhost"])
        #expect(page?.head.hasPrefix("HTTP/1.1 101 ") == true)
        let foreign = Client(port: port).upgrade(path: "/chat", fields: ["Origin: http://evil"])
        #expect(foreign?.head.hasPrefix("HTTP/1.1 403 ") == true)
        _ = nginx.stop(SIGKILL)
    }

    @Test(
        .enabled(if: Tools.has("haproxy"), "there is no haproxy here"),
        arguments: ["send-proxy", "send-proxy-v2"])
    func `haproxy, with the PROXY protocol`(sending: String) throws {
        let roost = try OperatedRoost(["--proxy-protocol", "--per-address", "1"])
        let port = Tools.freePort()
        let file = roost.folder.appendingPathComponent("haproxy.cfg")
        try """
        defaults
          mode http
          timeout connect 5s
          timeout client 30s
          timeout server 30s
        listen front
          bind 127.0.0.1:\(port)
          http-request set-src req.hdr(X-Client)
          server roost 127.0.0.1:\(roost.port) \(sending)

        """.write(to: file, atomically: false, encoding: .utf8)
        let haproxy = try Run(["haproxy", "-db", "-f", file.path])
        #expect(Tools.eventually { Client(connectingTo: port) != nil })
        expectLimits(port, field: "X-Client")
        _ = haproxy.stop(SIGKILL)
        // Without a proxy no client is served there.
        let plain = Client(port: roost.port).upgrade()
        #expect(plain?.head.hasPrefix("HTTP/1.1 400 ") == true)
    }
}
