// The newest elements, compared with the end of an array.
import Storage
import Testing

@Suite struct RingTests {
    @Test(arguments: [1, 2, 3, 7])
    func `It keeps the newest, in order`(capacity: Int) {
        var ring = Ring<Int>(capacity: capacity)
        #expect(ring.oldest == nil)
        var all: [Int] = []
        for value in 0..<4 * capacity + 2 {
            ring.append(value)
            all.append(value)
            let newest = Array(all.suffix(capacity).reversed())
            #expect(ring.count == newest.count)
            #expect((0..<ring.count).map { ring[fromNewest: $0] } == newest)
            #expect(ring.oldest == newest.last)
        }
    }
}
