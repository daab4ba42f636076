// A few fields out of the chat's JSON, found by their names: a load generator has no time to parse.

extension String {
    init(copying bytes: Span<UInt8>) {
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for index in bytes.indices { copy.append(bytes[index]) }
        self = String(decoding: copy, as: UTF8.self)
    }

    /// The value of a string field of JSON that has no escapes in it.
    func field(_ name: String) -> String? {
        guard let start = range(of: "\"\(name)\":\"")?.upperBound,
            let end = self[start...].firstIndex(of: "\"")
        else { return nil }
        return String(self[start..<end])
    }
}

extension Span<UInt8> {
    /// The index right behind the next `key`; nil if there is none from `start` on.
    func index(behind key: [UInt8], from start: Int) -> Int? {
        var start = start
        search: while start + key.count <= count {
            for offset in 0..<key.count where self[start + offset] != key[offset] {
                start += 1
                continue search
            }
            return start + key.count
        }
        return nil
    }

    /// The digits from `start` on as a number; nil if there are none.
    func number(at start: Int) -> Int? {
        var index = start
        var number = 0
        while index < count, self[index] >= 0x30, self[index] <= 0x39 {
            number = number * 10 + Int(self[index] - 0x30)
            index += 1
        }
        return index > start ? number : nil
    }

    /// The number that stands right behind the first `key`.
    func number(after key: [UInt8]) -> Int? {
        index(behind: key, from: 0).flatMap { number(at: $0) }
    }

    /// Every number that stands right behind a `key`, in order.
    func numbers(after key: [UInt8]) -> [Int] {
        var numbers: [Int] = []
        var place = 0
        while let next = index(behind: key, from: place) {
            if let number = number(at: next) { numbers.append(number) }
            place = next
        }
        return numbers
    }
}
