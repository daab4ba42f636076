// What is said of descriptors that wait in a carrier, so that the next process knows which
// connection each belongs to.
import LinuxReactor
import Storage

/// The bytes of a message in a carrier.
struct CarrierMessage: Equatable {
    enum Content: UInt8 {
        /// The sockets of connections, in the order of the state, from the number `first` on.
        case sockets
        /// The file with the state. It is sent when everything else is kept: without it, the rest
        /// means nothing.
        case state
        /// The records of connections, in case of a crash.
        case records
        /// Sockets that were parked in case of a crash: the names of `number` connections follow.
        case parked
    }

    let content: Content
    /// Which attempt to leave the connections this belongs to: a store may still have something of
    /// an earlier one.
    let attempt: UInt64
    /// The number of the first socket; of a state, how many there are in all.
    let number: UInt32
    /// Of parked sockets, the slot and the resource number of each.
    private(set) var names: [Name] = []

    struct Name: Hashable {
        var slot: UInt32
        var resourceID: UInt64
    }

    /// What such a message begins with.
    private static let magic: UInt64 = 0x726F_6F73_7420_6664
    private static let version: UInt16 = 1

    init(_ content: Content, of attempt: UInt64, _ number: Int) {
        self.content = content
        self.attempt = attempt
        self.number = UInt32(number)
    }

    /// That of parked sockets.
    init(parking sockets: [ParkedSocket], of attempt: UInt64) {
        self.init(.parked, of: attempt, sockets.count)
        names = sockets.map { Name(slot: $0.slot, resourceID: $0.resourceID) }
    }

    var bytes: [UInt8] {
        var writer = StateWriter()
        writer.write(Self.magic)
        writer.write(Self.version)
        writer.write(content.rawValue)
        writer.write(attempt)
        writer.write(number)
        for name in names {
            writer.write(name.slot)
            writer.write(name.resourceID)
        }
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
            if content == .parked {
                guard number <= UInt32(Carrier.messageLimit) else { return nil }
                for _ in 0..<number {
                    names.append(
                        Name(slot: try reader.read(), resourceID: try reader.read()))
                }
            }
        } catch { return nil }
        guard reader.isAtEnd else { return nil }
    }
}
