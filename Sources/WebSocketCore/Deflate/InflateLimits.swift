// How large a message may become when it is decompressed.

/// The bounds of one decompressed message: its size, and its size relative to its compressed size.
///
/// Deflate can encode 1,032 bytes in one. The limit on size bounds the memory that a message costs;
/// where that limit is high, the ratio bounds the work that a sender can cause with one byte.
public struct InflateLimits: Equatable, BitwiseCopyable, Sendable {
    /// 256: twice the ratio of very repetitive text, a quarter of the ratio of a zip bomb.
    public static let defaultRatio = 256
    /// 64 KiB, so that the ratio never matters where messages are limited to this size.
    public static let defaultRatioFreeByteCount = 64 * 1024

    /// The most bytes that a decompressed message may have.
    public var messageByteLimit: Int
    /// The most times that a message may be larger than its compressed form.
    public var ratioLimit: Int
    /// A message of up to this many bytes may have any ratio: an empty picture, a row of zeros.
    /// Decompressed bytes are counted.
    public var ratioFreeByteCount: Int

    /// Bounds for one message.
    public init(
        messageByteLimit: Int, ratioLimit: Int = defaultRatio,
        ratioFreeByteCount: Int = defaultRatioFreeByteCount
    ) {
        self.messageByteLimit = messageByteLimit
        self.ratioLimit = ratioLimit
        self.ratioFreeByteCount = ratioFreeByteCount
    }

    /// The most bytes that `byteCount` compressed bytes may expand to.
    func allowance(for byteCount: Int) -> Int {
        let (product, overflows) = byteCount.multipliedReportingOverflow(by: ratioLimit)
        let byRatio = max(overflows ? Int.max : product, ratioFreeByteCount)
        // One byte more must not overflow: producing it is how excess is detected.
        return max(0, min(messageByteLimit, byRatio, Int.max - 1))
    }
}
