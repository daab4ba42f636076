// The steps that are measured, one table of them.

/// A step of the server's work, done over and over.
struct Workload: Sendable {
    /// The name under which its figures are kept.
    let name: String
    /// How many operations make a good measurement: some milliseconds.
    let count: Int
    /// Makes everything that the work needs, and returns what does it so many times.
    let prepare: @Sendable () -> (Int) -> Void

    init(_ name: String, count: Int, prepare: @escaping @Sendable () -> (Int) -> Void) {
        self.name = name
        self.count = count
        self.prepare = prepare
    }

    /// All of them.
    static var all: [Workload] { frames + texts + compression + timers + topics + commands }
}

/// Keeps an optimiser from leaving out what nobody looks at.
@inline(never)
func use<Value: ~Copyable & ~Escapable>(_ value: borrowing Value) {}

/// The text of a chat message, of about the usual length.
let chatText = "The next train to the coast leaves at 12:40 from platform 3, see you there!"

/// Bytes of one's own.
func copy(_ bytes: Span<UInt8>) -> [UInt8] { bytes.indices.map { bytes[$0] } }
