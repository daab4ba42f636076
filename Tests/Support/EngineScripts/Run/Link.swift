// A connection between a node and a process: bytes on their way, in both directions.

/// One direction: pieces with the times at which they come, in order.
struct Pipe {
    private var pieces: [(at: UInt64, bytes: [UInt8])] = []
    private var start = 0

    mutating func append(_ bytes: [UInt8], at time: UInt64) {
        pieces.append((max(time, pieces.last?.at ?? 0), bytes))
    }

    /// What has come by now.
    mutating func take(at now: UInt64) -> [UInt8]? {
        guard start < pieces.count, pieces[start].at <= now else { return nil }
        defer {
            start += 1
            if start == pieces.count {
                pieces.removeAll(keepingCapacity: true)
                start = 0
            }
        }
        return pieces[start].bytes
    }

    var isEmpty: Bool { start == pieces.count }
    var lastTime: UInt64 { pieces.last?.at ?? 0 }

    /// What is on its way takes longer.
    mutating func delay(by time: UInt64) {
        for index in pieces.indices { pieces[index].at += time }
    }

    /// Of what is on its way only the first pieces come.
    mutating func cut(to count: Int) {
        if pieces.count > start + count { pieces.removeSubrange((start + count)...) }
    }

    var count: Int { pieces.count - start }
}

struct Link {
    let node: Int
    let process: Int
    var toServer = Pipe()
    var toClient = Pipe()
    /// Whether each end still has it.
    var isOpenAtNode = true
    var isOpenAtServer = true
    /// It swallows what is sent, and nobody learns of that.
    var losesToServer = false
    var losesToClient = false
}
