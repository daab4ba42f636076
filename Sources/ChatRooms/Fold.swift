// What became of a message: the entries behind it that change it, folded into one state.
import Storage

/// How a message is shown after later entries have changed it.
public struct Fold: Sendable, Equatable {
    /// One user's reaction.
    public struct Reaction: Sendable, Equatable {
        /// See ``StoredEntry/author``.
        public var author: Int64
        /// The name under which it was given.
        public var user: String
        /// One emoji, as it is in the frame.
        public var emoji: [UInt8]
        /// The entry that says so.
        public var offset: Int
    }

    /// The newest edition's offset; 0 if the message is as it was first.
    public private(set) var edition = 0
    /// The newest edition's text, as it is in the frame.
    public private(set) var text: [UInt8] = []
    /// The offset of the deletion; 0 if there was none.
    public private(set) var deletion = 0
    /// Everybody's reaction, in the order in which they came.
    public private(set) var reactions: [Reaction] = []
    /// How many entries have changed the message.
    public private(set) var changeCount = 0
    /// The newest of them.
    private var lastChange = 0

    /// A message as it was sent.
    public init() {}

    /// A later entry changes the message. Entries come in the order of their offsets; one may
    /// come again.
    public mutating func apply(_ entry: StoredEntry, user: String, text: [UInt8]) {
        let offset = entry.place.offset
        guard offset > lastChange else { return }
        lastChange = offset
        changeCount += 1
        guard deletion == 0 else { return }
        switch entry.kind {
        case .message, .topic: return
        case .edited: (edition, self.text) = (offset, text)
        case .deleted: (deletion, self.text, reactions) = (offset, [], [])
        case .reaction:
            reactions.removeAll { $0.author == entry.author }
            guard !text.isEmpty else { return }
            reactions.append(
                Reaction(author: entry.author, user: user, emoji: text, offset: offset))
        }
    }

    /// Writes what a message's frame has behind its text:
    /// `,"edited":59,"reactions":{"👍":["ann","bob"]}`, or `,"deleted":60`.
    func write(to out: inout ByteBuffer) {
        if deletion > 0 {
            out.append(",\"deleted\":")
            out.append(decimal: deletion)
            return
        }
        if edition > 0 {
            out.append(",\"edited\":")
            out.append(decimal: edition)
        }
        if !reactions.isEmpty { writeReactions(to: &out) }
    }

    private func writeReactions(to out: inout ByteBuffer) {
        out.append(",\"reactions\":{")
        var written: [[UInt8]] = []
        for first in reactions where !written.contains(first.emoji) {
            if !written.isEmpty { out.append(UInt8(ascii: ",")) }
            written.append(first.emoji)
            out.append(UInt8(ascii: "\""))
            out.append(first.emoji.span)
            out.append("\":[")
            var isFirst = true
            for reaction in reactions where reaction.emoji == first.emoji {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                out.append(UInt8(ascii: "\""))
                out.append(utf8: reaction.user)
                out.append(UInt8(ascii: "\""))
            }
            out.append(UInt8(ascii: "]"))
        }
        out.append(UInt8(ascii: "}"))
    }
}
