// The limits and rules in force, which change only between two turns.
import LinuxReactor
import WebSocketCore

/// The limits and rules in force in this turn.
struct ActiveSettings {
    private(set) var limits: Limits
    private(set) var timeouts: Timeouts
    private(set) var origin: OriginPolicy
    private(set) var hosts: HostRules
    /// The most connections: ``Limits/connectionCount``, or what RLIMIT_NOFILE allows.
    private(set) var connectionLimit: Int
    /// Settings that the handler has asked for, in force from the next turn on.
    var pending: (limits: Limits, origin: OriginPolicy, hosts: HostRules)?
    /// The certificates of handshakes that begin; nil without TLS.
    var tls: TLS?
    /// What RLIMIT_NOFILE allows.
    private let descriptorCount: Int
    /// The control group's memory.high: nil if it has none.
    private let memoryHigh: Int?
    /// What ``HostPolicy/automatic`` means for this server's listeners.
    private let automaticHosts: HostPolicy
    /// The port of the first listener with TLS.
    private let securePort: UInt16?

    init(
        _ limits: Limits, _ origin: OriginPolicy, _ hosts: HostRules, tls: TLS?,
        automaticHosts: HostPolicy, securePort: UInt16?, descriptorCount: Int, memoryHigh: Int?
    ) {
        self.tls = tls
        self.securePort = securePort
        self.memoryHigh = memoryHigh
        self.limits = limits
        self.origin = origin
        self.hosts = hosts
        self.automaticHosts = automaticHosts
        self.descriptorCount = descriptorCount
        timeouts = Timeouts(limits)
        connectionLimit = Self.connectionLimit(limits, descriptorCount)
        resolveHosts()
    }

    /// Puts the pending settings into force. True if there were any.
    mutating func applyPending() -> Bool {
        guard let new = pending else { return false }
        pending = nil
        limits = new.limits
        origin = new.origin
        hosts = new.hosts
        resolveHosts()
        timeouts = Timeouts(new.limits)
        connectionLimit = Self.connectionLimit(new.limits, descriptorCount)
        return true
    }

    /// The most bytes to hold: ``Limits/memoryByteCount``, or its default here.
    var memoryLimit: Int {
        limits.memoryByteCount ?? memoryHigh.map { $0 / 4 } ?? Limits.usualMemoryByteCount
    }

    private mutating func resolveHosts() {
        if hosts.clients == .automatic { hosts.clients = automaticHosts }
        if hosts.metrics == .automatic { hosts.metrics = automaticHosts }
        if hosts.httpsPort == nil { hosts.httpsPort = securePort }
    }

    /// What RLIMIT_NOFILE allows, less a reserve for listeners, files, the control socket and
    /// connections that are accepted only to be refused.
    private static func connectionLimit(_ limits: Limits, _ descriptorCount: Int) -> Int {
        limits.connectionCount ?? max(1, descriptorCount - min(96, descriptorCount / 4))
    }
}

/// The limits that are times, in nanoseconds.
struct Timeouts: BitwiseCopyable {
    let handshake: UInt64
    let connect: UInt64
    let ping: UInt64
    let pong: UInt64
    let close: UInt64
    let skip: UInt64
    let stall: UInt64
    let message: UInt64
    let comment: UInt64
    let upgrade: UInt64

    init(_ limits: Limits) {
        handshake = limits.handshakeDeadline.wholeNanoseconds
        connect = limits.connectDeadline.wholeNanoseconds
        ping = limits.pingInterval.wholeNanoseconds
        pong = limits.pongDeadline.wholeNanoseconds
        close = limits.closeDeadline.wholeNanoseconds
        message = limits.messageDeadline.wholeNanoseconds
        comment = limits.eventStreamInterval.wholeNanoseconds
        upgrade = limits.upgradeDeadline.wholeNanoseconds
        skip = limits.skipDelay.wholeNanoseconds
        stall = limits.stallDeadline.wholeNanoseconds
    }
}
