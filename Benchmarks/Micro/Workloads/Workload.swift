// The steps that are measured, one table of them.

/// A step of the server's work, done over and over.
struct Workload: Sendable {
    /// The name under which its figures are kept.
    let name: String
    /// How many operations make a good measurement: some milliseconds.
    let count: Int
    /// Prepares everything that the work needs, and returns a closure that does it the given number
    /// of times.
    let prepare: @Sendable () -> (Int) -> Void

    init(_ name: String, count: Int, prepare: @escaping @Sendable () -> (Int) -> Void) {
        self.name = name
        self.count = count
        self.prepare = prepare
    }

    /// All workloads.
    static var all: [Workload] {
        frames + texts + compression + timers + topics + commands + tls + handOver
    }
}

/// Keeps the optimiser from leaving out work whose result is not used.
@inline(never)
func use<Value: ~Copyable & ~Escapable>(_ value: borrowing Value) {}

/// The text of a chat message, of about the usual length.
let chatText = "The next train to the coast leaves at 12:40 from platform 3, see you there!"

/// Bytes that the caller owns.
func copy(_ bytes: Span<UInt8>) -> [UInt8] { bytes.indices.map { bytes[$0] } }
