// What a message is about: of each key a topic keeps the newest message.
import Storage

/// What a message of a ``SlowConsumerPolicy/latestPerKey`` topic is about, such as a train: a text
/// or a number. Texts and numbers are different keys: `"7"` is not `7`.
///
/// A text of up to 15 bytes needs no memory of its own. Looking a key up takes some 50 ns; keys may
/// come from clients, since they are hashed with a seed that nobody knows.
public struct TopicKey: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case name(String)
        case number(Int64)
    }

    let content: Content

    /// A key that is a text, of any length; it counts towards
    /// ``Limits/retainedByteCount``.
    public init(_ name: String) { content = .name(name) }

    /// A key that is a number.
    public init(_ number: Int) { content = .number(Int64(number)) }

    /// The key of messages that are published without one.
    static let none = TopicKey("")

    /// What it costs of a topic's bytes: its text, and about what the tables need for one key.
    var byteCount: Int {
        switch content {
        case .name(let name): 128 + name.utf8.count
        case .number: 128
        }
    }
}

extension TopicKey: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A key that is a text.
    public init(stringLiteral value: String) { self.init(value) }

    /// A key that is a number.
    public init(integerLiteral value: Int) { self.init(value) }
}

extension TopicKey: CustomStringConvertible {
    /// The text or the number.
    public var description: String {
        switch content {
        case .name(let name): name
        case .number(let number): "\(number)"
        }
    }
}

extension TopicKey {
    func save(to writer: inout StateWriter) {
        switch content {
        case .name(let name):
            writer.write(true)
            writer.write(name)
        case .number(let number):
            writer.write(false)
            writer.write(number)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        let isName = try reader.readBool()
        content = isName ? .name(try reader.readString()) : .number(try reader.read())
    }
}
