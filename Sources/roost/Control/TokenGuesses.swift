// Wrong tokens of publishers and hooks, counted by address: nobody can try them by the thousand, or
// unseen.
import Storage
import WebSocketServer

/// Wrong tokens of each address. After 10 at once an address has one try in 6 seconds, so
/// that a person who mistypes is not held up, and a program learns nothing. A right token from
/// another address is never refused for it.
///
/// Loopback is counted and never held up: behind a proxy that is not named as trusted everybody
/// comes from there, and one guesser would stop all the others.
struct TokenGuesses {
    /// How many wrong tokens an address may send at once.
    static let burst: UInt64 = 10
    /// How long one of them counts, in milliseconds.
    static let interval: UInt64 = 6000
    /// The most addresses that are remembered, at some 80 bytes each: the oldest makes room.
    static let capacity = 4096
    /// A record for the same address comes again after this time.
    static let logInterval = Duration.seconds(60)

    private struct Entry {
        let address: NetworkAddress
        /// The time for which its wrong tokens count still, as of `at`, in milliseconds.
        var debt: UInt64 = 0
        var at: Instant
        var nextRecord: Instant

        func debt(at now: Instant) -> UInt64 {
            let passed = UInt64(now.since(at).wholeMilliseconds)
            return debt > passed ? debt - passed : 0
        }
    }

    /// An address with more of it has to wait.
    private static let allowedDebt = (burst - 1) * interval

    private var entries: [Entry] = []
    private var places: [NetworkAddress: Int] = [:]
    /// The entry to replace next.
    private var oldest = 0
    /// Wrong tokens, and requests that were refused unread for them.
    private(set) var wrongCount: UInt64 = 0
    private(set) var limitedCount: UInt64 = 0

    /// The whole seconds that this address has to wait; nil if its token may be looked at.
    mutating func wait(_ peer: NetworkAddress, at now: Instant) -> Int? {
        guard !peer.isLoopback, let place = places[peer.admissionKey] else { return nil }
        let debt = entries[place].debt(at: now)
        guard debt > Self.allowedDebt else { return nil }
        limitedCount += 1
        return Int((debt - Self.allowedDebt + 999) / 1000)
    }

    /// Counts a wrong token. True if the address has used up its tries, and a record is due.
    mutating func failed(_ peer: NetworkAddress, at now: Instant) -> Bool {
        wrongCount += 1
        let place = place(of: peer.admissionKey, at: now)
        // On loopback the debt has no other bound.
        let debt = min(entries[place].debt(at: now), Self.allowedDebt) + Self.interval
        entries[place].debt = debt
        entries[place].at = now
        guard debt > Self.allowedDebt, now >= entries[place].nextRecord else { return false }
        entries[place].nextRecord = now + Self.logInterval
        return true
    }

    // MARK: Hand-over

    /// Writes what addresses have to wait for, and the counts.
    func save(to writer: inout StateWriter, at now: Instant) {
        writer.write(wrongCount)
        writer.write(limitedCount)
        let indebted = entries.filter { $0.debt(at: now) > 0 }
        writer.write(UInt32(indebted.count))
        for entry in indebted {
            entry.address.save(to: &writer)
            writer.write(entry.debt(at: now))
        }
    }

    mutating func restore(from reader: inout StateReader, at now: Instant) throws(StateError) {
        self = TokenGuesses()
        wrongCount = try reader.read()
        limitedCount = try reader.read()
        for _ in 0..<(try reader.read(UInt32.self)) {
            let place = place(of: try NetworkAddress(from: &reader), at: now)
            entries[place].debt = min(try reader.read(), Self.allowedDebt + Self.interval)
        }
    }

    private mutating func place(of address: NetworkAddress, at now: Instant) -> Int {
        if let place = places[address] { return place }
        let entry = Entry(address: address, at: now, nextRecord: now)
        guard entries.count == Self.capacity else {
            places[address] = entries.count
            entries.append(entry)
            return entries.count - 1
        }
        let place = oldest
        places[entries[place].address] = nil
        places[address] = place
        entries[place] = entry
        oldest = (oldest + 1) % Self.capacity
        return place
    }
}

extension ChatHandler {
    /// Refuses a request before its token is looked at, if its address has sent too many wrong
    /// ones.
    mutating func checkGuesses(
        from peer: NetworkAddress, _ io: borrowing ServerContext
    ) throws(RoomRefusal) {
        guard let seconds = guesses.wait(peer, at: io.now) else { return }
        throw RoomRefusal(
            .rateLimited, "Too many wrong tokens from your address; wait.", retryAfter: seconds)
    }

    /// An address has sent a wrong token.
    mutating func guessed(from peer: NetworkAddress, _ io: borrowing ServerContext) {
        if guesses.failed(peer, at: io.now) { service.events.tokensGuessed(peer) }
    }

    /// The publisher of a request: see ``Access/publisher(_:)``. Wrong tokens are counted, and
    /// an address that has sent too many is refused before its token is looked at.
    mutating func publisher(
        _ request: borrowing HTTPRequest, _ io: borrowing ServerContext
    ) throws(RoomRefusal) -> UInt64 {
        let isGuess = !request.listener.isInternal && request.head.header("Authorization") != nil
        if isGuess { try checkGuesses(from: request.peer, io) }
        do throws(RoomRefusal) {
            return try access.publisher(request)
        } catch {
            if isGuess, error.answer.error == .badToken { guessed(from: request.peer, io) }
            throw error
        }
    }

    /// A request with a body: a client that may not send it is refused before the body is read.
    mutating func onRequestHead(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws(HandshakeRejection) {
        if request.listener == .control, access.rank(of: request.credentials) < .member {
            throw HandshakeRejection(Self.strangerAtControl)
        }
        guard request.head.method == .post, request.listener != .metrics else { return }
        do throws(RoomRefusal) {
            if RoomRequest(request.head.path) != nil {
                _ = try publisher(request, io)
            } else if !request.listener.isInternal, let hook = HookRequest(request.head.path) {
                _ = try self.hook(hook, request, io)
            }
        } catch {
            service.clientIsActive()
            throw HandshakeRejection(HTTPResponse(error))
        }
    }
}

extension HandshakeRejection {
    /// The same answer, after which the connection ends.
    init(_ response: HTTPResponse) {
        var reason = String(decoding: response.body, as: UTF8.self)
        // One line, since it goes to the log too.
        if reason.hasSuffix("\n") { reason.removeLast() }
        self.init(response.status, reason: reason, headers: response.headers)
    }
}
