// The way of the store's answers to the server, which is made after the store was opened.
import ChatRooms
import LinuxReactor
import Synchronization

/// Takes answers from the store's threads to the server's mailbox. What comes before there is one
/// waits.
final class StoreMail: Sendable {
    private struct State {
        var mailbox: Mailbox<ChatMail>?
        var waiting: [StoreAnswer] = []
    }

    private let state = Mutex(State())

    /// Called on the store's threads. An answer is lost only when the server has stopped: what is
    /// on its way is bounded by the chat, far below what the mailbox holds.
    func post(_ answer: StoreAnswer) {
        state.withLock { state in
            if let mailbox = state.mailbox {
                mailbox.post(.store(answer))
            } else {
                state.waiting.append(answer)
            }
        }
    }

    /// From now on answers go to this mailbox.
    func deliver(to mailbox: Mailbox<ChatMail>) {
        state.withLock { state in
            state.mailbox = mailbox
            for answer in state.waiting { mailbox.post(.store(answer)) }
            state.waiting = []
        }
    }
}
