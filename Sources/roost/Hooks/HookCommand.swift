// `roost hook`: programs that may post in one room of a running server.
import ArgumentParser
import ChatRooms
import SystemdSupport

struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Let programs elsewhere post in a room, by an address that is a secret.",
        subcommands: [List.self, Add.self, Delete.self], defaultSubcommand: List.self)

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the hooks, without their addresses.",
            discussion: """
                roost hook list
                roost hook list --limit all --json
                """)

        @Option(help: "How many rows to show; 'all' for all of them.")
        var limit = RowLimit.rows(100)

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var target: ControlTarget

        func carryOut() throws {
            var rows = TopRows(limit) { one, other in
                (one["number"]?.int ?? 0) < (other["number"]?.int ?? 0)
            }
            let request = { (after: String?) in
                PartRequest(target: "/hooks" + ControlTarget.query([("after", after)]))
            }
            try target.forEachPart(request) { part in
                for row in part["hooks"]?.elements ?? [] { rows.add(row) }
            }
            print(json ? Who.json("hooks", rows) : Self.text(rows), terminator: json ? "\n" : "")
        }

        static func text(_ rows: TopRows) -> String {
            guard rows.count > 0 else { return "There are no hooks.\n" }
            var table = TextTable([
                .init(title: "NUMBER", isNumber: true), .init(title: "ROOM"),
                .init(title: "NAME"), .init(title: "SINCE"),
            ])
            for row in rows.first {
                table.add([
                    "\(row["number"]?.int ?? 0)", row["room"]?.string ?? "",
                    row["name"]?.string ?? "", row["since"]?.string ?? "",
                ])
            }
            return table.text + (rows.rest.map { $0 + "\n" } ?? "")
        }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a hook for a room, and print its address.",
            discussion: """
                sudo roost hook add ops --name deploy --url https://chat.example.org

                Programs send a text, or JSON like {"text":"hello"}, with POST to the address. The \
                address is shown this once, and anybody who has it can post: keep it like a \
                password. Nobody can log in with the hook's name.
                """)

        @Argument(help: "The room; it is opened by the first message if it does not exist.")
        var room: String

        @Option(help: "The author of what it posts.")
        var name = Hook.standardName

        @Option(
            help: """
                Where the chat is, for the line to copy. Default: the first address on which the \
                server listens.
                """)
        var url: String?

        @OptionGroup var target: ControlTarget

        func carryOut() throws {
            var body = JSONText()
            body.add("room", room)
            body.add("name", name)
            let answer = try target.ask("POST", "/add-hook", body: body.text)
            guard let hook = JSONTree(answer), let path = hook["path"]?.string else {
                throw ControlError(sentence: "The server's answer is none: \(answer.shown)")
            }
            // Without an address of the server the secret must not go to whatever listens at a
            // usual one.
            let place = url ?? hook["chat"]?.string ?? "https://chat.example.org"
            let chat = place.hasSuffix("/") ? String(place.dropLast()) : place
            print(
                """
                Hook \(hook["number"]?.int ?? 0) posts as \(name.shown) in the room \(room.shown). \
                Its address, which is shown this once:

                  \(path.shown)

                  curl -d 'Hello!' \(chat.shown)\(path.shown)
                """)
            if hook["lasting"]?.isTrue != true {
                print("\nThe server keeps nothing on a disk: the hook lasts until it stops.")
            }
        }
    }

    struct Delete: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a hook: its address opens nothing from then on.",
            discussion: """
                sudo roost hook delete 3

                What it has posted stays.
                """)

        @Argument(help: "The number of the hook, which 'roost hook list' shows.")
        var number: Int

        @OptionGroup var target: ControlTarget

        func carryOut() throws {
            var body = JSONText()
            body.add("number", number)
            _ = try target.ask("POST", "/delete-hook", body: body.text)
            print("Hook \(number) is deleted.")
        }
    }
}
