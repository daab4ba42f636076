// Why a server does not run, and what to do about it, in words.

extension ServiceUnits {
    /// Several lines: the state of the service, sockets that could not be opened, and how to start
    /// it.
    var whyNotRunning: String {
        ([state] + troubles + [remedy]).compactMap { $0 }.joined(separator: "\n")
    }

    private var state: String {
        switch (service["ActiveState"], service["SubState"]) {
        case ("failed", _):
            return "Roost is not running: \(service.name) has failed (\(ending))."
                + told(lastWords(of: service.name))
        case ("activating", _):
            let count = Int(service["NRestarts"]) ?? 0
            return "Roost is not running: \(service.name) ended (\(ending)) and is being started "
                + "again" + (count > 1 ? ", after \(Figures.count(count)) times" : "") + "."
                + told(lastWords(of: service.name))
        case ("deactivating", _):
            let status = service["StatusText"]
            return "Roost is stopping." + (status.isEmpty ? "" : " It says: \(status.shown)")
        default:
            return "Roost is not running: \(service.name) is \(service["ActiveState"])."
        }
    }

    /// "exit-code, status 78".
    private var ending: String {
        let status = service["ExecMainStatus"]
        return service["Result"] + (["", "0"].contains(status) ? "" : ", status \(status)")
    }

    private func told(_ words: String?) -> String {
        words.map { "\nIts last error: \($0.shown)" }
            ?? "\nThe reason is in its journal: journalctl -x -u \(service.name) -n 20"
    }

    /// Sockets that could not be opened: the usual reason is another program on the port.
    private var troubles: [String] {
        sockets.filter { $0["ActiveState"] == "failed" }.map { socket in
            let places = socket["Listen"].replacing(" (Stream)", with: "")
            let words = lastWords(of: socket.name, matching: "listening socket|Address already")
            let reason =
                words.map { ": " + $0.shown.replacing("\(socket.name): ", with: "") }
                ?? " (\(socket["Result"])): another program may have the address."
            var lines = ["\(socket.name) could not listen on \(places)\(reason)"]
            if let port = Self.port(places) {
                lines.append("Find the other program: ss -ltnp 'sport = :\(port)'")
            }
            lines.append("Then open it again: systemctl restart \(socket.name)")
            return lines.joined(separator: "\n")
        }
    }

    /// The port of the first address that has one.
    static func port(_ places: String) -> Int? {
        places.split(separator: ", ").lazy.compactMap { place in
            place.first == "/" ? nil : place.split(separator: ":").last.flatMap { Int($0) }
        }.first
    }

    private var remedy: String? {
        let clientSockets = sockets.filter(\.isForClients)
        if service["ActiveState"] == "deactivating" || clientSockets.contains(where: Self.hasFailed)
        {
            return nil
        }
        if service["ActiveState"] == "failed" {
            return "When it is mended: systemctl restart \(service.name)"
        }
        if let open = clientSockets.first(where: \.listens) {
            let places = open["Listen"].replacing(" (Stream)", with: "")
            return "The next client starts it: \(open.name) listens on \(places). "
                + "Or: systemctl start \(service.name)"
        }
        // The sockets for clients start the operators' with them.
        let names = clientSockets.map(\.name)
        return "Start it: systemctl start "
            + (names.isEmpty ? service.name : names.sorted().joined(separator: " "))
    }

    private static func hasFailed(_ unit: Unit) -> Bool { unit["ActiveState"] == "failed" }
}
