// A store in memory that answers when a test says so: at once, later, in another order, with
// failures, or never, because the process has ended.
import Storage

@testable import ChatRooms

/// What is durable survives a crash; what waits does not.
final class FakeStore {
    struct Kept {
        var room: StoredRoom
        var entries: [Entry] = []
    }
    struct Entry {
        var entry: StoredEntry
        var user: String
        var text: [UInt8]
        var id: [UInt8]
        var frame: String
        /// It was the store's entry with this number.
        var number: Int64
        /// It was deleted, or is an edition of what was.
        var isEmptied = false
    }

    fileprivate(set) var rooms: [Int64: Kept] = [:]
    private(set) var users: [Int64: StoredUser] = [:]
    private var reads: [Int64: [Int64: Int]] = [:]
    private(set) var sanctions: [Int64: Sanction] = [:]
    private var hooks: [Int64: Hook] = [:]
    /// Given, and not answered yet, oldest first.
    private(set) var batches: [StoreBatch] = []
    private(set) var questions: [(question: StoreQuestion, after: UInt64)] = []
    private var lastNumber: UInt64 = 0
    private var highestRoom: Int64 = 0
    private var highestUser: Int64 = 0
    private var entryCount: Int64 = 0
    /// The most entries that one search looks at.
    var searchedEntryLimit = Int.max
    /// Answers each thing as it comes.
    var answersAtOnce = false
    /// The most messages of a room; older ones are forgotten.
    var entryLimit = Int.max
    private(set) var delayedCount = 0

    var state: StoredState {
        StoredState(
            nextRoomNumber: highestRoom + 1, nextUserNumber: highestUser + 1,
            users: users.values.sorted { $0.seenAt < $1.seenAt },
            sanctions: sanctions.values.sorted { $0.number < $1.number },
            hooks: hooks.values.sorted { $0.number < $1.number })
    }

    /// The process has ended: only what is durable is left.
    func crash() {
        batches = []
        questions = []
        lastNumber = 0
    }

    func take(from world: World) {
        while world.chat.hasWorkForStore {
            while let batch = world.chat.takeBatch(at: world.now) {
                precondition(batch.number == lastNumber + 1)
                lastNumber = batch.number
                batches.append(batch)
            }
            for question in world.chat.takeQuestions() { questions.append((question, lastNumber)) }
        }
        if answersAtOnce { answerAll(world) }
    }

    func answerAll(_ world: World) {
        while !batches.isEmpty || !questions.isEmpty {
            if batches.isEmpty { answerQuestion(0, world) } else { keep(world) }
        }
    }

    /// Keeps the oldest batch.
    func keep(_ world: World) {
        guard !batches.isEmpty else { return }
        let batch = batches.removeFirst()
        apply(batch)
        world.tell(.stored(batch))
    }

    /// The oldest batch is durable, and the process ends before it hears of that.
    func keepUnheard() {
        guard !batches.isEmpty else { return }
        apply(batches.removeFirst())
    }

    /// Says of everything that waits: it is not known whether it is kept.
    func delay(_ world: World) {
        delayedCount += batches.count
        world.tell(.state(.fails(.full)))
        for batch in batches { world.tell(.delayed(batch)) }
    }

    /// Answers a question, if what was given before it is kept.
    func answerQuestion(_ number: Int, _ world: World, fails: Bool = false) {
        guard number < questions.count else { return }
        guard questions[number].after <= lastNumber - UInt64(batches.count) else { return }
        let question = questions.remove(at: number).question
        switch question {
        case .room(let ticket, let key, let countLimit, let byteLimit):
            if fails { return world.tell(.failed(ticket: ticket)) }
            let kept = rooms.values.first { $0.room.key == key }
            var page = StoredPage()
            if let kept {
                page = read(
                    kept, kept.entries.suffix(countLimit), byteLimit, newest: true, folds: false)
            }
            world.tell(.room(ticket: ticket, kept?.room, page))
        case .listing(let ticket, let request):
            if fails { return world.tell(.failed(ticket: ticket)) }
            let list = list(request)
            world.tell(.listing(ticket: ticket, list, rowCount: list.count))
        case .page(let request):
            if fails { return world.tell(.failed(ticket: request.ticket)) }
            world.tell(.page(ticket: request.ticket, page(request)))
        case .search(let request):
            if fails { return world.tell(.failed(ticket: request.ticket)) }
            world.tell(.found(ticket: request.ticket, search(request)))
        }
    }

    private func page(_ request: PageRequest) -> StoredPage {
        let kept = rooms[request.room]!
        let entries = kept.entries.filter { $0.entry.place.offset < request.end }
        switch request.direction {
        case .before(let offset):
            let before = entries.filter { $0.entry.place.offset < offset }
            return read(kept, before.suffix(request.countLimit), request.byteLimit, newest: true)
        case .after(let offset, let epoch):
            let behind = entries.filter { $0.entry.place.offset > offset }
            var page = read(
                kept, behind.prefix(request.countLimit), request.byteLimit, newest: false)
            let proof =
                offset == 0 ? entries.first : entries.first { $0.entry.place.offset == offset }
            page.isContinuous =
                epoch == nil
                || (proof?.entry.place.epoch == epoch && (offset > 0 || page.firstOffset == 1))
            if !page.isContinuous { page.entries = [] }
            return page
        }
    }

