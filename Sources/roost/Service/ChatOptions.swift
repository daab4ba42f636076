// The flags that are about the chat itself.
import ArgumentParser
import ChatRooms
import CommandLineOptions

/// How many rooms there may be, and who moderates them.
struct ChatOptions: ParsableArguments {
    @Option(
        help: """
            The most rooms that users may open, besides the lobby. Default: \
            \(ChatLimits().roomLimit).
            """)
    var rooms: Int?

    @Option(
        help: """
            The most rooms opened from one address, or 'off'. Default: a fortieth of --rooms. \
            Loopback is exempt.
            """)
    var roomsPerAddress: Limit?

    @Option(
        help: ArgumentHelp(
            "An account that may send users out, ban and mute them. May be given several times.",
            valueName: "name"))
    var moderator: [String] = []

    func validate() throws {
        if let rooms, !(1...1_000_000).contains(rooms) {
            throw ValidationError("--rooms must be between 1 and 1000000.")
        }
    }

    /// Sets the limits that the flags are about.
    func apply(to limits: inout ChatLimits) {
        if let rooms {
            limits.roomLimit = rooms
            limits.roomsPerAddressLimit = max(1, rooms / ChatLimits.addressCount)
        }
        if let roomsPerAddress { limits.roomsPerAddressLimit = roomsPerAddress.value }
    }
}
