// The server as a service: signals, stopping, loop probes, and reloading the configuration.
import ChatRooms
import Glibc
import Logging
import WebSocketServer

extension ChatHandler {
    /// Does nothing: `onClose` logs how a connection ended.
    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        service.events.refused(refused)
        refusals.note(refused, wall: io.timestamp.wall)
    }

    mutating func onSignal(_ signal: Signal, _ io: inout ServerContext) {
        switch signal {
        case .user1: _ = try? restartInPlace(&io, [:])
        case .user2: service.restart(&io)
        case .hangUp: _ = try? reload(&io, [:])
        default: break
        }
    }

    mutating func onStop(_ io: inout ServerContext) {
        service.stopping(io)
        endWaits(&io)
    }

    mutating func onLoopProbe(_ io: inout ServerContext) { service.loopProbe(io) }

    /// Reads the configuration and the certificates again; all connections stay. `files` are
    /// credentials that root has read. Where that takes the installed program, it takes the place
    /// of this one. Throws, with nothing changed, if a file is bad or a reload is under way.
    mutating func reload(
        _ io: inout ServerContext, _ files: [String: [UInt8]]
    ) throws(ReloadFailure) -> ReloadAnswer {
        try requireNoReload()
        if needsNewProgram { return .underWay(try restartInPlace(&io, files)) }
        reloads.begin()
        do throws(ReloadFailure) {
            let words = try reloadHere(&io, files)
            reloads.end(.good, words)
            return .done(words)
        } catch {
            reloads.end(.bad, error.sentence)
            throw error
        }
    }

    /// Applies the settings that can change while the server runs, and the certificates. Returns
    /// sentences that name the changes.
    private mutating func reloadHere(
        _ io: inout ServerContext, _ files: [String: [UInt8]]
    ) throws(ReloadFailure) -> String {
        service.reloading()
        defer { service.reloaded() }
        lastReload = LastReload(isGood: false, at: io.wallClock)
        do throws(ReloadFailure) {
            guard reloader != nil || encryption.canRenew else {
                throw ReloadFailure(
                    "This server has no configuration file: start it with --config.")
            }
            // Everything is read before anything changes.
            let certificates = try encryption.renewed(files)
            let kept = files.isEmpty ? nil : try HiddenFiles(files)
            var summary = "The certificates were read."
            if var reloader {
                let (settings, changes) = try reloader.read()
                try apply(settings, &io)
                self.reloader = reloader
                summary = changes
            }
            if let certificates { summary += exchange(certificates, &io) }
            encryption.keep(kept)
            lastReload.isGood = true
            service.events.log(.reloaded, summary)
            return summary
        } catch {
            service.events.log(
                .reloadFailed, "Reload failed, nothing has changed: \(error.sentence)")
            throw error
        }
    }

    /// Applies settings that were read again. Throws, with nothing changed, if a file that they
    /// name is bad.
    private mutating func apply(
        _ settings: Serve, _ io: inout ServerContext
    ) throws(ReloadFailure) {
        do {
            access = try settings.access(again: true)
        } catch {
            throw ReloadFailure("\(error)")
        }
        encryption.apply(settings.encryption(nil))
        chat.change(settings.chatLimits)
        moderatorNames = settings.chat.moderator
        appointModerators()
        io.update(
            limits: settings.options.chatServerLimits,
            origin: settings.options.originPolicy(), hosts: settings.hostRules)
        io.logger.logLevel = settings.service.logLevel.level
        service.change(
            // Without sockets from systemd nothing would start it again.
            idleExit: isActivatedBySocket ? settings.service.idleExit?.duration : nil,
            level: settings.service.logLevel.level)
    }
}
