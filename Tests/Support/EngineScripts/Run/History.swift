// What everybody has seen and was acknowledged, and whether it can be: the checker.

/// The place of a message, as everybody names it.
typealias Place = StreamID

struct Seen {
    let place: Place
    let key: String
}

/// What one person has seen, from the last time on that the view began anew.
struct View {
    /// The views before, which ended with `recovered: false` or a page that was closed.
    var pastCount = 0
    var seen: [Seen] = []
    var keys: Set<String> = []
    /// Whether the person has ever been in the room.
    var hasBegun = false

    mutating func begin() {
        if hasBegun { pastCount += 1 }
        hasBegun = true
        seen = []
        keys = []
    }
}

/// Compares all that is seen with all that Redis was made to write.
final class History {
    /// Why the run is a failure: the first violation.
    private(set) var violation: String?
    private var names: [Place: String] = [:]
    /// What has ever stood before a message in a stream, but for the beginning of one.
    private var predecessors: [Place: Place] = [:]
    private(set) var acknowledged: [String: Place] = [:]
    /// How often each message was published: more than once if that was repeated.
    var publishCounts: [String: Int] = [:]
    /// Whether what Redis has lost gets its old name wherever that is possible: a refused attempt
    /// is not repeated.
    var requiresOldNames = true
    private var placeOfKey: [String: Place] = [:]
    /// Messages that have had two names: some node may know them by the other.
    private var renamedKeys: Set<String> = []

    /// Whether there has been a message of this name.
    func knows(_ place: Place) -> Bool { names[place] != nil }

    func fail(_ text: @autoclosure () -> String) {
        if violation == nil { violation = text() }
    }

    private func name(_ place: Place, _ key: String, _ where: @autoclosure () -> String) {
        if let known = names.updateValue(key, forKey: place), known != key {
            fail("\(place) names \(known) and \(key) (\(`where`()))")
        }
    }

    /// A process has added an entry.
    func appended(
        _ place: Place, _ key: String, after before: Place, to room: String, mayRename: Bool
    ) {
        requireOldName(place, key, after: before, mayRename)
        name(place, key, "in the stream of \(room)")
        guard before != .zero else { return }
        if let known = predecessors.updateValue(before, forKey: place), known != before {
            fail("\(place) stood behind \(known) and \(before) in streams of \(room)")
        }
    }

    /// What was acknowledged comes from the nodes' logs alone, if it was published once: behind the
    /// same predecessor it is given back, and not said again.
    private func requireOldName(
        _ place: Place, _ key: String, after before: Place, _ mayRename: Bool
    ) {
        guard let old = placeOfKey.updateValue(place, forKey: key), old != place,
            renamedKeys.insert(key).inserted, requiresOldNames, !mayRename
        else { return }
        if acknowledged[key] == old, publishCounts[key] == 1, predecessors[old] == before {
            fail("\(key) was \(old) behind \(before), and is \(place) there now")
        }
    }

    func acknowledge(_ key: String, _ place: Place) {
        name(place, key, "acknowledged")
        acknowledged[key] = place
    }

    /// A person sees a message behind those of its view.
    func see(_ place: Place, _ key: String, in view: inout View, by person: String) {
        name(place, key, "seen by \(person)")
        if let last = view.seen.last?.place {
            // A stream that begins anew has the same messages behind the same.
            if let before = predecessors[place], before != last {
                fail("\(person) sees \(place) (\(key)) behind \(last), not behind \(before)")
            } else if predecessors[place] == nil || place.offset != last.offset + 1 {
                fail("\(person) sees \(place) (\(key)) behind \(last), where it never stood")
            }
        }
        if !view.keys.insert(key).inserted { fail("\(person) sees \(key) twice, now as \(place)") }
        view.seen.append(Seen(place: place, key: key))
    }

    /// At the end everybody has everything that was acknowledged: a view that went on has it from
    /// then, and a view that has begun anew since began with it.
    func requireAll(_ view: View, of person: String, room: String, rooms: [String: String]) {
        for (key, place) in acknowledged.sorted(by: { $0.key < $1.key })
        where rooms[key] == room && !view.keys.contains(key) {
            fail("\(person) has not got \(key), which was acknowledged as \(place)")
        }
    }
}
