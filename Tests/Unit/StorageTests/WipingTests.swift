// Secrets are overwritten where they lay, and no other bytes are.
import Testing

@testable import Storage

@Suite struct WipingTests {
    @Test func `An array's bytes are zeros, and then it is empty`() {
        var bytes = [UInt8](repeating: 7, count: 100)
        bytes.overwrite()
        #expect(bytes == [UInt8](repeating: 0, count: 100))
        bytes.wipe()
        #expect(bytes.isEmpty)
    }

    @Test func `An array that shares its bytes leaves them to the other`() {
        let other = [UInt8](repeating: 7, count: 100)
        var bytes = other
        bytes.wipe()
        #expect(bytes.isEmpty && other == [UInt8](repeating: 7, count: 100))
        var nothing: [UInt8] = []
        nothing.wipe()
        #expect(nothing.isEmpty)
    }

    @Test func `A buffer's bytes are zeros, and then it is empty and can be used again`() {
        var buffer = ByteBuffer()
        buffer.wipe()
        #expect([UInt8](copying: buffer.span) == [])
        buffer.append([1, 2, 3].span)
        buffer.removeFirst(1)
        buffer.overwrite()
        #expect([UInt8](copying: buffer.span) == [0, 0])
        buffer.wipe()
        let ownsMemory = buffer.ownsMemory
        #expect(!ownsMemory)
        buffer.append([4].span)
        #expect([UInt8](copying: buffer.span) == [4])
    }
}
