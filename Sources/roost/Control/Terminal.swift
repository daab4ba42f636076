// Tables for a terminal.
import SystemdSupport

extension String {
    /// In one line, with what a terminal would obey made visible.
    var shown: String { TerminalText.line(self) }

    /// How many columns of a terminal it takes: two for each wide character (UAX #11).
    var columnCount: Int {
        reduce(0) { count, character in
            guard let scalar = character.unicodeScalars.first else { return count }
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
                0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
                return count + 2
            default: return count + 1
            }
        }
    }
}

/// A table in columns.
struct TextTable {
    struct Column {
        let title: String
        /// Numbers stand at the right.
        var isNumber = false
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row with a cell for each column.
    mutating func add(_ cells: [String]) { rows.append(cells.map(\.shown)) }

    /// One line for the titles and one for each row; the last column has any width.
    var text: String {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { index in
            rows.reduce(titles[index].columnCount) { max($0, $1[index].columnCount) }
        }
        return ([titles] + rows).map { cells in
            let line = cells.indices.map { index in
                let blanks = String(
                    repeating: " ", count: widths[index] - cells[index].columnCount)
                return columns[index].isNumber ? blanks + cells[index] : cells[index] + blanks
            }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }
}
