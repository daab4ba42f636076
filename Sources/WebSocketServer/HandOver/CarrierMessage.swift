// What is said of descriptors that wait in a carrier, so that the next process knows which
// connection each belongs to.
import Storage

/// The bytes of a message in a carrier.
struct CarrierMessage: Equatable {
    enum Content: UInt8 {
        /// The sockets of connections, in the order of the state, from the number `first` on.
        case sockets
        /// The file with the state. It is sent when everything else is kept: without it, the rest
        /// means nothing.
        case state
    }

    let content: Content
    /// Which attempt to leave the connections this belongs to: a store may still have something of
    /// an earlier one.
    let attempt: UInt64
    /// The number of the first socket; of a state, how many there are in all.
    let number: UInt32

    /// What such a message begins with.
    private static let magic: UInt64 = 0x726F_6F73_7420_6664
    private static let version: UInt16 = 1

    init(_ content: Content, of attempt: UInt64, _ number: Int) {
        self.content = content
        self.attempt = attempt
        self.number = UInt32(number)
    }

    var bytes: [UInt8] {
        var writer = StateWriter()
        writer.write(Self.magic)
        writer.write(Self.version)
        writer.write(content.rawValue)
        writer.write(attempt)
        writer.write(number)
        return writer.finish()
    }

    /// Nil if the message is no such message, or was written in another form.
    init?(_ bytes: [UInt8]) {
        var reader = StateReader(bytes)
        do throws(StateError) {
            guard try reader.read(UInt64.self) == Self.magic,
                try reader.read(UInt16.self) == Self.version,
                let content = Content(rawValue: try reader.read())
            else { return nil }
            self.content = content
            attempt = try reader.read()
            number = try reader.read()
        } catch { return nil }
        guard reader.isAtEnd else { return nil }
    }
}
