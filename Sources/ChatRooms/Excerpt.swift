// Some of a room's messages in order: the newer ones from memory, older ones as the store has read
// them.
import Storage

/// What was found out for a command that had to wait for it: by the store, or by whoever hashes
/// passwords or checks tokens.
enum StoreRead {
    case nothing
    /// `isNewest` says that the newest messages were asked for, since what the client has missed is
    /// not kept.
    case page(StoredPage, isNewest: Bool)
    case listing([RoomListing])
    case found(FoundMessages)
    case failed
    case password(PasswordAnswer)
    case token(TokenAnswer)

    /// The page; nil if nothing was read.
    var page: StoredPage? {
        if case .page(let page, _) = self { page } else { nil }
    }
}

/// Which messages are wanted.
enum Selection {
    /// Those behind this one. With an epoch: if it is there, and has that epoch.
    case after(Int, epoch: UInt64?)
    /// The last ones before this one.
    case before(Int)

    static var newest: Selection { .before(.max) }
}

/// Messages without a gap between them.
struct Excerpt {
    /// What was read, and which of its entries are meant.
    var page = StoredPage()
    var stored = 0..<0
    /// Messages in the room's memory, right behind those.
    var kept: Range<Int>
    /// With `after`: nothing is missing behind that message.
    var isContinuous = false
    /// There are more in the direction in which they were asked for.
    var isMore = false

    var count: Int { stored.count + kept.count }
    var isEmpty: Bool { count == 0 }
    /// The first message's offset; the excerpt must not be empty.
    var first: Int {
        stored.isEmpty ? kept.lowerBound : page.entries[stored.lowerBound].place.offset
    }
}

/// What came of looking for messages.
enum Found {
    case messages(Excerpt)
    /// The store must be asked for this.
    case missing(PageRequest)
}

extension Chat {
    /// Looks for messages of a room: at most `limit` and `byteLimit` bytes, and one at least if
    /// there is one. `page` is what the store has read for the same question.
    func find(
        _ selection: Selection, limit: Int, byteLimit: Int, in room: RoomIndex, _ page: StoredPage?
    ) -> Found {
        switch selection {
        case .after(let offset, let epoch):
            findAfter(offset, epoch, limit, byteLimit, room, page)
        case .before(let offset): findBefore(offset, limit, byteLimit, room, page)
        }
    }

    /// The oldest message that can be read; the next one's offset if there is none.
    func firstReadable(_ room: RoomIndex, _ page: StoredPage? = nil) -> Int {
        let first = rooms[room].history.firstOffset
        guard hasStore else { return first }
        return min(page?.firstOffset ?? rooms[room].firstStoredOffset, first)
    }

    private func findAfter(
        _ offset: Int, _ epoch: UInt64?, _ limit: Int, _ byteLimit: Int, _ room: RoomIndex,
        _ page: StoredPage?
    ) -> Found {
        let first = rooms[room].history.firstOffset
        let next = rooms[room].history.nextOffset
        var excerpt = Excerpt(kept: next..<next)
        guard offset < next else { return .messages(excerpt) }
        var last = offset
        if offset >= first - 1 {
            excerpt.isContinuous = epoch == nil || rooms[room].history.epoch(of: offset) == epoch
        } else {
            guard hasStore, offset >= firstReadable(room, page) - 1 else {
                return .messages(excerpt)
            }
            guard let page else {
                return .missing(
                    request(
                        room, .after(offset: offset, epoch: epoch), end: first, limit, byteLimit))
            }
            excerpt.isContinuous = page.isContinuous
            excerpt.page = page
            excerpt.stored = 0..<min(page.entries.count, limit)
            last = excerpt.stored.last.map { page.entries[$0].place.offset } ?? offset
        }
        // What was newest when the page was read may have left the memory since.
        if excerpt.isContinuous, last >= first - 1 {
            let end = min(last + 1 + max(0, limit - excerpt.stored.count), next)
            let rest = byteLimit - excerpt.byteCountOfStored
            if excerpt.stored.isEmpty || rest > 0 {
                excerpt.kept = oldest(of: last + 1..<end, in: room, byteLimit: rest)
            }
            last += excerpt.kept.count
        }
        excerpt.isMore = last + 1 < next
        return .messages(excerpt)
    }

