// State that is written and read again, whole and cut off.
import Testing

@testable import Storage

@Suite struct StateCodingTests {
    private func written() -> [UInt8] {
        var writer = StateWriter()
        writer.write(UInt8(0xAB))
        writer.write(Int32(-2))
        writer.write(UInt128(1) << 100)
        writer.write(true)
        writer.write("é, and a text that is long enough to live on the heap")
        writer.write([1, 2, 3].span)
        writer.write(Int64(7))
        return writer.finish()
    }

    private func read(_ bytes: [UInt8]) throws(StateError) {
        var reader = StateReader(bytes)
        let (byte, number, wide) = (
            try reader.read(UInt8.self), try reader.read(Int32.self), try reader.read(UInt128.self)
        )
        #expect(byte == 0xAB && number == -2 && wide == 1 << 100)
        let flag = try reader.readBool()
        #expect(flag)
        let text = try reader.readString()
        #expect(text == "é, and a text that is long enough to live on the heap")
        let array = Array(try reader.readBytes())
        #expect(array == [1, 2, 3])
        let count = try reader.readCount()
        #expect(count == 7)
        #expect(reader.isAtEnd && reader.unreadByteCount == 0)
    }

    @Test func `What was written is read`() throws {
        let bytes = written()
        #expect(Array(bytes.prefix(5)) == [0xAB, 0xFE, 0xFF, 0xFF, 0xFF])
        try read(bytes)
    }

    @Test func `What is cut off is an error, wherever`() {
        let bytes = written()
        for count in 0..<bytes.count {
            #expect(throws: StateError.self) { try read(Array(bytes.prefix(count))) }
        }
    }

    @Test func `Fields are the same bytes as numbers one after the other, or are missing`() throws {
        var fields = StateWriter()
        var numbers = StateWriter()
        fields.writeFields(28) { fields in
            fields.write(UInt8(0xAB))
            fields.write(Int16(-2))
            fields.write(true)
            fields.write(Int64.min)
            fields.write(UInt128(1) << 100)
        }
        numbers.write(UInt8(0xAB))
        numbers.write(Int16(-2))
        numbers.write(true)
        numbers.write(Int64.min)
        numbers.write(UInt128(1) << 100)
        let bytes = fields.finish()
        let same = numbers.finish()
        #expect(bytes == same)
        var reader = StateReader(bytes)
        let start = reader.place
        var read = try reader.readFields(28)
        let byte: UInt8 = reader.next(&read)
        let short: Int16 = reader.next(&read)
        let flag = try reader.nextBool(&read)
        let long: Int64 = reader.next(&read)
        let wide: UInt128 = reader.next(&read)
        #expect(byte == 0xAB && short == -2 && flag && long == .min && wide == 1 << 100)
        #expect(reader.isAtEnd)
        for (other, isSame) in [
            (bytes, true), (bytes.dropLast() + [1], false), (Array(bytes.dropLast()), false),
        ] {
            let hasRead = reader.hasRead(other.span, from: start)
            #expect(hasRead == isSame)
        }
        for count in 0..<28 {
            var cut = StateReader(Array(bytes.prefix(count)))
            #expect(throws: StateError.self) { _ = try cut.readFields(28) }
        }
        var noBoolean = StateReader([2])
        var two = try noBoolean.readFields(1)
        #expect(throws: StateError.self) { _ = try noBoolean.nextBool(&two) }
    }

    // MARK: Records

    /// What the first version writes and reads, or the second, which has one more field.
    private func write(_ version: Int) -> [UInt8] {
        var writer = StateWriter()
        for number in 1...3 as ClosedRange<UInt8> {
            writer.writeRecord { writer in
                writer.write(number)
                writer.writeRecord { $0.write("inner \(number)") }
                if version > 1 { writer.write(UInt16(number) * 100) }
            }
        }
        return writer.finish()
    }

