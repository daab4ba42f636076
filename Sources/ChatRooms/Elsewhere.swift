// The members that a room has on other nodes. A name is one member, on however many nodes it is.

/// The members of a room on other nodes than this one.
struct Elsewhere {
    /// A name that is somewhere.
    private struct Other {
        /// As it is written on one of its nodes.
        var name: String
        var nodeCount = 0
    }

    /// What each node lists: names, by their keys.
    private var listed: [String: [String: String]] = [:]
    /// Members of nodes that list no names.
    private var unlisted: [String: Int] = [:]
    /// All listed names, by their keys.
    private var others: [String: Other] = [:]
    /// Keys of names that are here too.
    private var alsoHere: Set<String> = []

    /// Members that are not here.
    var count: Int { others.count - alsoHere.count + unlisted.values.reduce(0, +) }
    var isEmpty: Bool { listed.isEmpty && unlisted.isEmpty }
    /// Whether anybody is on this node.
    func has(node: String) -> Bool { listed[node] != nil || unlisted[node] != nil }
    /// Whether the name with this key is on another node.
    func has(key: String) -> Bool { others[key] != nil }

    /// The names that are not here, in the order of their keys.
    var names: [String] {
        others.filter { !alsoHere.contains($0.key) }.sorted { $0.key < $1.key }.map(\.value.name)
    }

    /// A name that is elsewhere has entered here, or left.
    mutating func set(_ key: String, isHere: Bool) {
        if isHere { alsoHere.insert(key) } else { alsoHere.remove(key) }
    }

    /// The node's members are these from now on. `isHere` says of a key whether that name is here.
    /// Returns the names that are members now and were not, and the names that are none any more.
    mutating func set(
        _ presence: RoomPresence?, of node: String, isHere: (String) -> Bool
    ) -> (came: [String], left: [String]) {
        let before = listed.removeValue(forKey: node) ?? [:]
        unlisted[node] = nil
        var present: [String: String] = [:]
        if let presence, presence.count > 0 {
            if presence.isListed {
                let known = Dictionary(
                    before.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
                for name in presence.names { present[known[name] ?? NameKey(name).folded] = name }
                listed[node] = present
            } else {
                unlisted[node] = presence.count
            }
        }
        var came: [String] = []
        var left: [String] = []
        for (key, name) in before where present[key] == nil {
            others[key]!.nodeCount -= 1
            guard others[key]!.nodeCount == 0 else { continue }
            others[key] = nil
            if alsoHere.remove(key) == nil { left.append(name) }
        }
        for (key, name) in present where before[key] == nil {
            let isNew = others[key] == nil
            others[key, default: Other(name: name)].nodeCount += 1
            guard isNew else { continue }
            if isHere(key) { alsoHere.insert(key) } else { came.append(name) }
        }
        return (came.sorted(), left.sorted())
    }
}
