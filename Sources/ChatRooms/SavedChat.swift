// The special parts of a saved chat's binary form: counts have four bytes instead of eight.
import Storage

/// Why a saved chat could not be restored. The description is a sentence.
public enum RestoreError: Error, Equatable, CustomStringConvertible {
    /// The bytes are not a saved chat.
    case notAChat
    /// The bytes have this version, and only versions from another one on can read them; or they
    /// are too old for this one.
    case unknownVersion(UInt16)
    /// The bytes are too few or too many, or contradict themselves.
    case damaged

    /// What is wrong.
    public var description: String {
        switch self {
        case .notAChat: "It is not the state of a chat."
        case .unknownVersion(let version):
            "It has version \(version), which a program of version \(Chat.stateVersion) cannot read."
        case .damaged: "It contradicts itself."
        }
    }
}

// How many bytes the numbers of fixed width have that are written of each, behind a name, or
// before rooms.
extension User {
    static var savedByteCount: Int { 33 }
}
extension Membership {
    static var savedByteCount: Int { 12 }
}
extension ConnectionRecord {
    static var savedByteCount: Int { 34 }
}
extension Owner {
    /// Of a user's owner.
    static var savedByteCount: Int { 12 }
}

extension StateError {
    /// Values that no chat has.
    static var damaged: StateError { StateError("the saved chat contradicts itself") }
}

extension StateWriter {
    /// A name, preceded by its count of bytes.
    mutating func write(name: String) {
        write(UInt32(name.utf8.count))
        bytes.append(utf8: name)
    }

    /// A list of records, preceded by their count, each of which `write` writes: a later version
    /// may append fields to them.
    mutating func write<Element>(
        records count: Int, _ elements: some Sequence<Element>,
        _ write: (inout StateWriter, Element) -> Void
    ) {
        self.write(UInt32(count))
        for element in elements {
            let record = beginRecord()
            write(&self, element)
            endRecord(record)
        }
    }

    /// A list of plain numbers or names, preceded by its count of elements, each of which `write`
    /// writes.
    mutating func write<Element>(
        _ count: Int, _ elements: some Sequence<Element>,
        _ write: (inout StateWriter, Element) -> Void
    ) {
        self.write(UInt32(count))
        for element in elements {
            write(&self, element)
        }
    }
}

extension StateReader {
    mutating func readName() throws(StateError) -> String {
        try text(try readByteString())
    }

    /// Reads a user's name, and the hash of its key if that is wanted; throws if it is no name.
    mutating func readName(
        hashing isHashed: Bool
    ) throws(StateError) -> (name: String, hash: UInt32) {
        let range = try readByteString()
        let name = try text(range)
        // Not `isAllowed`: whoever has a name keeps it, when the rules become stricter.
        guard Name.isWritable(bytes.span.extracting(range)) else { throw .damaged }
        guard isHashed else { return (name, 0) }
        let hash = NameKey.hashOfPlain(bytes.span.extracting(range)) ?? NameKey(name).hash
        return (name, hash)
    }

    /// The range of a byte string that is preceded by its count.
    mutating func readByteString() throws(StateError) -> Range<Int> {
        try readRange(byteCount: Int(try read(UInt32.self)))
    }

    /// The number of elements that follow, each of at least one byte.
    mutating func readElementCount() throws(StateError) -> Int {
        let count = Int(try read(UInt32.self))
        guard count <= unreadByteCount else { throw .damaged }
        return count
    }
}
