// The table of `bench peers`, read back to draw it.
import Foundation

/// A table that `bench peers --markdown` has written: a row for each server, a column for each
/// load.
struct PeersFigures {
    var loads: [String]
    var servers: [(name: String, cells: [String])]

    /// Why a text is not such a table.
    struct NoTable: Error, CustomStringConvertible {
        var description: String
    }

    init(markdown: String) throws(NoTable) {
        let rows = markdown.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("|") }.map(
            Self.cells)
        guard rows.count > 2, let head = rows.first, head.count > 1, rows[1][0].hasPrefix("---")
        else {
            throw NoTable(description: "it has no table of servers, one a row")
        }
        loads = Self.whole(Array(head.dropFirst()))
        servers = []
        for row in rows.dropFirst(2) {
            guard row.count == head.count else {
                throw NoTable(
                    description: "the row of \(row[0]) has \(row.count) cells, not \(head.count)")
            }
            servers.append((row[0], Array(row.dropFirst())))
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    /// A heading with nothing but a depth continues the one before: "echo 32 B, depth 1", "depth
    /// 16".
    private static func whole(_ heads: [String]) -> [String] {
        var stem = ""
        return heads.map { head in
            guard head.hasPrefix("depth ") else {
                stem = head.split(separator: ", depth ").first.map(String.init) ?? head
                return head
            }
            return "\(stem), \(head)"
        }
    }

    /// A panel for each load that is a rate; memory is not a rate.
    var chart: BarChart {
        let panels = loads.indices.filter { !loads[$0].hasPrefix("bytes ") }.map { load in
            BarChart.Panel(
                title: loads[load], unit: Self.unit(loads[load]),
                bars: servers.enumerated().map { row, server in
                    let cell = server.cells[load]
                    return BarChart.Bar(
                        name: server.name, label: cell,
                        value: Double(cell.filter { $0 != "," }), isOurs: row == 0)
                })
        }
        return BarChart(
            title: "\(servers[0].name) and other WebSocket servers: "
                + "thousands per second of server CPU",
            panels: panels)
    }

    private static func unit(_ load: String) -> String {
        let what =
            load.hasPrefix("echo")
            ? "messages" : load.hasPrefix("fan-out") ? "deliveries" : "connections"
        return "thousand \(what) / s of server CPU"
    }
}
