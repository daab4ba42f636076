// `roost reload`: has a running server read its configuration again, and says what came of it.
import ArgumentParser
import SystemdSupport

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a running server read its configuration file again.",
        discussion: """
            Every connection stays. If the file is bad nothing changes, and the reason is told: that \
            is how 'systemctl reload roost' can fail.
            """)

    @OptionGroup var target: ControlTarget

    func run() throws {
        let answer = try target.answer("POST", "/reload")
        guard answer.status == 200 else {
            // In the unit's journal the server itself has said so, with an explanation.
            if LogDestination.find() != .journal {
                ErrorStream().write(ControlTarget.sentence(answer.body))
            }
            throw ExitCode.failure
        }
        print(answer.body, terminator: "")
    }
}
