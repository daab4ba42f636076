// The walls between the rooms of WebSocketServer: folders, which Swift itself does not keep apart.

enum RoomCheck {
    static let folder = "Sources/WebSocketServer"
    private static let declaration = Pattern(
        #"^(?:@\w+(?:\([^)]*\))?\s+)*"#
            + #"(?:(?:public|package|internal|fileprivate|private|final|indirect)\s+)*"#
            + #"(?:struct|enum|class|actor|protocol|typealias)\s+(\w+)"#)
    private static let typeName = Pattern(#"(?<![\w.#@])(?:[A-Z]\w*)"#)

    /// The folder that a file of WebSocketServer lies in; nil for other files.
    static func room(of path: String) -> String? {
        guard path.hasPrefix(folder + "/"), path.hasSuffix(".swift") else { return nil }
        let parts = path.dropFirst(folder.count + 1).split(separator: "/")
        return parts.count > 1 ? String(parts[0]) : ""
    }

    static func run(_ files: [SourceFile], _ rules: RoomRules) -> Outcome {
        let inside = files.compactMap { file in room(of: file.path).map { ($0, file) } }
        var homes: [String: String] = [:]
        for (room, file) in inside {
            for match in declaration.matches(in: file.split.code) { homes[match.groups[1]] = room }
        }
        var outcome = Outcome()
        var used: Set<RoomException> = []
        for (room, file) in inside {
            guard let rule = rules.rooms[room] else {
                outcome.findings.append(
                    Finding(
                        path: file.path,
                        flaw: room.isEmpty
                            ? "The file lies in no room" : "There is no room \(room)",
                        remedy: "Move it, or give its folder a row in RoomTable.swift"))
                continue
            }
            var named: Set<String> = []
            for match in typeName.matches(in: file.split.code) {
                let name = match.groups[0]
                guard let home = homes[name], home != room, named.insert(name).inserted,
                    !rule.mayName(name, of: home, rules)
                else { continue }
                let key = RoomException(file.path, name, "")
                if let exception = rules.exceptions.first(where: { $0.isSame(as: key) }) {
                    used.insert(exception)
                    continue
                }
                outcome.findings.append(
                    Finding(
                        path: file.path, line: match.line,
                        flaw: "\(room) may not name \(name) of \(home)",
                        remedy: "Return a value, move the declaration down, or lend a part"))
            }
            outcome.findings += banned(rule, room, file)
        }
        for exception in rules.exceptions where !used.contains(exception) {
            outcome.hints.append(
                "\(exception.path) no longer names \(exception.type). Take it out of RoomTable.swift"
            )
        }
        return outcome
    }

    /// Words of the kernel in a room that knows none.
    private static func banned(_ rule: RoomRule, _ room: String, _ file: SourceFile) -> [Finding] {
        guard !rule.banned.isEmpty else { return [] }
        let words = Pattern(#"\b(?:"# + rule.banned.joined(separator: "|") + #")\b"#)
        return words.matches(in: file.split.code).map { match in
            Finding(
                path: file.path, line: match.line,
                flaw: "\(room) may not know \(match.groups[0])",
                remedy: "The room is pure: let a room above do what needs it")
        }
    }
}
