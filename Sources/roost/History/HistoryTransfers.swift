// `roost history export` and `import`: messages as lines of JSON.
import ArgumentParser
import ChatDatabase

struct HistoryExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all messages, one JSON object a line, as clients get them.",
        discussion: """
            roost history export messages.jsonl
            roost history export | jq -r 'select(.room == "lobby") | .text'

            Each line is a message's frame, always with its "epoch". It is the state of one \
            moment: the server goes on, and what is said meanwhile is not in it.
            """)

    @Argument(help: "The file to write; '-' is standard output. It must not exist.")
    var file = "-"

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let history = try HistoryFile(database.path)
        let output = try ByteOutput(file)
        let count = try history.export { output.write($0) }
        try output.finish()
        if file != "-" { print("\(count) messages are in \(file).") }
    }
}

struct HistoryImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Put exported messages into the database of a stopped server.",
        discussion: """
            roost history import messages.jsonl

            Messages keep their places, so that clients go on where they were. What is in the \
            database already may be in the file too. A line that contradicts it, or leaves a gap, \
            is refused with its number, and then nothing of the file is imported. Users and \
            passwords are not in such a file: see "roost history backup".
            """)

    @Argument(help: "The file to read; '-' is standard input.")
    var file = "-"

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let input = try LineInput(file)
        let importing = try HistoryImport(database.path)
        while let line = try input.next() { try importing.add(line.span) }
        try importing.finish()
        var sentence = "\(importing.addedCount) messages were imported"
        if importing.knownCount > 0 { sentence += ", \(importing.knownCount) were there already" }
        if importing.forgottenCount > 0 {
            sentence +=
                ", \(importing.forgottenCount) are older than what the database keeps of their rooms"
        }
        print(sentence + ".")
    }
}
