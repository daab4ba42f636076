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
        case .user2: service.restart(&io)
        case .hangUp: _ = try? reload(&io)
        default: break
        }
    }

    mutating func onStop(_ io: inout ServerContext) {
        service.stopping(io)
        endWaits(&io)
    }

    mutating func onLoopProbe(_ io: inout ServerContext) { service.loopProbe(io) }

    /// Reads the configuration again and applies the settings that can change while the server
    /// runs; all connections stay. Returns a sentence that names the changes. Throws, with nothing
    /// changed, if the file is bad.
    mutating func reload(_ io: inout ServerContext) throws(ReloadFailure) -> String {
        service.reloading()
        defer { service.reloaded() }
        lastReload = LastReload(isGood: false, at: io.wallClock)
        do throws(ReloadFailure) {
            guard var reloader else {
                throw ReloadFailure(
                    "This server has no configuration file: start it with --config.")
            }
            let (settings, summary) = try reloader.read()
            let access: Access
            do {
                access = try settings.access(again: true)
            } catch {
                throw ReloadFailure("\(error)")
            }
            self.reloader = reloader
            self.access = access
            encryption.apply(settings)
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
            lastReload.isGood = true
            service.events.log(.reloaded, summary)
            return summary
        } catch {
            service.events.log(
                .reloadFailed, "Reload failed, nothing has changed: \(error.sentence)")
            throw error
        }
    }
}
