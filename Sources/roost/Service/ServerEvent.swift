// Every kind of event that the server logs, with the names to search the journal for.
import Logging

/// A kind of log record. Each has its own MESSAGE_ID, and an explanation with a remedy in
/// deploy/roost.catalog, which `journalctl -x` shows. Names and identifiers never change.
enum ServerEvent: String, CaseIterable {
    /// The server has started to serve.
    case started
    /// How many connections fit, and which limit allows no more.
    case capacity
    /// A setting has no effect here.
    case settingIgnored = "setting-ignored"
    /// The server could not have its default control socket.
    case noControlSocket = "no-control-socket"
    /// The server could not start.
    case startFailed = "start-failed"
    /// The server runs but serves nobody, until an operator has mended its configuration.
    case notServing = "not-serving"
    /// The server is stopping: it accepts no connection, and closes all it has.
    case stopping
    /// The same for a restart: clients shall reconnect at once.
    case restarting
    /// All connections have closed, and the process ends.
    case stopped
    /// There was no connection and no request for the time of `--idle-exit`.
    case idleExit = "idle-exit"
    /// The configuration file was read again and applied.
    case reloaded
    /// The configuration file was read again and is bad: the old settings stay in force.
    case reloadFailed = "reload-failed"
    /// An administrator stopped or reloaded the server through the control socket.
    case controlAction = "control-action"
    /// An administrator sent connections out of the server or of a room.
    case kicked
    /// An administrator gave an account another password.
    case accountReset = "account-reset"
    /// An administrator freed the name of an account.
    case accountDeleted = "account-deleted"
    /// A moderator or an administrator has kicked, banned or muted somebody, or has ended that.
    case moderated
    /// An administrator has made an account a moderator, or has ended that.
    case moderatorChanged = "moderator-changed"
    /// An administrator has added or deleted a hook.
    case hookChanged = "hook-changed"
    /// A WebSocket was opened.
    case connectionOpened = "connection-opened"
    /// The peer closed its WebSocket.
    case endedByPeer = "ended-by-peer"
    /// The peer's stream ended without a Close frame.
    case endedWithoutClose = "ended-without-close"
    /// The transport failed.
    case connectionLost = "connection-lost"
    /// The chat closed the connection: no login in time, too many commands, a binary message.
    case endedByServer = "ended-by-server"
    /// Its user has signed out, here or elsewhere.
    case signedOut = "signed-out"
    /// The peer broke the protocol or a limit on what it may send.
    case protocolViolation = "protocol-violation"
    /// The peer did not answer a Ping.
    case pingTimeout = "ping-timeout"
    /// The peer read too slowly.
    case slowConsumer = "too-slow"
    /// It held the most memory when the server was short of it.
    case endedForMemory = "ended-for-memory"
    /// The memory budget is used up.
    case memoryShort = "memory-short"
    /// Closed because the server stops.
    case endedForStop = "ended-for-stop"
    /// Closed because the server restarts.
    case endedForRestart = "ended-for-restart"
    /// Refused: the server has as many connections as allowed.
    case serverFull = "server-full"
    /// Refused: its address has as many connections as allowed.
    case addressFull = "address-full"
    /// Refused: its address opens connections too fast.
    case addressTooFast = "address-too-fast"
    /// Refused: no file descriptor is left for it.
    case outOfDescriptors = "out-of-descriptors"
    /// A request was refused with an HTTP status.
    case requestRefused = "request-refused"
    /// Refused: the PROXY protocol's header, which is required, was missing or bad.
    case proxyHeader = "proxy-header"
    /// Refused: the request is for a host that the server does not answer to.
    case wrongHost = "wrong-host"
    /// X-Forwarded-For came from a peer that is no trusted proxy.
    case unnamedProxy = "unnamed-proxy"
    /// Requests for any host name are served.
    case anyHost = "any-host"
    /// An address sends wrong tokens of publishers or hooks, one after the other.
    case tokensGuessed = "tokens-guessed"
    /// No complete request came in time.
    case requestTimeout = "request-timeout"
    /// The kernel could not watch a new connection.
    case acceptFailed = "accept-failed"
    /// The server accepts no connections for a short time.
    case acceptingPaused = "accepting-paused"
    /// Nothing can be kept: nobody can say anything.
    case historyFailed = "history-failed"
    /// Messages wait for the disk.
    case historySlow = "history-slow"
    /// What could not be kept, or waited, is kept again.
    case historyWorks = "history-works"
    /// The rooms that several servers share can be had, or again.
    case engineUp = "engine-up"
    /// The connection to Redis is lost, or was not made.
    case engineDown = "engine-down"
    /// That has lasted for so long that the people here are sent to other servers.
    case engineAway = "engine-away"
    /// Redis takes no messages.
    case engineRefuses = "engine-refuses"
    /// Another program takes the place of this one, with all connections.
    case reexec
    /// Another program was to take over, and does not: this one serves on.
    case reexecFailed = "reexec-failed"
    /// This program goes on with the connections of the one before.
    case takenOver = "taken-over"
    /// The connections wait in systemd for the next process.
    case left
    /// They cannot wait there, and are closed.
    case notLeft = "not-left"
    /// This process cannot go on with the connections of the one before.
    case keptLost = "kept-lost"
    /// The process before was killed, and connections of it that were at rest go on.
    case recovered
    /// Connections would not survive that.
    case notParked = "not-parked"
    /// There is a connection to Redis.
    case redisConnected = "redis-connected"
    /// There is none.
    case redisLost = "redis-lost"
    /// Redis does not let the server subscribe to a channel, or not any more.
    case redisRefused = "redis-refused"
    /// A reload has found another certificate, and uses it.
    case certificateRenewed = "certificate-renewed"
    /// A certificate has expired, or does so soon.
    case certificateEnding = "certificate-ending"
    /// The event loop was late.
    case loopSlow = "loop-slow"
    /// Figures of the last minute.
    case statistics
    /// A number of records of one kind were not logged.
    case heldBack = "held-back"
    /// Records were lost because the log's reader had no room for them.
    case recordsLost = "records-lost"
    /// Messages to the service manager do not arrive.
    case managerUnreachable = "manager-unreachable"

