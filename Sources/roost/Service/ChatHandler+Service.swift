// The server as a service: signals, the stop, the round trips, and the configuration read again.
import ChatRooms
import Glibc
import Logging
import WebSocketServer

extension ChatHandler {
    /// Nothing: how a connection ended is logged once, by `onClose`.
    mutating func onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext) {
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        service.events.refused(refused)
    }

    mutating func onSignal(_ number: Int32, _ io: inout ServerContext) {
        switch number {
        case SIGUSR2: service.restart(&io)
        case SIGHUP: _ = try? reload(&io)
        default: break
        }
    }

    mutating func onStop(_ io: inout ServerContext) {
        service.stopping(io)
        endWaits(&io)
    }

    mutating func onLoopProbe(_ io: inout ServerContext) { service.loopProbe(io) }

    /// Reads the configuration again and lets hold what can change while it runs; everybody stays
    /// connected. Returns what has changed, in a sentence. If the file is bad, what held before
    /// goes on to hold.
    mutating func reload(_ io: inout ServerContext) throws(ReloadFailure) -> String {
        service.reloading()
        defer { service.reloaded() }
        do throws(ReloadFailure) {
            guard var reloader else {
                throw ReloadFailure(
                    "This server has no configuration file: start it with --config.")
            }
            let (settings, summary) = try reloader.read()
            let access: Access
            do {
                access = try settings.operation.access()
            } catch {
                throw ReloadFailure("\(error)")
            }
            self.reloader = reloader
            self.access = access
            chat.change(settings.chatLimits)
            io.update(
                limits: settings.options.chatServerLimits,
                origin: settings.options.originPolicy())
            io.logger.logLevel = settings.service.logLevel.level
            service.change(
                idleExit: settings.service.idleExit?.duration,
                level: settings.service.logLevel.level)
            service.events.log(.reloaded, summary)
            return summary
        } catch {
            service.events.log(
                .reloadFailed, "Not reloaded, nothing has changed: \(error.sentence)")
            throw error
        }
    }
}
