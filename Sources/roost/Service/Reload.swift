// `roost reload`: makes a running server read its configuration again, and reports the result.
import ArgumentParser
import SystemdSupport

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a running server read its configuration file again.",
        discussion: """
            Every connection stays. If the file is bad, nothing changes and the command fails with \
            the reason, and so does 'systemctl reload roost'.
            """)

    @OptionGroup var target: ControlTarget

    func run() throws {
        let answer = try target.answer("POST", "/reload")
        // In the unit's journal, where 'systemctl reload' leads, the server itself has logged the
        // result, with an explanation.
        let isForPerson = LogDestination.find() != .journal
        guard answer.status == 200 else {
            if isForPerson { ErrorStream().write(ControlTarget.sentence(answer.body)) }
            throw ExitCode.failure
        }
        if isForPerson { print(answer.body, terminator: "") }
    }
}
