// Outgoing connections until they are open, beside their slots.
import LinuxReactor
import Storage
import WebSocketCore

struct OutgoingTable: ~Copyable {
    var attempts = SlotTable<ConnectAttempt>()
    /// Connections that the handler has asked for and that have not begun, in order.
    var toBegin: [ConnectionID] = []

    var isIdle: Bool { toBegin.isEmpty }

    mutating func add(_ request: ConnectRequest) -> TableIndex<ConnectAttempt> {
        let index = attempts.allocate(ConnectAttempt())
        attempts[index].request = request
        return index
    }
}

/// An attempt to connect: kept beside the slot, and only until it is open or has failed.
struct ConnectAttempt: ~Copyable {
    var request: ConnectRequest?
    /// The addresses that have not been tried yet, the next one last.
    var addresses: [ConnectAddress] = []
    /// Why the previous address failed, errno(3).
    var failure: Int32 = 0
    var handshake: ClientHandshake?
    var reader: ClientHandshakeReader?
    /// Set during `onOpen`.
    var agreement: ClientAgreement?
    /// Set if the handshake has failed.
    var error: ClientHandshakeError?
}

extension Connection {
    /// Its connect attempt if it is outgoing, in a table of its own, or `none`.
    var attempt: TableIndex<ConnectAttempt> {
        get { TableIndex(rawValue: companion) }
        set { companion = newValue.rawValue }
    }
}
