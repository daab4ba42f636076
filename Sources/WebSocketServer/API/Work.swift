// What work costs: the unit in which turns, connections and addresses are bounded.

/// The costs of the server's work, in units of about a nanosecond of its CPU time.
///
/// Counting bytes received says little about the work that they cause: 50 bytes may ask for a
/// megabyte, compressed. So the server counts what it does, at the costs below, and bounds the work
/// of a turn (``Limits/workPerTurn``), of a connection in a turn, and of an address
/// (``Limits/workRatePerAddress``). A handler whose own work is more than a few microseconds for a
/// callback adds it with ``ServerContext/charge(_:)``.
///
/// The costs were measured once on a 3 GHz server with Linux 6 (zlib 1.3, level 1), rounded up, and
/// are the same on every machine: a bound of work is the same everywhere, in a test as well.
public enum Work {
    /// A byte that is copied, written, or given to the kernel: 0.3 to 1 ns.
    public static let byte = 1
    /// A byte that is looked at one by one, as by a parser: 1 to 2 ns.
    public static let scannedByte = 2
    /// A byte that is compressed: 12 ns for chat, 34 for noise.
    public static let compressedByte = 16
    /// A message that is compressed, however short: 4 to 8 µs.
    public static let compressedMessage = 8_192
    /// A byte that comes out of the decompressor: 3 to 5 ns.
    public static let inflatedByte = 4
    /// A message that is decompressed, however short: 2 µs.
    public static let inflatedMessage = 2_048
    /// A message of another thread, beside what its handling costs: 0.1 to 1 µs.
    public static let mail = 1_024
    /// A call of recv(2) or send(2) for one connection: 1 to 9 µs.
    public static let call = 4_096
    /// A plain HTTP request, parsed, routed and answered: 10 to 20 µs.
    public static let request = 16_384
    /// A step of a TLS handshake with an ECDSA key: 0.1 to 0.4 ms, and there are two.
    public static let tlsHandshake = 262_144
    /// A TLS record that is decrypted, however short: 0.35 µs.
    public static let tlsRecord = 512
    /// A TLS peer's change of keys, and ours if it asks for that: 8 µs.
    public static let tlsKeyUpdate = 8_192
    /// The beginning or the end of a connection: 10 to 20 µs, mostly the kernel's.
    public static let connection = 16_384
}