    /// The MESSAGE_ID.
    var messageID: String {
        switch self {
        case .started: "50a74cff026f4c84aa8ff5f8d837115f"
        case .capacity: "253b038e98d44813a83cf7316eb9dc8b"
        case .settingIgnored: "1149728c43e543c08b8638c3bed35cc4"
        case .noControlSocket: "df1a005ed9364c00a243b0c5cfbdb588"
        case .startFailed: "6a2f4f0c2a1e4d0f9d8b1c1f5e7a3b90"
        case .notServing: "2022aa77046d4d95a7351361b70bbdd4"
        case .stopping: "f11fc8de3eb449c88f8de0e973e1d036"
        case .restarting: "2e7abed5658e430d856980bb0977e471"
        case .stopped: "f99e6ae5c3c74558bad367d4ab3e1d35"
        case .idleExit: "9fddb5fef12147098c1d5c6a1f99f50d"
        case .reloaded: "0dd6a32cc059453497bfc82d73d9c869"
        case .reloadFailed: "d9f0b7c0e6f64abf9c86269bdefda9aa"
        case .controlAction: "1b0a4ad5c2f5467cb1ad5f5ad3a3f7f2"
        case .kicked: "e9259da755f24edd91f134108f306728"
        case .accountReset: "291beb1453cd4007b5c3876f6ad2bb33"
        case .accountDeleted: "64feeb1100154746877a3ce38754ae95"
        case .moderated: "5d3c0a7be1f24c0f9a61b87e40d2c935"
        case .moderatorChanged: "b82f6e19c4a04d7d8e3550f1a97c62de"
        case .hookChanged: "ff0dfd2687b34490920f49be3c67ccdc"
        case .connectionOpened: "dd1c84e44fa940d781ace0d9a2729d41"
        case .endedByPeer: "0b1f3790be0642fd9aaf6ec4a380626b"
        case .endedWithoutClose: "ea3d9d2048ec40429e19cfdf06744ffa"
        case .connectionLost: "2d4579fe90cf4f1da7e3deeab99a14f8"
        case .endedByServer: "46d1d9af3dd440f3951bc8cc9eddb5e7"
        case .signedOut: "7c1d2b6f0a3e4d5c9b8e6f1a2d3c4b5e"
        case .protocolViolation: "539bc950fc1a4092aac307276f67594e"
        case .pingTimeout: "5f1bfb255eef4f8dbde54e17c7836f95"
        case .slowConsumer: "975d8cbac0ba4e79848fdfc9b2829097"
        case .endedForMemory: "af9d111ccec24a9b81d7fc6657a86684"
        case .memoryShort: "7c86b82246084a6aaa4824e503ad1843"
        case .endedForStop: "cf9e4f4204fb485693c70a70c92c2150"
        case .endedForRestart: "a3d1165a531a4dec81f03b05c05c6f96"
        case .serverFull: "64403c6a70d44907babeab119dfba360"
        case .addressFull: "71cc128fb45b49009ede424776790f49"
        case .addressTooFast: "704540b76a0144adba29c5c1268ca41b"
        case .outOfDescriptors: "0cab9e0c70154b969819e59f32cd0700"
        case .requestRefused: "e0284275ec9b4fdea99c648c9c1726bc"
        case .proxyHeader: "98bc9bd963a841f88850185a2a1d4011"
        case .wrongHost: "24de783fa27a4584bbaf191e5602c9b7"
        case .unnamedProxy: "7ee93f4419194c10b9bba87bc9c17221"
        case .anyHost: "4a76f78317fc4e258db6a58653e4ba09"
        case .tokensGuessed: "126ec986b9074a38a7c5c9ac6d3ba050"
        case .requestTimeout: "32f46174fc864b1ca5196bd0bcde15a0"
        case .acceptFailed: "a791828f99eb424283adc7861a4ed511"
        case .acceptingPaused: "1fe52838127f42fdbd21e6ef4db35835"
        case .historyFailed: "2ab54e0b1f4c4b77a3d4e9d0c8f6a517"
        case .historySlow: "8f0d5a6e3c914d2bb6a7c1e2f3d4b596"
        case .historyWorks: "c3b1a9d87e6f4a5c9b2d1e0f8a7c6d54"
        case .engineUp: "2f6d1c7be05a4d38b1a94e7c60d8f352"
        case .engineDown: "a47c90e2d6184b5f8e3b07d5f19c2a66"
        case .engineAway: "d83b5f02c7a94e61902d4c8ea61f7b15"
        case .engineRefuses: "61e9a8d4f3b2470c9a5de81b7c04f2e8"
        case .reexec: "64e8b31347ec4594bcc107f2c87c76f3"
        case .reexecFailed: "84600c1137654b0aac4dd7b5c0622b7b"
        case .takenOver: "de0a9ab35ffc48f595f4d6ef5879e82e"
        case .left: "5b7e0d6a3f1c4c6f8a52c94de17b60a3"
        case .notLeft: "c8a4f2190b7d4e0bb6e35a7d92f1c846"
        case .keptLost: "19d3e7b5a8264f9e8c07d1f64ab35e92"
        case .recovered: "7a1d4f6e9c3b4d28b05e8f21c6a974d3"
        case .notParked: "e05b92c7d8134f6fa1c4380d7be6592a"
        case .redisConnected: "4b8f0c6d1e7a4f3290d5a8c61b3e7f24"
        case .redisLost: "c91e5a7d3f084b62a1d84e0f6b27c593"
        case .redisRefused: "6e24d9b8073c4a5f8c1be5d2907f3a68"
        case .certificateRenewed: "0d2f8b7a4c5e4f60a1b3c7d9e8f21406"
        case .certificateEnding: "b58c1e3f7a924d06937f0e4b2c6d8a15"
        case .loopSlow: "6744c1d7ac7f4c5f89db0d451ea7b5e5"
        case .statistics: "ea96e66bd684474ab09acdcde48041e6"
        case .heldBack: "cc734f07942c400cafa3584189f688b7"
        case .recordsLost: "905ef80cfff34212bcec78c850ab878d"
        case .managerUnreachable: "32cfb2b5711d4766a6d0acfdb25fe574"
        }
    }

