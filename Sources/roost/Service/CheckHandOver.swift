// `roost check-handover`: asks a running server whether the installed program could take over.
import ArgumentParser
import SystemdSupport

struct CheckHandOver: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-handover",
        abstract: "Say whether the installed version could take over from the running server.",
        discussion: """
            The server starts the installed program as a child, which reads the server's state and \
            the configuration, and ends. Nothing else happens: 'roost reload' does the same, and \
            lets the program take over then. The command fails with the reason if it could not.

            sudo roost check-handover
            """)

    @OptionGroup var target: ControlTarget

    func carryOut() throws {
        let answer = try target.answer("POST", "/check-handover")
        let outcome = try ReloadOutcome.wait(for: answer, target)
        guard outcome.isGood else { throw ControlError(sentence: outcome.words) }
        print(TerminalText.line(outcome.words))
    }
}
