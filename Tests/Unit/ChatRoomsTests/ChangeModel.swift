// What a room's entries look like after all changes, by the words of PROTOCOL.md, and without the
// chat's code.

/// The log of one room.
struct ChangeModel {
    struct Entry {
        var kind: String
        var user: String
        var text: String?
        var target = 0
    }

    /// The entry with offset n is at n - 1.
    private(set) var entries: [Entry] = []

    mutating func add(_ kind: String, _ user: String, _ text: String?, _ target: Int = 0) {
        entries.append(Entry(kind: kind, user: user, text: text, target: target))
    }

    func isDeleted(_ offset: Int) -> Bool {
        entries.contains { $0.kind == "deleted" && $0.target == offset }
    }

    func reaction(of user: String, to offset: Int) -> String? {
        entries.last { $0.kind == "reaction" && $0.user == user && $0.target == offset }?.text
    }

    /// How an entry is shown now, but for `room`, `epoch` and `at`.
    func shown(_ offset: Int) -> JSON {
        let entry = entries[offset - 1]
        var shown: JSON = ["type": entry.kind, "offset": offset, "user": entry.user]
        if entry.target > 0 {
            shown[entry.kind == "message" ? "reply" : "target"] = entry.target
        }
        switch entry.kind {
        case "message":
            if let deletion = last("deleted", of: offset) {
                shown["deleted"] = deletion
                return shown
            }
            shown["text"] = entry.text
            if let edition = last("edited", of: offset) {
                shown["edited"] = edition
                shown["text"] = entries[edition - 1].text
            }
            let reactions = reactions(of: offset)
            if !reactions.isEmpty { shown["reactions"] = reactions }
        case "edited": shown["text"] = isDeleted(entry.target) ? "" : entry.text
        case "reaction": shown["emoji"] = entry.text
        case "topic": shown["text"] = entry.text
        default: break
        }
        return shown
    }

    private func last(_ kind: String, of offset: Int) -> Int? {
        entries.lastIndex { $0.kind == kind && $0.target == offset }.map { $0 + 1 }
    }

    private func reactions(of offset: Int) -> [String: [String]] {
        var order: [(user: String, emoji: String)] = []
        for entry in entries where entry.kind == "reaction" && entry.target == offset {
            order.removeAll { $0.user == entry.user }
            if let emoji = entry.text { order.append((entry.user, emoji)) }
        }
        return Dictionary(grouping: order, by: \.emoji).mapValues { $0.map(\.user) }
    }
}