    private func read(
        _ kept: Kept, _ entries: ArraySlice<Entry>, _ byteLimit: Int, newest: Bool,
        folds: Bool = true
    ) -> StoredPage {
        var chosen = Array(entries)
        while chosen.count > 1, chosen.reduce(0, { $0 + $1.frame.utf8.count + 1 }) > byteLimit {
            if newest { chosen.removeFirst() } else { chosen.removeLast() }
        }
        var page = StoredPage()
        page.firstOffset = kept.room.firstOffset
        var out = ByteBuffer()
        for entry in chosen {
            let fold = folds ? fold(of: entry.entry.place.offset, in: kept) : nil
            page.folds[entry.entry.place.offset] = fold
            let written = EntryFrame.write(
                entry.entry, room: kept.room.name, user: entry.user, text: entry.text.span,
                id: entry.id.span, as: fold, to: &out)
            let isSame = out.span.string(written.frame) == entry.frame
            precondition(
                isSame || fold != nil || entry.isEmptied, "a kept frame is not as its push was")
            page.entries.append(written)
        }
        page.bytes = [UInt8](copying: out.span)
        return page
    }

    func fold(of offset: Int, in kept: Kept) -> Fold? {
        var fold: Fold?
        for change in kept.entries
        where change.entry.target == offset && change.entry.kind.changesTarget {
            fold = fold ?? Fold()
            fold!.apply(change.entry, user: change.user, text: change.text)
        }
        return fold
    }

    private func apply(_ batch: StoreBatch) {
        for item in batch.items {
            switch item {
            case .room(let room):
                precondition(rooms[room.number] == nil)
                precondition(!rooms.values.contains { $0.room.key == room.key })
                highestRoom = max(highestRoom, room.number)
                rooms[room.number] = Kept(room: room)
            case .entry(let entry, _, _, _): apply(entry, batch)
            case .reply: continue
            case .people(let room, let user, let mayEnter):
                rooms[room]!.room.people.removeAll { $0 == user }
                if mayEnter { rooms[room]!.room.people.append(user) }
            case .read(let room, let user, let offset):
                let known = reads[user, default: [:]][room, default: 0]
                reads[user, default: [:]][room] = max(known, offset)
            case .user(let user, _):
                precondition(
                    !users.values.contains { $0.key == user.key && $0.number != user.number })
                highestUser = max(highestUser, user.number)
                users[user.number] = user
            case .forgetUser(let number):
                users[number] = nil
                reads[number] = nil
                for room in rooms.keys { rooms[room]!.room.people.removeAll { $0 == number } }
            case .moderation(.set(let sanction)): sanctions[sanction.number] = sanction
            case .moderation(.ended(let numbers)): for number in numbers { sanctions[number] = nil }
            case .hook(.added(let hook)): hooks[hook.number] = hook
            case .hook(.deleted(let number)): hooks[number] = nil
            }
        }
    }

    private func apply(_ entry: StoredEntry, _ batch: StoreBatch) {
        let last = rooms[entry.room]!.room.last
        precondition(entry.place.offset == last.offset + 1, "offsets have no gaps")
        if last.offset > 0 { precondition(entry.beginsEpoch == (last.epoch != entry.place.epoch)) }
        rooms[entry.room]!.room.last = entry.place
        entryCount += 1
        let bytes = batch.bytes.span
        rooms[entry.room]!.entries.append(
            Entry(
                entry: entry, user: bytes.string(entry.user),
                text: [UInt8](copying: bytes.extracting(entry.text)),
                id: [UInt8](copying: bytes.extracting(entry.id)), frame: bytes.string(entry.frame),
                number: entryCount))
        if entry.kind == .topic {
            rooms[entry.room]!.room.topic = [UInt8](copying: bytes.extracting(entry.text))
        }
        if entry.kind == .deleted { empty(entry.target, in: entry.room) }
        if rooms[entry.room]!.entries.count > entryLimit {
            rooms[entry.room]!.entries.removeFirst()
        }
        rooms[entry.room]!.room.firstOffset =
            rooms[entry.room]!.entries.first!.entry.place.offset
    }
}

extension FakeStore {
    private func list(_ request: ListingRequest) -> [RoomListing] {
        switch request {
        case .open(let key, let countLimit):
            let open = rooms.values.map(\.room).filter { $0.kind == .open && $0.key > key }
            return open.sorted { $0.key < $1.key }.prefix(countLimit).map { RoomListing($0) }
        case .ofUser(let number, let name, let countLimit):
            let reads = reads[number] ?? [:]
            let mine = rooms.values.filter { kept in
                switch kept.room.kind {
                case .open: reads[kept.room.number] != nil
                case .direct: kept.room.people.contains(number) && kept.room.people.count == 2
                case .private: kept.room.people.contains(number)
                }
            }
            return mine.sorted { $0.room.number < $1.room.number }.prefix(countLimit).map { kept in
                var listing = RoomListing(kept.room)
                listing.read = reads[kept.room.number] ?? 0
                for entry in kept.entries
                where entry.entry.place.offset > listing.read && entry.entry.kind == .message
                    && entry.entry.author != number
                {
                    listing.count(isMention: Mention(of: name).isIn(entry.text.span))
                }
                return listing
            }
        }
    }

    private func empty(_ offset: Int, in room: Int64) {
        for index in rooms[room]!.entries.indices {
            let entry = rooms[room]!.entries[index].entry
            guard entry.place.offset == offset || entry.kind == .edited && entry.target == offset
            else { continue }
            rooms[room]!.entries[index].text = []
            rooms[room]!.entries[index].isEmptied = true
        }
    }
}

extension World {
    func tell(_ answer: StoreAnswer) {
        chat.answered(answer, at: now, &effects)
        while chat.letNextGoOn(at: now, &effects) {}
        carryOut()
    }
}
