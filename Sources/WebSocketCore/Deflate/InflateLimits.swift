// How much may come out of a compressed message.

/// The bounds of one decompressed message: its size, and its size in proportion to what was sent.
///
/// Deflate can say 1,032 bytes in one. The limit on size bounds the memory that a message costs;
/// the ratio bounds the work that a sender gets done for a byte, where the limit is high.
public struct InflateLimits: Equatable, BitwiseCopyable, Sendable {
    /// 256: twice what very repetitive text reaches, a quarter of what a bomb does.
    public static let defaultRatio = 256
    /// 64 KiB, so that with messages limited to this much the ratio never comes into play.
    public static let defaultRatioFreeByteCount = 64 * 1024

    /// The most bytes that a message may have once it is decompressed.
    public var messageByteLimit: Int
    /// How many times larger than its compressed form a message may be.
    public var ratioLimit: Int
    /// A message of up to this many bytes may have any ratio: an empty picture, a row of zeros.
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

    /// The most bytes that may come out of `byteCount` compressed ones.
    func allowance(for byteCount: Int) -> Int {
        let (product, overflows) = byteCount.multipliedReportingOverflow(by: ratioLimit)
        let byRatio = max(overflows ? Int.max : product, ratioFreeByteCount)
        // One more must be a number too: that is how going over is seen.
        return max(0, min(messageByteLimit, byRatio, Int.max - 1))
    }
}
