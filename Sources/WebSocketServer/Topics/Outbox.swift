// What one connection is owed and could not be given at once.
import Storage

/// The output of a connection that waits for its socket: bytes of its own, and markers that say
/// "first everything of that topic up to there", so that a direct message keeps its place after a
/// broadcast without a copy of the broadcast's bytes.
struct Outbox: ~Copyable {
    /// Stands between two bytes of the outbox.
    struct OrderMarker: BitwiseCopyable, Equatable, Sendable {
        /// Counted from the first byte the outbox ever held.
        var position: UInt64
        /// Which log, and up to which offset of it.
        var source: VariantIndex
        /// The offset in the log up to which it is to be sent.
        var end: UInt64
    }

    /// The bytes, oldest first; append to them, and take away through ``removeFirst(_:)``.
    var bytes: ByteBuffer
    /// How many bytes have left through the front since the connection began.
    var consumed: UInt64
    var markers: [OrderMarker]
    var firstMarkerIndex: UInt32
    var pendingMarkerCount: UInt32

    /// How many markers there are.
    var markerCount: UInt32 { pendingMarkerCount }

    /// Nothing owed, no memory owned.
    init() {
        bytes = ByteBuffer()
        consumed = 0
        markers = []
        firstMarkerIndex = 0
        pendingMarkerCount = 0
    }

    /// Whether nothing at all is owed.
    var isEmpty: Bool { bytes.isEmpty && markerCount == 0 }

    /// The bytes that may be sent before the next marker is seen to.
    var leadingByteCount: Int {
        markerCount == 0 ? bytes.count : Int(firstMarkerPosition &- consumed)
    }

    /// These bytes.
    var leadingBytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(0..<leadingByteCount) }
    }

    var firstMarkerPosition: UInt64 { markers[Int(firstMarkerIndex)].position }

    /// The marker that is to be seen to next, if there is one.
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

    /// The first marker has been seen to; call it when there is one.
    mutating func removeFirstMarker() {
        firstMarkerIndex += 1
        pendingMarkerCount -= 1
        if markerCount == 0 {
            markers = []
            firstMarkerIndex = 0
        } else if firstMarkerIndex >= 32, firstMarkerIndex > markerCount {
            // There may always be another: those that are done with are forgotten by the half.
            markers.removeFirst(Int(firstMarkerIndex))
            firstMarkerIndex = 0
        }
    }

    /// Takes the first `count` bytes away, which must stand before any marker.
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

    /// Puts what `front` holds from `offset` on before all other bytes: what a send did not take.
    mutating func prepend(_ front: borrowing ByteBuffer, from offset: Int) {
        let count = front.count - offset
        var whole = ByteBuffer(minimumCapacity: count + bytes.count)
        whole.append(front.span.extracting(offset...))
        whole.append(bytes.span)
        bytes = whole
        // The markers behind it move back, as if these bytes had never left.
        consumed &-= UInt64(count)
    }

    /// Gives the memory back when nothing is owed, and most of it when little is.
    mutating func trim() {
        if bytes.isEmpty {
            bytes.removeAll()
        } else if bytes.capacity > 4 * bytes.count + 1024 {
            bytes.shrinkToFit()
        }
    }

    /// Forgets what the markers stand for; the bytes stay.
    mutating func removeAllMarkers() {
        markers = []
        firstMarkerIndex = 0
        pendingMarkerCount = 0
    }
}
