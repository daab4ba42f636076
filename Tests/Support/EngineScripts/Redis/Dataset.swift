// What a Redis keeps, and the changes that it passes on to its replicas.

/// A change, as a replica gets it.
enum Effect: Sendable {
    case append(stream: String, StreamEntry, keep: Int?)
    case set(hash: String, [(field: String, value: [UInt8])])
    case removeFields(hash: String, [String])
    case delete([String])
    case rename(from: String, to: String)
    case flush
    case load(library: String)
    case flushFunctions
    case publish(channel: String, [UInt8])
}

/// A hash that lists its fields in the order in which they came, as a small one of Redis does.
struct HashValue: Sendable {
    private(set) var fields: [String] = []
    private(set) var values: [String: [UInt8]] = [:]

    /// Whether the field is new.
    mutating func set(_ field: String, _ value: [UInt8]) -> Bool {
        let isNew = values.updateValue(value, forKey: field) == nil
        if isNew { fields.append(field) }
        return isNew
    }

    mutating func remove(_ field: String) -> Bool {
        guard values.removeValue(forKey: field) != nil else { return false }
        fields.removeAll { $0 == field }
        return true
    }

    /// Fields and values in turn.
    var all: [EngineReply] { fields.flatMap { [.text($0), .bulk(values[$0]!)] } }
}

struct Dataset: Sendable {
    var streams: [String: StreamValue] = [:]
    var hashes: [String: HashValue] = [:]
    /// The libraries that are loaded; they are kept like data.
    var libraries: Set<String> = []

    func exists(_ key: String) -> Bool { streams[key] != nil || hashes[key] != nil }

    /// Makes a change, and returns how many keys or fields it has changed.
    @discardableResult
    mutating func apply(_ effect: Effect, nodeLimit: Int) -> Int {
        var count = 0
        switch effect {
        case .append(let stream, let entry, let keep):
            streams[stream, default: StreamValue()]
                .append(entry, keep: keep, nodeLimit: nodeLimit)
        case .set(let hash, let fields):
            for (field, value) in fields where hashes[hash, default: HashValue()].set(field, value)
            {
                count += 1
            }
        case .removeFields(let hash, let fields):
            for field in fields where hashes[hash]?.remove(field) == true { count += 1 }
            if hashes[hash]?.fields.isEmpty == true { hashes[hash] = nil }
        case .delete(let keys):
            for key in keys where exists(key) {
                streams[key] = nil
                hashes[key] = nil
                count += 1
            }
        case .rename(let old, let new):
            streams[new] = streams.removeValue(forKey: old)
            hashes[new] = hashes.removeValue(forKey: old)
        case .flush:
            streams = [:]
            hashes = [:]
        case .load(let library): libraries.insert(library)
        case .flushFunctions: libraries = []
        case .publish: break
        }
        return count
    }
}
