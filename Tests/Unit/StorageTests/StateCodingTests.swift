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
}
