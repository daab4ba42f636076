// What the chat asks its store when somebody searches.

/// Which messages are searched for.
public struct SearchRequest: Sendable, Equatable {
    /// A room in which is searched.
    public struct Room: Sendable, Equatable {
        /// The room's number.
        public var number: Int64
        /// Its name as frames have it.
        public var name: String

        /// A room from its parts.
        public init(number: Int64, name: String) {
            self.number = number
            self.name = name
        }
    }

    /// Names the question in the answer.
    public var ticket: UInt64
    /// The rooms: nothing is found in any other.
    public var rooms: [Room]
    /// What is searched for.
    public var query: SearchQuery
    /// Where an earlier search has stopped: ``FoundMessages/next``. nil begins with the newest.
    public var before: Int64?
    /// The most messages, at least 1.
    public var countLimit: Int
    /// The most bytes of frames; one message is returned whatever it has.
    public var byteLimit: Int
}

/// What was found, and how far the search has come.
public struct FoundMessages: Sendable {
    /// The messages whose present text is found, the newest text first. None was deleted.
    public var entries: [StoredEntry] = []
    /// What became of each of them: their frames show it.
    public var folds: [Fold] = []
    /// The bytes that the entries' ranges are in.
    public var bytes: [UInt8] = []
    /// Where the search goes on; nil if it has come to the end. The store's own number.
    public var next: Int64?
    /// How many texts were looked at.
    public var visitedCount = 0
    /// The bytes of these texts.
    public var visitedByteCount = 0

    /// Nothing found.
    public init() {}
}
