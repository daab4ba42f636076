// `roost reload`: makes a running server read its configuration again, and reports the result.
import ArgumentParser
import SystemdSupport

struct Reload: ControlCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a running server read its configuration file again.",
        discussion: """
            Every connection stays. If the file is bad, nothing changes and the command fails with \
            the reason, and so does 'systemctl reload roost'. It says which process has read which \
            file.

            sudo roost reload
            sudo roost reload --instance shop
            """)

    @OptionGroup var target: ControlTarget

    func carryOut() throws {
        // As ExecReload= systemd runs it for a unit that is up, and sets MAINPID
        // (systemd.service(5)).
        let isUnitsOwn = SystemUser.environment("MAINPID") != nil
        let answer = try target.answer("POST", "/reload", mayStart: isUnitsOwn)
        guard answer.status == 200 else {
            // In the unit's journal, the server itself has logged the reason with an explanation.
            if LogDestination.find() != .journal {
                ErrorStream().write(ControlTarget.sentence(answer.body))
            }
            throw ExitCode.failure
        }
        let name = target.instance.map { "roost@\($0): " } ?? ""
        print(name + answer.body, terminator: "")
    }
}
