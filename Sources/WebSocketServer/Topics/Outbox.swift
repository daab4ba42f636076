// The output of a connection that its socket could not take at once.
import Storage

/// The output of a connection that waits for its socket: its own bytes, and markers that mean
/// "first everything of that topic up to there". So a direct message keeps its place after a
/// broadcast without a copy of the broadcast's bytes.
struct Outbox: ~Copyable {
    /// Marks a place between two bytes of the outbox.
    struct OrderMarker: BitwiseCopyable, Equatable, Sendable {
        /// The place, counted from the first byte ever appended to the outbox.
        var position: UInt64
        /// The topic variant whose log it refers to.
        var source: VariantIndex
        /// The offset up to which the log is to be sent first.
        var end: UInt64
    }

    /// The bytes, oldest first; append to them, and remove them only with ``removeFirst(_:)``.
    var bytes: ByteBuffer
    /// How many bytes were removed from the front since the connection began.
    var consumed: UInt64
    var markers: [OrderMarker]
    var firstMarkerIndex: UInt32
    var pendingMarkerCount: UInt32

    /// How many markers there are.
    var markerCount: UInt32 { pendingMarkerCount }

    /// An empty outbox, without memory.
    init() {
        bytes = ByteBuffer()
        consumed = 0
        markers = []
        firstMarkerIndex = 0
        pendingMarkerCount = 0
    }

    /// Whether nothing waits, neither bytes nor broadcasts.
    var isEmpty: Bool { bytes.isEmpty && markerCount == 0 }

    /// The number of bytes that may be sent before the next marker is handled.
    var leadingByteCount: Int {
        markerCount == 0 ? bytes.count : Int(firstMarkerPosition &- consumed)
    }

    /// The bytes that may be sent before the next marker is handled.
    var leadingBytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(0..<leadingByteCount) }
    }

    var firstMarkerPosition: UInt64 { markers[Int(firstMarkerIndex)].position }

    /// The next marker, if there is one.
    var firstMarker: OrderMarker? { markerCount == 0 ? nil : markers[Int(firstMarkerIndex)] }

    /// The markers, each with the number of bytes that stand before it.
    var markerPositions: [(byteCount: Int, marker: OrderMarker)] {
        markers[Int(firstMarkerIndex)...].map { (Int($0.position &- consumed), $0) }
    }

    /// What is appended after this waits until log `source` has been sent up to `end`.
    mutating func appendMarker(source: VariantIndex, end: UInt64) {
        let position = consumed &+ UInt64(bytes.count)
        markers.append(OrderMarker(position: position, source: source, end: end))
        pendingMarkerCount += 1
    }

    /// Removes the first marker, which must exist.
    mutating func removeFirstMarker() {
        firstMarkerIndex += 1
        pendingMarkerCount -= 1
        if markerCount == 0 {
            markers = []
            firstMarkerIndex = 0
        } else if firstMarkerIndex >= 32, firstMarkerIndex > markerCount {
            // Markers may keep coming: used ones are removed once they are more than half of the
            // array.
            markers.removeFirst(Int(firstMarkerIndex))
            firstMarkerIndex = 0
        }
    }

    /// Removes the first `count` bytes, all of which must be before any marker.
    mutating func removeFirst(_ count: Int) {
        assert(count <= leadingByteCount)
        bytes.removeFirst(count)
        consumed &+= UInt64(count)
    }

    /// Moves the bytes before the first marker to the end of `target`.
    mutating func moveLeading(into target: inout ByteBuffer) {
        let count = leadingByteCount
        guard count > 0 else { return }
        target.append(bytes.span.extracting(0..<count))
        removeFirst(count)
    }

    /// Puts the bytes of `front` from `offset` on before all other bytes: what a send did not take.
    mutating func prepend(_ front: borrowing ByteBuffer, from offset: Int) {
        let count = front.count - offset
        var whole = ByteBuffer(minimumCapacity: count + bytes.count)
        whole.append(front.span.extracting(offset...))
        whole.append(bytes.span)
        bytes = whole
        // The markers behind it move back, as if these bytes had never left.
        consumed &-= UInt64(count)
    }

    /// Frees the memory when no bytes wait, and most of it when few do.
    mutating func trim() {
        if bytes.isEmpty {
            bytes.removeAll()
        } else if bytes.capacity > 4 * bytes.count + 1024 {
            bytes.shrinkToFit()
        }
    }

    /// Removes all markers and so the broadcasts they refer to; the bytes stay.
    mutating func removeAllMarkers() {
        markers = []
        firstMarkerIndex = 0
        pendingMarkerCount = 0
    }
}
