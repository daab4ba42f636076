// Prometheus reads the metrics; the alerts, the dashboard and the example for its configuration fit
// them.
import Foundation
import Glibc
import TestSupport
import Testing

@testable import WebSocketServer

@Suite struct MonitoringTests {
    private static let folder = BuildProducts.packageRoot.appendingPathComponent("deploy")
    private static let rules = folder.appendingPathComponent("prometheus/roost.rules.yml")
    private static let dashboard = folder.appendingPathComponent("grafana/roost.json")

    /// The metrics of a server that one client has visited, and of one with TLS.
    private func metrics() throws -> String {
        let roost = try OperatedRoost()
        let client = Client(port: roost.port)
        _ = client.upgrade(path: "/chat")
        client.sendFrame(8, [0x03, 0xE8])
        _ = client.rest()
        let encrypted = try OperatedRoost(["--tls-self-signed"])
        return roost.ask("GET /metrics") + encrypted.ask("GET /metrics")
    }

    @Test(
        .enabled(if: Tools.has("promtool"), "there is no promtool here"),
        arguments: [
            "check config deploy/prometheus/prometheus.yml",
            "test rules Tests/Support/prometheus/roost.rules.test.yml",
        ])
    func `promtool finds nothing wrong with the example, and each alert fires when it should`(
        command: String
    ) throws {
        let root = BuildProducts.packageRoot
        let words = command.split(separator: " ").map(String.init)
        let file = root.appendingPathComponent(words[2]).path
        let check = try Run(["promtool"] + words.prefix(2) + [file]).end()
        #expect(check.status == 0, "\(check.output)\(check.errors)")
    }

    @Test func `Metrics and labels of the alerts and the dashboard exist`() throws {
        let text = try metrics()
        let causes = Set(CloseCause.counterNames)
        for file in [Self.rules, Self.dashboard] {
            let words = try String(contentsOf: file, encoding: .utf8).replacing("\\\"", with: "\"")
            let names = words.matches(of: /\b(roost|process)_[a-z_]+/).map { String($0.0) }
            #expect(names.count > 10)
            for name in Set(names) {
                // A name as a whole, with its labels or its value behind it.
                #expect(
                    text.contains("\n\(name) ") || text.contains("\n\(name){"),
                    "\(name) of \(file.lastPathComponent)")
            }
            for match in words.matches(of: /\b(reason|result|way|cause)=~?"([a-z_|]+)"/) {
                for value in match.2.split(separator: "|") {
                    #expect(
                        match.1 == "cause"
                            ? causes.contains(String(value))
                            : text.contains("\(match.1)=\"\(value)\""), "\(match.0)")
                }
            }
        }
    }

    @Test func `Every alert is tested, and says what to do`() throws {
        let rules = try String(contentsOf: Self.rules, encoding: .utf8)
        let tests = try String(
            contentsOf: BuildProducts.packageRoot.appendingPathComponent(
                "Tests/Support/prometheus/roost.rules.test.yml"), encoding: .utf8)
        let alerts = rules.components(separatedBy: "- alert: ").dropFirst()
        #expect(alerts.count > 10)
        for alert in alerts {
            let name = alert.prefix { $0.isLetter }
            for field in ["severity: ", "summary: ", "description: "] {
                #expect(alert.contains(field), "\(name)")
            }
            let mentions = try Regex("alertname[:=] ?\"?\(name)\\b")
            #expect(tests.firstMatch(of: mentions) != nil, "\(name)")
        }
    }

    private struct Dashboard: Decodable {
        struct Panel: Decodable {
            struct Place: Decodable { let x, y, w, h: Int }
            struct Target: Decodable { let expr, legendFormat: String }
            let id: Int
            let title, description: String
            let gridPos: Place
            let targets: [Target]
        }
        let uid: String
        let panels: [Panel]
    }

    @Test func `The dashboard's panels have words and places of their own`() throws {
        let board = try JSONDecoder().decode(
            Dashboard.self, from: Data(contentsOf: Self.dashboard))
        #expect(board.uid == "roost")
        #expect(Set(board.panels.map(\.id)).count == board.panels.count)
        #expect(Set(board.panels.map(\.title)).count == board.panels.count)
        var cells: Set<[Int]> = []
        for panel in board.panels {
            #expect(!panel.description.isEmpty && !panel.targets.isEmpty, "\(panel.title)")
            let place = panel.gridPos
            #expect(place.x + place.w <= 24, "\(panel.title)")
            for x in place.x..<place.x + place.w {
                for y in place.y..<place.y + place.h {
                    #expect(cells.insert([x, y]).inserted, "\(panel.title) covers another")
                }
            }
        }
    }

    @Test(.enabled(if: Tools.has("promtool"), "there is no promtool here"))
    func `The dashboard's expressions are valid`() throws {
        let board = try JSONDecoder().decode(
            Dashboard.self, from: Data(contentsOf: Self.dashboard))
        // As rules, with values for Grafana's variables.
        var rules = "groups:\n  - name: dashboard\n    rules:\n"
        for (index, target) in board.panels.flatMap(\.targets).enumerated() {
            let expression = target.expr.replacing("$__rate_interval", with: "1m")
                .replacing("$instance", with: ".*")
            #expect(!expression.contains("$"), "\(expression)")
            rules += "      - record: panel:\(index)\n        expr: '\(expression)'\n"
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "\(UUID().uuidString).yml")
        defer { try? FileManager.default.removeItem(at: file) }
        try rules.write(to: file, atomically: true, encoding: .utf8)
        let check = try Run(["promtool", "check", "rules", file.path]).end()
        #expect(check.status == 0, "\(check.output)\(check.errors)")
    }

    @Test(.enabled(if: Tools.has("prometheus"), "there is no prometheus here"))
    func `Prometheus scrapes it as the example says`() throws {
        let (metrics, own) = (Tools.freePort(), Tools.freePort())
        let roost = try OperatedRoost(["--metrics", "127.0.0.1:\(metrics)"])
        let file = roost.folder.appendingPathComponent("prometheus.yml")
        let example = try String(
            contentsOf: Self.folder.appendingPathComponent("prometheus/prometheus.yml"),
            encoding: .utf8)
        let address = "[\"127.0.0.1:9180\"]"
        #expect(example.contains(address))
        try example.replacing(address, with: "[\"127.0.0.1:\(metrics)\"]")
            .replacing("scrape_interval: 15s", with: "scrape_interval: 1s")
            .write(to: file, atomically: false, encoding: .utf8)
        try FileManager.default.copyItem(
            at: Self.rules, to: roost.folder.appendingPathComponent("roost.rules.yml"))
        let prometheus = try Run([
            "prometheus", "--config.file=\(file.path)",
            "--storage.tsdb.path=\(roost.folder.path)/data",
            "--web.listen-address=127.0.0.1:\(own)", "--log.level=error",
        ])
        let query =
            "GET /api/v1/query?query=roost_connections_limit%7Bjob=%22roost%22%7D HTTP/1.0\r\n\r\n"
        var answer = ""
        let isScraped = Tools.eventually {
            answer = exchange(query, port: own, until: "\"value\"")
            return answer.contains("\"value\"")
        }
        #expect(isScraped, "\(answer)")
        _ = prometheus.stop(SIGKILL)
    }
}
