// The way of the store's answers to the server, which is made after the store was opened.
import ChatRooms
import Glibc
import LinuxReactor
import Synchronization

/// Takes answers from the store's threads to the server's mailbox. What comes before there is one
/// waits, and so does what comes while the chat comes to rest: nobody empties the mailbox then.
final class StoreMail: Sendable {
    private struct State {
        var mailbox: Mailbox<ChatMail>?
        /// Answers are taken from here, and none goes to the mailbox.
        var isGathering = false
        /// How many answers are in the mailbox, or just about to be.
        var inMailbox = 0
        var waiting: [StoreAnswer] = []
    }

    private let state = Mutex(State())

    /// Called on the store's threads, which wait here while the mailbox is full: nothing is lost.
    /// Once the server has stopped nobody takes answers any more.
    func post(_ answer: StoreAnswer) {
        while let mailbox = keepOrFind(answer), !mailbox.post(.store(answer)) {
            leftMailbox()
            if mailbox.isClosed { return }
            usleep(1_000)
        }
    }

    /// An answer is not in the mailbox any more: the server has received it.
    func leftMailbox() { state.withLock { $0.inMailbox -= 1 } }

    /// The mailbox, where the answer counts already; nil if the answer waits here.
    private func keepOrFind(_ answer: StoreAnswer) -> Mailbox<ChatMail>? {
        state.withLock { state in
            if let mailbox = state.mailbox, !state.isGathering {
                state.inMailbox += 1
                return mailbox
            }
            state.waiting.append(answer)
            return nil
        }
    }

    /// From now on answers go to this mailbox.
    func deliver(to mailbox: Mailbox<ChatMail>) {
        state.withLock { state in
            state.mailbox = mailbox
            for answer in state.waiting where mailbox.post(.store(answer)) {
                state.inMailbox += 1
            }
            state.waiting = []
        }
    }

    // MARK: Coming to rest

    /// From now on answers wait for ``take()``. Returns false, and changes nothing, while earlier
    /// answers are in the mailbox: later ones would overtake them.
    func gather() -> Bool {
        state.withLock { state in
            guard state.inMailbox == 0 else { return false }
            state.isGathering = true
            return true
        }
    }

    /// The answers that have come since.
    func take() -> [StoreAnswer] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// From now on answers go to the mailbox again. Returns what has come before.
    func endGathering() -> [StoreAnswer] {
        state.withLock { state in
            defer { (state.waiting, state.isGathering) = ([], false) }
            return state.waiting
        }
    }
}
