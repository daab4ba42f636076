// A handler that other threads send messages to.
import LinuxReactor

/// A handler that gets messages of other threads, through the ``Server/mailbox`` of its server: the
/// results of what would block, or what another part of the program has to say.
public protocol MailHandler: WebSocketHandler, ~Copyable where _Mail == Mail {
    /// The type of the messages. It follows from ``onMail(_:_:)``.
    associatedtype Mail: Sendable

    /// A message that another thread posted to the ``Server/mailbox``. Called once for each that
    /// `post` accepted, in the order of posting, as many in a turn as its work allows
    /// (``ServerContext/isTurnSpent``); messages that wait when the server stops are lost.
    mutating func onMail(_ mail: Mail, _ io: inout ServerContext)
}

extension MailHandler where Self: ~Copyable {
    public mutating func _onMail(_ mail: Mail, _ io: inout ServerContext) { onMail(mail, &io) }
}
