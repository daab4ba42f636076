// UNSAFE: owns memory by pointer. `count` bytes from `base` on are initialised and `capacity` are
// allocated; every write reserves first, and every range given is checked against `count`.

/// Bytes that are written by appending, and read as spans. Unlike an array it cannot be copied by
/// accident, and appending a literal is a few stores.
@safe public struct ByteBuffer: ~Copyable {
    /// Nil until the first write: an empty buffer costs no memory.
    private var base: UnsafeMutablePointer<UInt8>?
    private var capacity = 0
    /// Bytes written.
    public private(set) var count = 0

    private static var firstCapacity: Int { 256 }

    init() {
        unsafe base = nil
    }

    deinit {
        unsafe base?.deallocate()
    }

    /// All bytes.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        @inline(__always)
        get {
            let written = unsafe UnsafeBufferPointer(start: base, count: count)
            let span = unsafe Span(_unsafeElements: written)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Makes sure that so many more bytes fit.
    @inline(__always)
    private mutating func reserve(_ byteCount: Int) {
        if byteCount > capacity - count {
            grow(byteCount)
        }
    }

    @inline(never)
    private mutating func grow(_ byteCount: Int) {
        let larger = max(Self.firstCapacity, capacity * 2, count + byteCount)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        if let base = unsafe base {
            unsafe memory.moveInitialize(from: base, count: count)
            unsafe base.deallocate()
        }
        unsafe base = memory
        capacity = larger
    }

    @inline(__always)
    private mutating func put(_ start: UnsafePointer<UInt8>, _ byteCount: Int) {
        guard byteCount > 0 else { return }
        reserve(byteCount)
        unsafe (base.unsafelyUnwrapped + count).initialize(from: start, count: byteCount)
        count += byteCount
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe (base.unsafelyUnwrapped + count).initialize(to: byte)
        count += 1
    }

    /// Appends text that is already valid JSON.
    @inline(__always)
    mutating func put(_ literal: StaticString) {
        unsafe put(literal.utf8Start, literal.utf8CodeUnitCount)
    }

    @inline(__always)
    mutating func put(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { pointer in
            if let start = pointer.baseAddress {
                unsafe put(start, pointer.count)
            }
        }
    }

    /// Appends the part `range` of `bytes`.
    @inline(__always)
    mutating func put(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        put(bytes.extracting(range))
    }

    /// Appends a string's UTF-8 as it stands.
    @inline(__always)
    mutating func put(text: borrowing String) {
        put(text.utf8Span.span)
    }

    /// Takes back what was written last. Keeps the memory.
    mutating func truncate(to count: Int) {
        precondition((0...self.count).contains(count))
        self.count = count
    }

    /// Forgets everything, and gives back memory beyond `keptByteLimit`.
    mutating func removeAll(keptByteLimit: Int) {
        if capacity > keptByteLimit {
            self = ByteBuffer()
        }
        count = 0
    }

    /// A copy as an array.
    func array() -> [UInt8] {
        unsafe [UInt8](UnsafeBufferPointer(start: base, count: count))
    }
}

// It owns its memory alone, as an array would.
extension ByteBuffer: @unchecked Sendable {}
