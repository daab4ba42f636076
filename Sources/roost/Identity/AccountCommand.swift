// `roost account`: the accounts of a running server.
import ArgumentParser
import SystemdSupport

struct AccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Show accounts, help who has forgotten a password, free a name.",
        subcommands: [List.self, Reset.self, Delete.self], defaultSubcommand: List.self)

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the names that are somebody's own.",
            discussion: """
                roost account list
                roost account list --limit all --json

                SESSIONS counts the devices that are logged in, whether they are connected or not.
                """)

        @Option(help: "How many rows to show; 'all' for all of them.")
        var limit = RowLimit.rows(100)

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var target: ControlTarget

        func carryOut() throws {
            var rows = TopRows(limit) { one, other in
                (one["user"]?.string ?? "") < (other["user"]?.string ?? "")
            }
            let request = { (after: String?) in
                PartRequest(target: "/accounts" + ControlTarget.query([("after", after)]))
            }
            try target.forEachPart(request) { part in
                for row in part["accounts"]?.elements ?? [] { rows.add(row) }
            }
            print(
                json ? Who.json("accounts", rows) : Self.text(rows), terminator: json ? "\n" : "")
        }

        static func text(_ rows: TopRows) -> String {
            guard rows.count > 0 else { return "There are no accounts.\n" }
            var table = TextTable([
                .init(title: "NAME"), .init(title: "SESSIONS", isNumber: true),
                .init(title: "CONNECTIONS", isNumber: true), .init(title: "LAST LOGIN"),
            ])
            for row in rows.first {
                table.add([
                    row["user"]?.string ?? "", Figures.count(row["sessions"]?.int ?? 0),
                    Figures.count(row["connections"]?.int ?? 0), row["login_at"]?.string ?? "-",
                ])
            }
            return table.text + (rows.rest.map { $0 + "\n" } ?? "")
        }
    }

    struct Reset: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give an account a new password, and end its sessions.",
            discussion: """
                sudo roost account reset ann

                It prints the password, which is made here: the server gets its hash only. Give it \
                to the person, who logs in with it and sets another one.
                """)

        @Argument(help: "The account.")
        var name: String

        @OptionGroup var target: ControlTarget

        func carryOut() throws {
            let password = Self.makePassword()
            var body = JSONText()
            body.add("user", name)
            body.add("hash", PasswordHash(hashing: Array(password.utf8)).text)
            _ = try target.ask("POST", "/reset-account", body: body.text)
            print("The new password of \(TerminalText.line(name)) is \(password)")
        }

        /// Twenty characters that nobody takes for one another: 98 bits.
        static func makePassword() -> String {
            let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
            var source = SystemRandomNumberGenerator()
            let groups = (0..<4).map { _ in
                String((0..<5).map { _ in letters.randomElement(using: &source)! })
            }
            return groups.joined(separator: "-")
        }
    }

    struct Delete: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Free the name of an account: anybody may take it then.",
            discussion: """
                sudo roost account delete ann

                Its sessions end, and its connections are closed. What it has said stays.
                """)

        @Argument(help: "The account.")
        var name: String

        @OptionGroup var target: ControlTarget

        func carryOut() throws {
            var body = JSONText()
            body.add("user", name)
            _ = try target.ask("POST", "/delete-account", body: body.text)
            print("The name \(TerminalText.line(name)) is free.")
        }
    }
}
