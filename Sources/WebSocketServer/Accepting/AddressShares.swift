// The work that each address may cause, and the connections that wait for their address's share.
import LinuxReactor
import Storage

/// Counts the work done for each address, and keeps the connections that have used their share in
/// order, one address after the other.
///
/// An address has a credit, which grows at ``Limits/workRatePerAddress`` up to what it gets in a
/// second. Work is charged when it has been done, so the credit may become a debt; then the
/// connections of the address wait until it is repaid. Besides, an address with much credit has
/// only a share of each round of events (what one wait has returned, in as many turns as it takes),
/// so that many addresses that ask at once do not keep others waiting.
/// Addresses that cause little work have no account.
struct AddressShares {
    /// What an address may cause in one round before its other connections wait: about a page of
    /// 16 KiB, compressed.
    static var shareOfRound: Int { 256 * 1024 }

    struct Account {
        /// Units of work; negative is a debt.
        var credit: Int
        var filledAt: Instant
        /// The round in which ``spentInRound`` was spent.
        var round: UInt64 = 0
        var spentInRound = 0
        /// The work of the last minutes, in which it counts less and less, for operators.
        var recentWork = 0
        var recentSince: Instant
        /// Connections that wait, oldest first.
        var waiting = Queue<ConnectionID>()
        /// Whether it is in ``AddressShares/limited``.
        var isLimited = false
    }

    private typealias AccountIndex = Dictionary<NetworkAddress, Account>.Index

    private var accounts: [NetworkAddress: Account] = [:]
    /// Addresses whose connections are not served as their events come.
    private var limited: [NetworkAddress] = []
    /// Addresses with connections that wait, in the order of their turns.
    private var queue: [NetworkAddress] = []
    private var queueIndex = 0
    private var round: UInt64 = 0
    /// Work a second; nil for no bound.
    private var rate: Int?
    private var purgeThreshold = 1024
    /// How many connections wait.
    private(set) var waitingCount = 0
    /// How often a connection has had to wait.
    private(set) var waitCount: UInt64 = 0
    /// When an address that is waited for has repaid its debt; nil if one can be served now, or
    /// if none waits.
    private(set) var servedAgainAt: Instant?

    /// Whether any address is limited: only then is it worth a look at the address of an event.
    private(set) var isLimiting = false

    /// Begins a turn. With new events it begins a round as well: addresses without a debt have
    /// their share again.
    mutating func beginTurn(_ rate: Int?, isNewRound: Bool, at now: Instant) {
        self.rate = rate
        if let at = servedAgainAt, at <= now { servedAgainAt = nil }
        guard isNewRound else { return }
        round &+= 1
        guard isLimiting else { return }
        var still: [NetworkAddress] = []
        for address in limited {
            guard let index = accounts.index(forKey: address) else { continue }
            fill(&accounts.values[index], now)
            accounts.values[index].isLimited = accounts.values[index].credit < 0
            if accounts.values[index].isLimited { still.append(address) }
        }
        limited = still
        isLimiting = !still.isEmpty
    }

    /// Whether the connections of this address have to wait.
    func isLimited(_ peer: NetworkAddress) -> Bool {
        accounts[peer.admissionKey]?.isLimited ?? false
    }

    /// Whether the address has a debt, as far as it was charged last.
    func owes(_ peer: NetworkAddress) -> Bool {
        (accounts[peer.admissionKey]?.credit ?? 0) < 0
    }

    /// Charges an address with work that was done for it. The work of exempt connections, which
    /// admission does not count, is only noted.
    mutating func charge(
        _ peer: NetworkAddress, _ work: Int, isExempt: Bool, at now: Instant
    ) {
        let key = peer.admissionKey
        let index = account(of: key, now)
        fill(&accounts.values[index], now)
        accounts.values[index].note(work, now)
        guard let rate, !isExempt else { return }
        accounts.values[index].credit -= work
        // A debt is repaid in ten seconds at most, whatever one command has cost.
        accounts.values[index].credit = max(accounts.values[index].credit, -10 * rate)
        if accounts.values[index].round != round {
            accounts.values[index].round = round
            accounts.values[index].spentInRound = 0
        }
        accounts.values[index].spentInRound += work
        let isOver =
            accounts.values[index].credit < 0
            || accounts.values[index].spentInRound >= Self.shareOfRound
        guard isOver, !accounts.values[index].isLimited else { return }
        accounts.values[index].isLimited = true
        isLimiting = true
        limited.append(key)
    }

    // MARK: Waiting

