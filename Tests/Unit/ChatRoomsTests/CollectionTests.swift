// The chat's tables against plain arrays and dictionaries.

import Foundation
import Storage
import Testing

@testable import ChatRooms

@Suite struct CollectionTests {
    @Test func recordsAreAsSmallAsTheySay() {
        #expect(MemoryLayout<ConnectionRecord>.stride == 40)
        #expect(MemoryLayout<User>.stride == 112)
        #expect(MemoryLayout<Membership>.stride == 32)
        #expect(MemoryLayout<RoomSubscription>.stride == 12)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func namesAreFound(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        var pool = SlotTable<User>()
        var index = NameIndex<User>()
        var model: [String: UserIndex] = [:]
        for step in 0..<6_000 {
            let name = "user\(Int.random(in: 0..<3_000, using: &random))"
            let key = NameKey(name)
            let found = index.find(key, in: pool)
            #expect(found == model[name])
            if let place = model[name], step % 3 == 0 {
                index.remove(place, in: &pool)
                pool.free(place, leaving: User())
                model[name] = nil
            } else if model[name] == nil {
                let place = pool.allocate(User(name: name, nameHash: key.hash))
                index.insert(place, in: &pool)
                #expect(!model.values.contains(place) || step > 300)
                model[name] = place
            }
        }
        let count = pool.count
        #expect(count == model.count)
        #expect(Set(model.values).count == model.count)
        for (name, place) in model {
            let found = index.find(NameKey(name), in: pool)
            #expect(found == place)
        }
    }

    /// Filled at once it is as if each name had been inserted, and goes on in the same way.
    @Test(arguments: [0, 1, 2, 3, 4, 5, 64, 65, 3_000])
    func namesAreFoundAfterARestoration(_ count: Int) {
        var pool = SlotTable<User>()
        var index = NameIndex<User>()
        func add(_ name: String) -> UserIndex {
            pool.allocate(User(name: name, nameHash: NameKey(name).hash))
        }
        let places = (0..<count).map { add("user\($0)") }
        let isFilled = index.fill(with: places, in: &pool)
        #expect(isFilled)
        for number in count..<2 * count { index.insert(add("user\(number)"), in: &pool) }
        for place in places.prefix(count / 2) { index.remove(place, in: &pool) }
        for number in 0..<2 * count {
            let found = index.find(NameKey("user\(number)"), in: pool)
            #expect(found == (number < count / 2 ? nil : UserIndex(number)))
        }
        var another = NameIndex<User>()
        let twice = another.fill(with: places + [add("USER\(count / 2)")], in: &pool)
        #expect(twice == (count == 0))
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func aQueueIsAnArray(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        var queue = Queue<Int>()
        var model: [Int] = []
        for step in 0..<8_000 {
            // Grows in the first half, shrinks in the second.
            if model.isEmpty || Int.random(in: 0..<8, using: &random) < (step < 4_000 ? 7 : 1) {
                queue.append(step)
                model.append(step)
            } else {
                queue.removeFirst()
                model.removeFirst()
            }
            #expect(queue.first == model.first && queue.count == model.count)
            if let number = model.indices.randomElement(using: &random) {
                #expect(queue[number] == model[number])
            }
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func chainsKeepTheirOrder(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        var pool = SlotTable<User>()
        var chain = Chain<GoneUsers>()
        var model: [UserIndex] = []
        for _ in 0..<2_000 {
            if model.isEmpty || Int.random(in: 0..<5, using: &random) < 3 {
                let place = pool.allocate(User())
                chain.append(place, in: &pool)
                model.append(place)
            } else {
                let number = Int.random(in: 0..<model.count, using: &random)
                chain.remove(model[number], in: &pool)
                pool.free(model.remove(at: number), leaving: User())
            }
            #expect(chain.first == model.first ?? UserIndex.none)
            #expect(chain.last == model.last ?? UserIndex.none)
            #expect(chain.count == model.count)
        }
        var walked: [UserIndex] = []
        var place = chain.first
        while place != .none {
            walked.append(place)
            place = chain.next(place, in: pool)
        }
        #expect(walked == model)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func historyKeepsTheNewestThatFit(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        let countLimit = Int.random(in: 1...40, using: &random)
        let byteLimit = 1 << Int.random(in: 6...12, using: &random)
        var history = History(after: Place(offset: 0, epoch: 1))
        var model: [(text: [UInt8], author: Int64, id: [UInt8])] = []
        var epochs: [UInt64] = [1]
        for step in 1...1_500 {
            let id = Array("i\(Int.random(in: 0..<30, using: &random))".utf8)
            let author = Int64.random(in: 0..<3, using: &random)
            let hasID = Bool.random(using: &random)
            let body = (0..<Int.random(in: 0...90, using: &random)).map { UInt8($0) }
            let text = body + (hasID ? id : []) + Array("\"}".utf8)
            let padded = [1, 2, 3] + text + [4]
            let isSameEpoch = Int.random(in: 0..<20, using: &random) > 0
            epochs.append(isSameEpoch ? epochs.last! : UInt64(step))
            var entry = StoredEntry(
                room: 0, place: Place(offset: step, epoch: epochs.last!), beginsEpoch: false,
                author: author, at: 0)
            if hasID { entry.id = 0..<id.count }
            history.append(
                padded.span, 3..<3 + text.count, entry, countLimit: countLimit,
                byteLimit: byteLimit, mayGrow: step < 10 || Bool.random(using: &random))
            model.append((text, author, hasID ? id : []))
            // Never more than the limits, never a gap, and never less than the minimum.
            #expect(history.lastOffset == step)
            #expect(history.count <= countLimit && history.byteCount <= byteLimit)
            #expect(history.count > 0 || text.count > history.ringByteCount)
            let kept = history.firstOffset..<history.nextOffset
            #expect(kept.reduce(0) { $0 + model[$1 - 1].text.count } == history.byteCount)
            #expect(history.last == Place(offset: step, epoch: epochs.last!))
            let known = history.firstOffset - 1...history.lastOffset
            #expect(known.map { history.epoch(of: $0) } == Array(epochs[known]))
            if let offset = kept.randomElement(using: &random) {
                var copy = ByteBuffer()
                history.copy(offset, to: &copy)
                #expect([UInt8](copying: copy.span) == model[offset - 1].text)
            }
            let expected = kept.last { model[$0 - 1].author == author && model[$0 - 1].id == id }
            #expect(history.find(author: author, id.span, 0..<id.count) == expected)
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_795_381_500_123, "2026-11-22T21:05:00.123Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func wallTime(_ milliseconds: Int64, _ expected: String) {
        var out = ByteBuffer()
        Timestamp(monotonic: 0, wall: milliseconds).writeWall(to: &out)
        #expect(String(decoding: [UInt8](copying: out.span), as: UTF8.self) == expected)
    }

    @Test func wallTimeIsFoundations() {
        var random = SeededGenerator(1)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<2_000 {
            let seconds = Int64.random(in: 0..<250_000_000_000, using: &random)
            var out = ByteBuffer()
            Timestamp(monotonic: 0, wall: seconds * 1000).writeWall(to: &out)
            let expected = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
            #expect(String(decoding: [UInt8](copying: out.span), as: UTF8.self) == expected)
        }
    }
}
