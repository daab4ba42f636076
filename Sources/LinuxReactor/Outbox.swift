// What one connection is owed and could not be given at once.
import WebSocketCore

/// The output of a connection that waits for its socket: bytes of its own, and markers that say
/// "first everything of that topic up to there", so that a direct message keeps its place after a
/// broadcast without a copy of the broadcast's bytes.
public struct Outbox: ~Copyable {
    /// Stands between two bytes of the outbox.
    public struct Marker: BitwiseCopyable, Equatable, Sendable {
        /// Counted from the first byte the outbox ever held.
        public var position: UInt64
        /// Which log, and up to which offset of it.
        public var source: UInt32
        public var end: UInt64
    }

    public var bytes = ByteBuffer()
    /// How many bytes have left through the front since the connection began.
    public private(set) var consumedCount: UInt64 = 0
    private var markers: [Marker] = []
    private var firstMarkerIndex: UInt32 = 0
    public private(set) var markerCount: UInt32 = 0

    public init() {}

    /// Whether nothing at all is owed.
    public var isEmpty: Bool { bytes.isEmpty && markerCount == 0 }

    /// The bytes that may be sent before the next marker is seen to.
    public var leadingByteCount: Int {
        markerCount == 0 ? bytes.count : Int(firstMarkerPosition &- consumedCount)
    }

    private var firstMarkerPosition: UInt64 { markers[Int(firstMarkerIndex)].position }

    public var firstMarker: Marker? { markerCount == 0 ? nil : markers[Int(firstMarkerIndex)] }

    /// The markers still to be seen to, in order.
    public var pendingMarkers: ArraySlice<Marker> { markers[Int(firstMarkerIndex)...] }

    /// What is appended after this waits until log `source` has been sent up to `end`.
    public mutating func appendMarker(source: UInt32, end: UInt64) {
        let position = consumedCount &+ UInt64(bytes.count)
        markers.append(Marker(position: position, source: source, end: end))
        markerCount += 1
    }

    public mutating func removeFirstMarker() {
        firstMarkerIndex += 1
        markerCount -= 1
        if markerCount == 0 {
            markers = []
            firstMarkerIndex = 0
        }
    }

    /// Takes the first `count` bytes away, which must stand before any marker.
    public mutating func removeFirst(_ count: Int) {
        assert(count <= leadingByteCount)
        bytes.removeFirst(count)
        consumedCount &+= UInt64(count)
    }

    /// Moves the bytes before the first marker to the end of `target`.
    public mutating func moveLeading(into target: inout ByteBuffer) {
        let count = leadingByteCount
        guard count > 0 else { return }
        target.append(bytes.span.extracting(0..<count))
        removeFirst(count)
    }

    /// Puts what `front` holds from `offset` on before all other bytes: what a send did not take.
    public mutating func prepend(_ front: borrowing ByteBuffer, from offset: Int) {
        let count = front.count - offset
        var whole = ByteBuffer(minimumCapacity: count + bytes.count)
        whole.append(front.span.extracting(offset...))
        whole.append(bytes.span)
        bytes = whole
        // The markers behind it move back, as if these bytes had never left.
        consumedCount &-= UInt64(count)
    }

    /// Gives the memory back when nothing is owed, and most of it when little is.
    public mutating func trim() {
        if bytes.isEmpty {
            bytes.removeAll()
        } else if bytes.capacity > 4 * bytes.count + 1024 {
            bytes.shrinkToFit()
        }
    }

    /// Forgets what the markers stand for; the bytes stay.
    public mutating func removeAllMarkers() {
        markers = []
        firstMarkerIndex = 0
        markerCount = 0
    }
}