    private func read(_ bytes: [UInt8], _ version: Int) throws(StateError) -> [String] {
        var reader = StateReader(bytes)
        var found: [String] = []
        while !reader.isAtEnd {
            found.append(
                try reader.readRecord { reader throws(StateError) in
                    let number = try reader.read(UInt8.self)
                    let inner = try reader.readRecord { reader throws(StateError) in
                        try reader.readString()
                    }
                    guard version > 1 else { return "\(number) \(inner)" }
                    let more = reader.isAtEnd ? 7 : try reader.read(UInt16.self)
                    return "\(number) \(inner) \(more)"
                })
        }
        return found
    }

    @Test func `Versions read each other's records`() throws {
        #expect(try read(write(1), 1) == ["1 inner 1", "2 inner 2", "3 inner 3"])
        #expect(try read(write(2), 1) == ["1 inner 1", "2 inner 2", "3 inner 3"])
        #expect(try read(write(1), 2) == ["1 inner 1 7", "2 inner 2 7", "3 inner 3 7"])
        #expect(try read(write(2), 2) == ["1 inner 1 100", "2 inner 2 200", "3 inner 3 300"])
    }

    @Test func `A part has a reader of its own, and no surplus of a test`() throws {
        var writer = StateWriter(surplus: [9, 9])
        writer.writeRecord { $0.write(UInt8(1)) }
        writer.writePart { part in
            part.writeRecord { $0.write("inner") }
            part.write(UInt16(2))
        }
        writer.write(UInt8(3))
        let bytes = writer.finish()
        var reader = StateReader(bytes, surplus: [9, 9])
        _ = try reader.readRecord { reader throws(StateError) in try reader.read(UInt8.self) }
        var part = try reader.readPart()
        let text = try part.readRecord { part throws(StateError) in
            let text = try part.readString()
            #expect(part.isAtEnd)
            return text
        }
        let number = try part.read(UInt16.self)
        let last = try reader.read(UInt8.self)
        #expect(text == "inner" && number == 2 && part.isAtEnd && last == 3 && reader.isAtEnd)
        #expect(throws: StateError.self) { try part.read(UInt8.self) }
        var damaged = StateReader(Array(bytes.dropFirst(11).prefix(9)))
        #expect(throws: StateError.self) { try damaged.readPart() }
    }

    @Test(arguments: [[0xC3], [0xFF], [0xED, 0xA0, 0x80], [0x61, 0xC0, 0x80]] as [[UInt8]])
    func `A text that is not UTF-8 is an error`(text: [UInt8]) {
        var writer = StateWriter()
        writer.write(text.span)
        var reader = StateReader(writer.finish())
        #expect(throws: StateError.self) { try reader.readString() }
    }

    @Test func `A record cannot be read beyond its end`() throws {
        var writer = StateWriter()
        writer.writeRecord { $0.write(UInt8(1)) }
        writer.write(UInt64(2))
        var reader = StateReader(writer.finish())
        #expect(throws: StateError.self) {
            try reader.readRecord { reader throws(StateError) in try reader.read(UInt16.self) }
        }
        #expect(throws: StateError.self) { try read(Array(write(1).dropLast()), 1) }
    }

    @Test func `A test's later version finds what it has added, and nothing else`() throws {
        var writer = StateWriter(surplus: [9, 9])
        writer.writeRecord { $0.write(UInt8(1)) }
        let bytes = writer.finish()
        #expect(bytes == [3, 0, 0, 0, 0, 0, 0, 0, 1, 9, 9])
        for surplus in [[], [9, 9]] as [[UInt8]] {
            var reader = StateReader(bytes, surplus: surplus)
            let number = try reader.readRecord { reader throws(StateError) in
                try reader.read(UInt8.self)
            }
            #expect(number == 1 && reader.isAtEnd)
        }
        var other = StateReader(bytes, surplus: [9])
        #expect(throws: StateError.self) {
            try other.readRecord { reader throws(StateError) in try reader.read(UInt8.self) }
        }
    }
}
