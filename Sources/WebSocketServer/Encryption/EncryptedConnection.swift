// The TLS of one connection, kept beside its slot.
import Storage
import WebSocketTLS

/// The TLS of one connection: some 300 bytes of plain data once the handshake is over, if it is TLS
/// 1.3, and libssl's object of 14 to 48 KB before that.
///
/// State that is added here must be added to the hand-over as well (`Encryption+HandOver.swift`).
struct EncryptedConnection: ~Copyable {
    /// Records that its socket has not taken yet; they are sent before anything else is sealed, so
    /// that there is the application data of at most one send among them.
    var unsent = ByteBuffer()
    /// Before the first byte it has not begun.
    var session = TLSSession()
    /// Whether it is counted in ``EncryptionTable/handshakeCount``.
    var isShakingHands = false
    /// Whether the next content is the last: a close_notify goes with it. It is not handed over:
    /// the close_notify follows alone then.
    var endsWithContent = false

    /// Whether application data can be sent and received.
    var isEstablished: Bool { session.isEstablished }

    /// Whether nothing more is received: the peer has ended its direction, or the TLS has failed.
    var hasEnded: Bool { session.hasEnded }

    /// Whether the peer has ended its direction in order. It may still wait for answers.
    var isClosedByPeer: Bool { session.end == .records(.closed) }

    /// How much memory it holds beside its place in the table, about.
    var byteCount: Int {
        unsent.capacity + session.incompleteByteCount
            + (session.isKeptByLibrary ? EncryptionTable.libraryByteCount : 0)
    }
}
