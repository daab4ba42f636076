// The members of a room on one node, as the other nodes hear of them.
import Storage

/// The members of a room on one node: their names, or only how many they are.
///
///     version 1 · count 4 · (byte count 1 · name)*
///
/// There are as many names as members, or none: beyond ``ChatLimits/presenceMemberLimit`` nobody
/// hears who comes and goes.
public struct RoomPresence: Sendable, Equatable {
    private static var version: UInt8 { 1 }
    /// More names than any node lists.
    private static var nameLimit: Int { 10_000 }

    /// How many members the room has on the node.
    public var count: Int
    /// Their names, in the order in which they came; empty if there are too many.
    public var names: [String]

    /// The members of a room, by their names if these are listed.
    public init(count: Int, names: [String]) {
        self.count = count
        self.names = names
    }

    /// Whether the names of all members are there.
    var isListed: Bool { names.count == count }

    /// The written form; no bytes if nobody is there.
    public var bytes: [UInt8] {
        guard count > 0 else { return [] }
        var out = ByteBuffer(minimumCapacity: 8 + names.count * 16)
        out.append(Self.version)
        out.append(littleEndian: UInt32(clamping: count))
        for name in names {
            out.append(UInt8(clamping: name.utf8.count))
            out.append(utf8: name)
        }
        return [UInt8](copying: out.span)
    }

    /// Reads the written form; nil for anything else, which another process has written.
    public init?(_ bytes: Span<UInt8>) {
        self.init(count: 0, names: [])
        guard bytes.count > 0 else { return }
        guard bytes.count >= 5, bytes[0] == Self.version else { return nil }
        for index in (1...4).reversed() { count = count << 8 | Int(bytes[index]) }
        var position = 5
        while position < bytes.count {
            let end = position + 1 + Int(bytes[position])
            guard end <= bytes.count, names.count < Self.nameLimit else { return nil }
            let name = bytes.string(position + 1..<end)
            guard Name.isWritable(name), !name.unicodeScalars.contains("\u{FFFD}") else {
                return nil
            }
            names.append(name)
            position = end
        }
        guard names.isEmpty || isListed, count > 0 else { return nil }
    }
}
