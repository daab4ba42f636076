// Which steps mean something at this point of a script. The others are passed over, on both
// machines, so that a script stays a script when steps are taken out of it.
import LinuxReactor

/// What a script has done so far.
struct Rules {
    struct Link {
        var isLocal = false
        var listener: ListenerName?
        var isAccepted = false
        var serverIsOpen = false
        var peerIsOpen = true
        var duplicateCount = 0
        /// TCP has no answer yet, and gets none.
        var isPending = false
        var isFull = false
        var wasFull = false
        /// The number of the closed descriptor has not been used again.
        var numberIsFree = false
    }

    private(set) var links: [Link?] = Array(repeating: nil, count: 6)
    private(set) var openListeners: Set<ListenerName> = [.network, .local]

    func allows(_ step: Step) -> Bool {
        switch step {
        case .connect(let number, let listener):
            // The file of a closed local socket is gone: that is connect(2) of a missing path.
            links[number] == nil && (listener == .network || openListeners.contains(listener))
        case .accept(let listener): openListeners.contains(listener)
        case .serverConnect(let number, _): links[number] == nil
        case .send(let number, let side, _): isOpen(number, side)
        case .receive(let number, let side, _):
            // A part of what fills a socket: whether it takes more then, only Linux knows.
            isOpen(number, side) && !(links[number]!.isFull && side == .peer)
        case .fill(let number):
            isOpen(number, .server) && isOpen(number, .peer) && !links[number]!.isFull
        case .drain(let number): isOpen(number, .peer) && links[number]!.isFull
        // A FIN waits behind the bytes for which there is no room.
        case .endOutput(let number, let side), .close(let number, let side):
            isOpen(number, side) && !(links[number]!.isFull && side == .server)
                && !(links[number]!.isPending && step == .endOutput(number, side))
        case .reset(let number, let side):
            // A local socket cannot be reset: it closes.
            isOpen(number, side)
                && !(links[number]!.isFull && side == .server && links[number]!.isLocal)
        case .takeError(let number), .duplicate(let number), .limitUnsent(let number):
            isOpen(number, .server)
        // How much a full socket has taken is the affair of Linux.
        case .acknowledged(let number): isOpen(number, .server) && !links[number]!.wasFull
        case .credentials(let number): isOpen(number, .server) && links[number]!.listener != nil
        case .closeDuplicate(let number): (links[number]?.duplicateCount ?? 0) > 0
        case .watch(.connection(let number), _, _, _):
            isOpen(number, .server) || links[number]?.numberIsFree == true
        case .watch(.listener(let listener), _, _, _), .closeListener(let listener):
            openListeners.contains(listener)
        case .watch(.wakeup, _, _, _), .waitForEach, .wake, .clearWakeup: true
        }
    }

    private func isOpen(_ number: Int, _ side: Side) -> Bool {
        guard let link = links[number] else { return false }
        return side == .server ? link.serverIsOpen : link.peerIsOpen
    }

    /// Takes note of a step and of what it has returned.
    mutating func note(_ step: Step, _ outcome: Outcome) {
        switch step {
        case .connect(let number, let listener):
            links[number] = Link(isLocal: listener == .local, listener: listener)
            opened()
        case .accept:
            guard case .accepted(let number, _) = outcome else { return }
            links[number]!.isAccepted = true
            links[number]!.serverIsOpen = true
            opened()
        case .serverConnect(let number, let destination):
            guard outcome == .done else { return }
            links[number] = Link(isLocal: destination == .local, isAccepted: true)
            links[number]!.serverIsOpen = true
            links[number]!.peerIsOpen = destination == .network || destination == .local
            links[number]!.isPending = destination == .silent
            opened()
        case .fill(let number):
            links[number]!.isFull = outcome == .wouldBlock
            links[number]!.wasFull = true
        case .drain(let number): links[number]!.isFull = false
        case .close(let number, .server), .reset(let number, .server):
            links[number]!.serverIsOpen = false
            links[number]!.numberIsFree = true
        case .close(let number, .peer), .reset(let number, .peer):
            links[number]!.peerIsOpen = false
            links[number]!.isFull = false
        case .duplicate(let number):
            links[number]!.duplicateCount += 1
            opened()
        case .closeDuplicate(let number): links[number]!.duplicateCount -= 1
        case .closeListener(let listener): openListeners.remove(listener)
        default: break
        }
    }

    private mutating func opened() {
        for number in links.indices { links[number]?.numberIsFree = false }
    }
}
