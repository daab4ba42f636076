// `roost reload`: makes a running server read its configuration again, and reports the result.
import ArgumentParser
import SystemdSupport

struct Reload: ControlCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a running server read its configuration and certificates again.",
        discussion: """
            Every connection stays. Certificates are read again too, and used for new connections. \
            If a file is bad, nothing changes and the command fails with the reason, and so does \
            'systemctl reload roost'. It says which process has read which file.

            Where another version has been installed, or a setting has changed that holds only \
            from a start, the installed program takes the place of the running one, with all \
            connections, after it has checked that it can.

            sudo roost reload
            sudo roost reload --instance shop
            """)

    @Flag(help: "Let the installed program take over although nothing has changed.")
    var restartInPlace = false

    @OptionGroup var target: ControlTarget

    func carryOut() throws {
        // systemd runs it for a unit that is up, and sets MAINPID: ExecReload= of
        // systemd.service(5).
        let wanted = SystemUser.environment("MAINPID").flatMap { Int($0) }
        if let wanted { try checkProcess(wanted) }
        let files = try credentials()
        let answer = try target.answer(
            "POST", restartInPlace ? "/restart-in-place" : "/reload",
            body: files.isEmpty ? "" : SuppliedFiles.text(files),
            mayStart: wanted != nil, onlyToRoots: !files.isEmpty)
        // In the unit's journal, where 'systemctl reload' leads, the server itself has logged the
        // result, with an explanation.
        let isForPerson = LogDestination.find() != .journal
        let outcome = try ReloadOutcome.wait(for: answer, target)
        guard outcome.isGood else {
            if isForPerson { ErrorStream().write(outcome.words) }
            throw ExitCode.failure
        }
        let name = target.instance.map { "roost@\($0): " } ?? ""
        if isForPerson { print(name + TerminalText.line(outcome.words)) }
    }

    /// What systemd loads from files for the service, read anew: only root may.
    private func credentials() throws -> [String: [UInt8]] {
        guard SystemUser.effective == 0, let units = target.units else { return [:] }
        return try UnitCredentials(run: Systemctl.run).read(of: units.service.name)
    }

    /// In ExecReload= systemd names the process to reload: $MAINPID. A copy of the unit without a
    /// control socket of its own would reload the first server instead.
    private func checkProcess(_ wanted: Int) throws {
        let status = try target.ask("GET", "/status", mayStart: true)
        guard let process = ServerHealth.number("process", status), process != wanted else {
            return
        }
        throw ControlError(
            sentence: """
                Process \(process) answers, and the unit's is \(wanted): give this server a \
                control socket of its own (--control PATH), and ExecReload= the same path.
                """)
    }
}
