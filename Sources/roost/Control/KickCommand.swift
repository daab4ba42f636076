// `roost kick`: sends somebody out.
import ArgumentParser

struct Kick: ControlCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send somebody out of the server, or out of a room.",
        discussion: """
            sudo roost kick ann --reason "Please stop flooding the lobby."
            sudo roost kick ann --room lobby
            sudo roost kick --connection 4711
            sudo roost kick --address 192.0.2.0/24

            Connections are closed with 4003 and "You were sent out: " with the reason, which the \
            page shows; it does not come back by itself. Nobody is kept from coming back: for \
            that, use 'roost ban', or close the address in the firewall or the proxy. With several \
            conditions all of them must hold.
            """)

    @Argument(help: "The user; all of the user's connections are meant.")
    var name: String?

    @Option(help: "Out of this room only; the connections stay.")
    var room: String?

    @Option(help: "One sentence, which the user gets to read.")
    var reason: String?

    @Option(help: "The connection with this number, as 'roost who' shows it.")
    var connection: UInt64?

    @Option(help: "All connections from this address, or from this range of addresses.")
    var address: String?

    @OptionGroup var target: ControlTarget

    func validate() throws {
        guard name != nil || connection != nil || address != nil else {
            throw ValidationError(
                "Say whom to send out: a name, --connection or --address. 'roost who' lists all.")
        }
    }

    func carryOut() throws {
        var count = 0
        let request = { (after: String?) in
            PartRequest(method: "POST", target: "/kick", body: body(after))
        }
        try target.forEachPart(request) { part in
            count += part["connections"]?.int ?? 0
        }
        guard count > 0 else {
            throw ControlError(
                sentence: "No connection fits all of that, so nobody was sent out. 'roost who' "
                    + "lists them.")
        }
        let connections = "\(Figures.count(count)) connection\(count == 1 ? "" : "s")"
        print(
            room.map { "Sent \(connections) out of the room \($0.shown)." }
                ?? "Closed \(connections).")
    }

    private func body(_ after: String?) -> String {
        var body = JSONText()
        if let name { body.add("user", name) }
        if let room { body.add("room", room) }
        if let reason { body.add("reason", reason) }
        if let connection { body.add("connection", connection) }
        if let address { body.add("address", address) }
        if let after { body.add("after", after) }
        return body.text
    }
}
