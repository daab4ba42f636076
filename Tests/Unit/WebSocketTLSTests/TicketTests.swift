// Sessions that are resumed by tickets: with which keys, after which changes.

import CSSL
import Storage
import Synchronization
import TestSupport
import Testing

@testable import WebSocketTLS

@Suite("Tickets")
struct TicketTests {
    static let versions = [TLS1_2_VERSION, TLS1_3_VERSION]

    private func contexts(
        keys: [UInt8] = [], _ change: (inout TLSServerSettings) -> Void = { _ in }
    ) throws -> TLSServerContexts {
        var settings = TLSServerSettings()
        settings.ticketKeys = keys
        change(&settings)
        return try TLSServerContexts([Certificate.localhost.certified], settings)
    }

    /// A client that has got a ticket.
    private func client(_ contexts: TLSServerContexts, version: Int32) throws -> Oracle {
        let talk = Conversation(contexts, Oracle(isServer: false, version: version))
        return try finish(talk)
    }

    private func finish(_ talk: Conversation) throws -> Oracle {
        talk.shakeHands()
        try talk.send([1])
        #expect(talk.oracle.takeReceived() == [1])
        // libssl resumes no session that has not been closed.
        talk.settle(talk.oracle.close())
        return talk.oracle
    }

    /// Whether these contexts resume the client's session. Returns the client, for another time.
    @discardableResult
    private func resume(
        _ client: Oracle, _ contexts: TLSServerContexts, version: Int32, expecting: Bool
    ) throws -> Oracle {
        let talk = Conversation(contexts, client.resumed(version: version))
        let next = try finish(talk)
        #expect(next.isResumed == expecting)
        #expect(talk.takeSummary()?.isResumed == expecting)
        return next
    }

    private func key(_ seed: UInt64) -> [UInt8] {
        var random = Seeded(seed)
        return random.bytes(80)
    }

    @Test("A session is resumed again and again", arguments: versions)
    func again(version: Int32) throws {
        let contexts = try contexts()
        var client = try client(contexts, version: version)
        for _ in 0..<5 {
            client = try resume(client, contexts, version: version, expecting: true)
        }
    }

    @Test("The keys of a file are good for other contexts, too", arguments: versions)
    func sharedKeys(version: Int32) throws {
        let one = try contexts(keys: key(1))
        let client = try client(one, version: version)
        try resume(client, contexts(keys: key(1)), version: version, expecting: true)
        // The second of the keys is accepted, and the client gets a ticket of the first.
        let both = try contexts(keys: key(2) + key(1))
        let next = try resume(client, both, version: version, expecting: true)
        try resume(next, contexts(keys: key(2)), version: version, expecting: true)
        try resume(client, contexts(keys: key(3)), version: version, expecting: false)
        try resume(client, contexts(), version: version, expecting: false)
    }

    @Test("Random keys are those of the process, and survive new certificates", arguments: versions)
    func exchange(version: Int32) throws {
        let client = try client(contexts(), version: version)
        let other = Certificate(names: "DNS:localhost")
        let after = try TLSServerContexts([other.certified])
        try resume(client, after, version: version, expecting: true)
    }

    @Test("A random key is renewed, and accepted for as long again", arguments: versions)
    func renewal(version: Int32) throws {
        let clock = Clock()
        let keys = TicketKeys(now: { clock.seconds.withLock { $0 } })
        let contexts = try TLSServerContexts(
            [Certificate.localhost.certified], TLSServerSettings(), ticketKeys: keys)
        let client = try client(contexts, version: version)
        clock.advance(12 * 3600 - 1)
        try resume(client, contexts, version: version, expecting: true)
        clock.advance(1)
        let next = try resume(client, contexts, version: version, expecting: true)
        clock.advance(12 * 3600)
        try resume(client, contexts, version: version, expecting: false)
        try resume(next, contexts, version: version, expecting: true)
        // After a day without any handshake both keys are others.
        clock.advance(24 * 3600)
        try resume(next, contexts, version: version, expecting: false)
    }

    /// Contexts with random keys by a clock.
    private func contexts(_ clock: Clock) throws -> (TLSServerContexts, TicketKeys) {
        let keys = TicketKeys(now: { clock.seconds.withLock { $0 } })
        let contexts = try TLSServerContexts(
            [Certificate.localhost.certified], TLSServerSettings(), ticketKeys: keys)
        return (contexts, keys)
    }

    private func saved(_ keys: TicketKeys) -> [UInt8] {
        var writer = StateWriter()
        keys.save(to: &writer)
        return writer.finish()
    }

    @Test("Random keys go along to the next program, with their age", arguments: versions)
    func handOver(version: Int32) throws {
        let clock = Clock()
        let (contexts, keys) = try contexts(clock)
        let old = try client(contexts, version: version)
        clock.advance(12 * 3600)
        let new = try client(contexts, version: version)
        let state = saved(keys)
        #expect(state.count == 1 + 8 + 2 * 80)
        let (next, nextKeys) = try self.contexts(clock)
        try resume(new, next, version: version, expecting: false)
        var reader = StateReader(state)
        try nextKeys.restore(from: &reader)
        #expect(reader.isAtEnd && saved(nextKeys) == state)
        try resume(old, next, version: version, expecting: true)
        try resume(new, next, version: version, expecting: true)
        // Each key lasts as long as it would have with the program that made it.
        clock.advance(12 * 3600)
        try resume(old, next, version: version, expecting: false)
        try resume(new, next, version: version, expecting: true)
    }

    @Test("Keys that nobody has written are refused, and nothing changes")
    func impossible() throws {
        let clock = Clock()
        let (_, keys) = try contexts(clock)
        let state = saved(keys)
        var (none, many, future, negative) = (state, state, state, state)
        none[0] = 0
        many[0] = 3
        future[1] &+= 1
        negative[8] = 0x80
        for bad in [none, many, future, negative, state.dropLast(), []] {
            var reader = StateReader(bad)
            #expect(throws: StateError.self) { try keys.restore(from: &reader) }
            #expect(saved(keys) == state)
        }
    }

    @Test("A ticket is good only where clients are asked for the same", arguments: versions)
    func clientCertificates(version: Int32) throws {
        let plain = try client(contexts(), version: version)
        // Otherwise the ticket would stand for a certificate that was never shown.
        let asking = try contexts {
            $0.clientAuthorities = Certificate.authority.chain
            $0.requiresClientCertificate = true
        }
        let talk = Conversation(asking, plain.resumed(version: version))
        talk.shakeHands()
        guard case .handshakeFailed(let failure) = talk.end else {
            Issue.record("the handshake succeeded")
            return
        }
        #expect(failure.kind == .noClientCertificate)
    }

    @Test("Damaged tickets are no tickets", arguments: 0..<UInt64(20))
    func damaged(seed: UInt64) throws {
        var random = Seeded(seed)
        let contexts = try contexts()
        let client = try client(contexts, version: TLS1_3_VERSION).resumed()
        var isChanged = false
        let talk = Conversation(contexts, client)
        talk.shakeHands(changeHello: { hello in
            // The ticket is near the end, before the binder.
            var hello = hello
            hello[hello.count - 60 - Int.random(in: 0..<100, using: &random)] ^= 0x10
            isChanged = true
            return hello
        })
        #expect(isChanged && !(client.isEstablished && talk.isEstablished && client.isResumed))
    }

    private final class Clock: Sendable {
        let seconds = Mutex(1000)
        func advance(_ count: Int) { seconds.withLock { $0 += count } }
    }
}
