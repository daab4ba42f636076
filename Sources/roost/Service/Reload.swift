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
        guard answer.status == 200 else {
            // In the unit's journal, the server itself has logged the reason with an explanation.
            if LogDestination.find() != .journal {
                ErrorStream().write(ControlTarget.sentence(answer.body))
            }
            throw ExitCode.failure
        }
        print(answer.body, terminator: "")
    }
}
