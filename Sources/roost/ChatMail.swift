// What other threads send to the chat.
import ChatRooms
import Synchronization
import WebSocketServer

/// A message of another thread to the chat's.
enum ChatMail: Sendable {
    /// An answer of the store.
    case store(StoreAnswer)
    /// A password was hashed, or compared.
    case password(PasswordResult)
    /// The server's addresses for clients: known when it has opened them, after its handler is
    /// made.
    case listening([Listener])
    /// The installed program could take over; it was only asked.
    case couldTakeOver
    /// The installed program does not take over.
    case notTakenOver(ReexecFailure)
}

/// The way to the mailbox of the server, which is made after its handler.
final class ChatMailbox: Sendable {
    private let mailbox = Mutex<Mailbox<ChatMail>?>(nil)

    /// From now on mail goes to this mailbox.
    func connect(_ mailbox: Mailbox<ChatMail>) { self.mailbox.withLock { $0 = mailbox } }

    func post(_ mail: ChatMail) {
        let mailbox = mailbox.withLock { $0 }
        mailbox?.post(mail)
    }
}

extension ChatHandler {
    mutating func onMail(_ mail: ChatMail, _ io: inout ServerContext) {
        switch mail {
        case .store(let answer):
            keeper?.mail.leftMailbox()
            receive(answer, &io)
        case .password(let result): take(result, &io)
        case .listening(let listeners):
            clientURL = Self.clientURL(listeners, encryption.certificates)
        case .couldTakeOver: couldTakeOver()
        case .notTakenOver(let failure): inPlaceFailed(failure)
        }
    }
}