    /// Puts a connection behind those of its address that wait already.
    mutating func wait(_ id: ConnectionID, of peer: NetworkAddress, at now: Instant) {
        let key = peer.admissionKey
        let index = account(of: key, now)
        if accounts.values[index].waiting.isEmpty { queue.append(key) }
        accounts.values[index].waiting.append(id)
        waitingCount += 1
        waitCount += 1
        // It may be served before the others.
        servedAgainAt = nil
    }

    /// The next connection to be served, of an address without a debt. Nil if there is none.
    mutating func nextWaiting(at now: Instant) -> ConnectionID? {
        guard waitingCount > 0, servedAgainAt == nil else { return nil }
        var earliest: Instant?
        for _ in 0..<queue.count {
            if queueIndex >= queue.count { queueIndex = 0 }
            guard let index = accounts.index(forKey: queue[queueIndex]) else {
                preconditionFailure("an address whose connections wait has an account")
            }
            fill(&accounts.values[index], now)
            let credit = accounts.values[index].credit
            if credit >= 0 || rate == nil { return take(index) }
            if let rate {
                let repaid = now.advanced(by: UInt64(Double(-credit) / Double(rate) * 1e9) + 1)
                earliest = min(earliest ?? repaid, repaid)
            }
            queueIndex += 1
        }
        servedAgainAt = earliest
        return nil
    }

    private mutating func take(_ index: AccountIndex) -> ConnectionID {
        guard let id = accounts.values[index].waiting.popFirst() else {
            preconditionFailure("an address without waiting connections is in no queue")
        }
        waitingCount -= 1
        if !accounts.values[index].waiting.isEmpty {
            queueIndex += 1
        } else {
            // Its place goes to the last one, whose turn comes a little sooner for it.
            queue[queueIndex] = queue[queue.count - 1]
            queue.removeLast()
        }
        return id
    }

    // MARK: Reporting

    /// The addresses that have caused the most work lately, most first. Takes time in proportion to
    /// the addresses with an account.
    func busiest(_ count: Int, at now: Instant) -> [AddressLoad] {
        let all = accounts.map { AddressLoad(address: $0.key, share: $0.value.share(now)) }
        return Array(all.filter { $0.share >= 0.001 }.sorted { $0.share > $1.share }.prefix(count))
    }

    // MARK: Accounts

    private mutating func account(
        of key: NetworkAddress, _ now: Instant
    ) -> AccountIndex {
        if let index = accounts.index(forKey: key) { return index }
        purgeIfLarge(now)
        accounts[key] = Account(credit: rate ?? 0, filledAt: now, recentSince: now)
        guard let index = accounts.index(forKey: key) else {
            preconditionFailure("the account was just made")
        }
        return index
    }

    private func fill(_ account: inout Account, _ now: Instant) {
        guard let rate else {
            account.credit = 0
            return
        }
        let seconds = now.seconds(since: account.filledAt)
        account.credit = Int(min(Double(rate), Double(account.credit) + seconds * Double(rate)))
        account.filledAt = now
    }

    /// Removes accounts that are the same as new ones. Runs only when their number has doubled.
    private mutating func purgeIfLarge(_ now: Instant) {
        guard accounts.count >= purgeThreshold else { return }
        accounts = accounts.filter { _, account in
            !account.waiting.isEmpty || account.isLimited
                || now.seconds(since: account.filledAt) < 2
        }
        purgeThreshold = max(1024, accounts.count * 2)
    }
}

extension AddressShares.Account {
    /// The time in which noted work counts half.
    private static var halfLife: Double { 30 }

    fileprivate mutating func note(_ work: Int, _ now: Instant) {
        recentWork = Int(Double(recentWork) * decay(now)) + work
        recentSince = now
    }

    private func decay(_ now: Instant) -> Double {
        var (factor, halves) = (1.0, now.seconds(since: recentSince) / Self.halfLife)
        if halves > 40 { return 0 }
        while halves >= 1 {
            factor /= 2
            halves -= 1
        }
        return factor * (1 - halves / 2)
    }

    /// The share of the server's time. Work at a steady rate sums up to rate × halfLife / ln 2.
    fileprivate func share(_ now: Instant) -> Double {
        Double(recentWork) * decay(now) / (Self.halfLife / 0.693 * 1e9)
    }
}

extension Instant {
    /// How many seconds have passed since `then`; zero if that is later.
    func seconds(since then: Instant) -> Double { Double(nanoseconds(since: then)) / 1e9 }
}
