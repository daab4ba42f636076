// Subscriptions of a session: which are written again after a greeting, and which are not.
import Storage
import Testing

@testable import RedisClient

@Suite struct RedisSessionTests {
    /// Greets, and returns what is written behind the greeting.
    private func open(_ session: inout RedisSession) throws -> String {
        session.begin(RedisURL(.unix(path: "/x")), at: 0)
        for (reply, event) in [("%0\r\n", RedisSession.Event.own), ("+PONG\r\n", .opened)] {
            session.output.removeAll()
            #expect(try session.take(Array(reply.utf8).span, at: 0)?.event == event)
        }
        return written(&session)
    }

    private func written(_ session: inout RedisSession) -> String {
        let text = String(copying: session.output.span)
        session.output.removeAll()
        return text.replacing("\r\n", with: " ")
    }

    @Test func `A subscription for one connection is not renewed, and the others are`() throws {
        var session = RedisSession()
        session.subscribe(RedisChannel(.name, "always"), at: 0)
        session.subscribeForNow(RedisChannel(.shard, "early"), at: 0)
        #expect(try open(&session) == "*2 $9 SUBSCRIBE $6 always ")
        session.subscribeForNow(RedisChannel(.shard, "now"), at: 0)
        session.subscribeForNow(RedisChannel(.shard, "now"), at: 0)
        session.unsubscribeForNow(RedisChannel(.shard, "now"), at: 0)
        let twice = String(repeating: "*2 $10 SSUBSCRIBE $3 now ", count: 2)
        #expect(written(&session) == twice + "*2 $12 SUNSUBSCRIBE $3 now ")
        session.end()
        #expect(try open(&session) == "*2 $9 SUBSCRIBE $6 always ")
    }

    @Test func `Each is answered by a push, or by an error`() throws {
        var session = RedisSession()
        _ = try open(&session)
        session.subscribeForNow(RedisChannel(.shard, "a"), at: 0)
        session.subscribeForNow(RedisChannel(.shard, "b"), at: 0)
        let answer = ">3\r\n$10\r\nssubscribe\r\n$1\r\na\r\n:1\r\n"
        #expect(try session.take(Array(answer.utf8).span, at: 0)?.event == .own)
        let refused = try session.take(Array("-NOPERM\r\n".utf8).span, at: 0)?.event
        #expect(refused == .refused(RedisChannel(.shard, "b")))
        #expect(session.oldestUnanswered == nil)
    }
}