    /// How urgent it is.
    var level: Logger.Level {
        switch self {
        case .startFailed, .notServing, .reloadFailed, .acceptFailed, .historyFailed,
            .reexecFailed, .keptLost, .engineDown, .engineAway, .engineRefuses:
            .error
        case .serverFull, .outOfDescriptors, .acceptingPaused, .loopSlow, .recordsLost,
            .memoryShort, .managerUnreachable, .settingIgnored, .unnamedProxy, .historySlow,
            .certificateEnding, .notLeft, .notParked, .redisLost, .redisRefused:
            .warning
        case .started, .stopping, .restarting, .stopped, .idleExit, .reloaded, .controlAction,
            .kicked, .moderated, .moderatorChanged, .accountReset, .accountDeleted, .hookChanged,
            .noControlSocket, .endedByServer,
            .protocolViolation, .slowConsumer,
            .endedForMemory, .addressFull, .addressTooFast, .heldBack, .proxyHeader, .wrongHost,
            .tokensGuessed, .historyWorks, .certificateRenewed, .reexec, .takenOver,
            .left, .recovered, .redisConnected, .engineUp:
            .notice
        case .endedByPeer, .signedOut, .endedWithoutClose, .connectionLost, .pingTimeout,
            .endedForStop, .endedForRestart, .requestRefused, .requestTimeout, .statistics,
            .capacity, .anyHost:
            .info
        case .connectionOpened: .debug
        }
    }

    /// The MESSAGE_ID of every event, by its name.
    static let messageIDs = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.messageID) })
}
