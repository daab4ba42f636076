// The way of the store's answers to the server, which is made after the store was opened.
import ChatRooms
import Glibc
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

    /// Called on the store's threads, which wait here while the mailbox is full: nothing is lost.
    /// Once the server has stopped nobody takes answers any more.
    func post(_ answer: StoreAnswer) {
        let mailbox = state.withLock { state in
            if state.mailbox == nil { state.waiting.append(answer) }
            return state.mailbox
        }
        guard let mailbox else { return }
        while !mailbox.post(.store(answer)), !mailbox.isClosed { usleep(1_000) }
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
