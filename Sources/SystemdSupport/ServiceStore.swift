// systemd's file descriptor store: what a service leaves to its next process. sd_notify(3).
import LibC
import LinuxReactor
import Synchronization

/// The file descriptor store of systemd (FDSTORE=1 of sd_notify(3)), for a server whose connections
/// outlive a restart. The unit needs `FileDescriptorStoreMax=`: 64 are enough for a million
/// connections, which wait in few sockets. systemd empties the store when the service is stopped.
///
/// ```swift
/// var sockets = try ListenSockets.take()
/// configuration.descriptorStore = ServiceStore(takingFrom: &sockets)
/// ```
public final class ServiceStore: DescriptorStore {
    /// The name of what a restart leaves in the store: FDNAME=. What is kept in case of a crash has
    /// this and a name of its own behind it.
    private static let name = "hand-over"
    /// How long a busy manager is waited for.
    private static let patience = Duration.seconds(2)

    private let path: String?
    private let kept: Mutex<[FileDescriptor]>
    /// The names of what was kept.
    private let names: Set<String>

    /// Takes what the store has kept out of the passed sockets, among which systemd puts it: they
    /// have the name "hand-over", which no socket unit may use then. Nil if the store has kept
    /// nothing, and no service manager runs this process (NOTIFY_SOCKET).
    public convenience init?(takingFrom passed: inout [ListenSockets.Passed]) {
        self.init(takingFrom: &passed, path: Environment.value("NOTIFY_SOCKET"))
    }

    init?(takingFrom passed: inout [ListenSockets.Passed], path: String?) {
        let stored = passed.filter { Self.isName($0.name) }
        let kept = stored.map(\.descriptor)
        passed.removeAll { Self.isName($0.name) }
        guard !kept.isEmpty || path?.isEmpty == false else { return nil }
        self.path = path
        names = Set(stored.map(\.name))
        self.kept = Mutex(kept)
    }

    private static func isName(_ text: String) -> Bool {
        text == name || text.hasPrefix(name + "-")
    }

    /// Whether the store has kept something that was not taken yet.
    public var hasKept: Bool { kept.withLock { !$0.isEmpty } }

    /// What the store has kept for this process, once.
    public func takeKept() -> [FileDescriptor] {
        kept.withLock { kept in
            defer { kept = [] }
            return kept
        }
    }

    /// Sends them to the manager, and waits until it has looked at them, for 2 s at most
    /// (BARRIER=1). A full store drops them without a word.
    public func keep(_ descriptors: [FileDescriptor]) throws(SystemError) {
        // FDPOLL=0, since systemd would drop a socket whose other end has been closed.
        let text = "FDSTORE=1\nFDNAME=\(Self.name)\nFDPOLL=0"
        guard descriptors.count <= Carrier.messageLimit else {
            throw SystemError(E2BIG, Self.operation)
        }
        try send(text, with: descriptors)
        try awaitManager()
    }

    /// Lets systemd drop everything that has been stored.
    public func forget() {
        // If it fails, the next process finds sockets in which nothing is left.
        for name in names.union([Self.name]) { drop(name) }
    }

    @discardableResult
    private func drop(
        _ name: String, waitingFor patience: Duration? = ServiceStore.patience
    ) -> Bool {
        do throws(SystemError) {
            try send("FDSTOREREMOVE=1\nFDNAME=\(name)", with: [], waitingFor: patience)
            return true
        } catch { return false }
    }

    /// Sends it to the manager, and does not wait.
    public func add(_ descriptor: FileDescriptor, named name: String) throws(SystemError) {
        let text = "FDSTORE=1\nFDNAME=\(Self.name)-\(name)\nFDPOLL=0"
        try send(text, with: [descriptor], waitingFor: nil)
    }

    /// Lets systemd drop it, and does not wait.
    public func remove(named name: String) -> Bool {
        drop("\(Self.name)-\(name)", waitingFor: nil)
    }

    private static var operation: String { "store descriptors with the service manager" }

    /// The manager closes a descriptor that comes with BARRIER=1 when it has dealt with everything
    /// that was sent before.
    private func awaitManager() throws(SystemError) {
        let barrier = try Carrier()
        try send("BARRIER=1", with: [barrier.outerEnd])
        barrier.closeOuterEnd()
        guard barrier.isLost(within: Self.patience) else {
            throw SystemError(ETIMEDOUT, Self.operation, remedy: "It does not answer.")
        }
    }

    private func send(
        _ text: String, with descriptors: [FileDescriptor],
        waitingFor patience: Duration? = ServiceStore.patience
    ) throws(SystemError) {
        guard let path, !path.isEmpty,
            let socket = DatagramSocket.open(path, waitingFor: patience)
        else { throw SystemError(ENOTCONN, Self.operation, remedy: "NOTIFY_SOCKET is not set.") }
        let failure = socket.send(Array(text.utf8), with: descriptors)
        guard failure == 0 else { throw SystemError(failure, Self.operation) }
    }
}