    private func findBefore(
        _ offset: Int, _ limit: Int, _ byteLimit: Int, _ room: RoomIndex, _ page: StoredPage?
    ) -> Found {
        let first = rooms[room].history.firstOffset
        let next = rooms[room].history.nextOffset
        let oldest = firstReadable(room, page)
        let end = min(max(offset, oldest), next)
        var excerpt = Excerpt(kept: end..<end)
        if end > first {
            excerpt.kept = newest(
                of: max(first, end - limit)..<end, in: room, byteLimit: byteLimit)
        }
        let bytes = rooms[room].history.byteCount(of: excerpt.kept)
        let wantsOlder =
            min(end, first) > oldest && excerpt.kept.lowerBound <= first
            && excerpt.kept.count < limit && bytes < byteLimit
        if wantsOlder {
            // It is asked for what is in memory too: that may have left it when the answer comes.
            let asked = request(room, .before(offset: end), end: end, limit, byteLimit)
            guard let page else { return .missing(asked) }
            excerpt.page = page
            excerpt.stored = page.entries.before(
                excerpt.kept.lowerBound, limit - excerpt.kept.count, byteLimit - bytes)
            // Rarely, so much has come since that page and memory do not meet.
            if excerpt.isEmpty, end > oldest, storeState == .works { return .missing(asked) }
        }
        excerpt.isMore = (excerpt.isEmpty ? end : excerpt.first) > oldest
        return .messages(excerpt)
    }

    private func request(
        _ room: RoomIndex, _ direction: PageRequest.Direction, end: Int, _ limit: Int,
        _ byteLimit: Int
    ) -> PageRequest {
        PageRequest(
            ticket: 0, room: rooms[room].storedNumber, name: rooms[room].name,
            direction: direction, end: end, countLimit: max(1, limit),
            byteLimit: max(1, byteLimit))
    }

    /// The epoch of the excerpt's first message.
    func firstEpoch(of excerpt: Excerpt, in room: RoomIndex) -> UInt64 {
        excerpt.stored.isEmpty
            ? rooms[room].history.epoch(of: excerpt.kept.lowerBound)
            : excerpt.page.entries[excerpt.stored.lowerBound].place.epoch
    }

    /// Appends `,"messages":[…]`, oldest first.
    func writeMessages(_ excerpt: Excerpt, of room: RoomIndex, to out: inout ByteBuffer) {
        out.append(",\"messages\":[")
        let changes = changes(of: excerpt, in: room)
        var isFirst = true
        for index in excerpt.stored {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            write(index, of: excerpt.page, changes, in: room, to: &out)
        }
        for offset in excerpt.kept {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            write(kept: offset, changes, in: room, to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }
}

extension [StoredEntry] {
    /// The last entries before an offset, if the one right before it is there: as many as fit, and
    /// one at least if `byteLimit` is not used up.
    fileprivate func before(_ offset: Int, _ limit: Int, _ byteLimit: Int) -> Range<Int> {
        let end = firstIndex { $0.place.offset >= offset } ?? count
        guard end > 0, self[end - 1].place.offset == offset - 1 else { return end..<end }
        var start = end - 1
        while start > 0, end - start < limit,
            self[end - 1].frame.upperBound - self[start - 1].frame.lowerBound <= byteLimit
        {
            start -= 1
        }
        return start..<end
    }
}

extension Excerpt {
    /// How many bytes the stored messages have.
    fileprivate var byteCountOfStored: Int {
        guard let last = stored.last else { return 0 }
        return page.entries[last].frame.upperBound
            - page.entries[stored.lowerBound].frame.lowerBound
    }
}

extension Excerpt {
    /// The oldest messages, `limit` of them and about `byteLimit` bytes, and the others. Without a
    /// limit of 0 it is one message at least.
    func split(
        after limit: Int, _ byteLimit: Int, byteCount: (Int) -> Int
    ) -> (Excerpt, Excerpt) {
        var front = self
        var count = 0
        var bytes = 0
        while count < min(limit, self.count) {
            bytes +=
                count < stored.count
                ? page.entries[stored.lowerBound + count].frame.count + 1
                : byteCount(kept.lowerBound + count - stored.count) + 1
            if bytes > byteLimit, count > 0 { break }
            count += 1
        }
        var back = self
        let fromStored = min(count, stored.count)
        front.stored = stored.prefix(fromStored)
        front.kept = kept.prefix(count - fromStored)
        back.stored = stored.dropFirst(fromStored)
        back.kept = kept.dropFirst(count - fromStored)
        return (front, back)
    }
}
