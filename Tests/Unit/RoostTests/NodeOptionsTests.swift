// The flags of one of several servers: what they do not go with is refused with a sentence.
import Testing

@testable import roost

@Suite struct NodeOptionsTests {
    /// What is said of these flags; nil if they are good.
    private static func refusal(_ arguments: [String]) -> String? {
        do {
            _ = try Serve.parse(arguments)
            return nil
        } catch {
            return Serve.message(for: error)
        }
    }

    private static let auth = ["--auth", "token", "--auth-key", "/k"]

    @Test(arguments: [
        (["--engine", "redis://h"], "roost token --new-key"),
        (["--engine", "h:6379"] + auth, "--engine:"),
        (["--engine", "http://h"] + auth, "--engine:"),
        (["--engine", "redis://h/3"] + auth, "--engine:"),
        (["--engine", "redis://h", "--history", "/var/lib/a.db"] + auth, "/var/lib/a.db"),
        (["--engine", "redis://h", "--engine-prefix", ""] + auth, "--engine-prefix"),
        (["--engine", "redis://h", "--engine-prefix", "a{b}"] + auth, "--engine-prefix"),
    ])
    func `What does not go together is said`(arguments: [String], words: String) throws {
        let refusal = try #require(Self.refusal(arguments), "\(arguments)")
        #expect(refusal.contains(words))
    }

    @Test(arguments: [
        [], ["--engine-prefix", "staff.chat-2_b"], ["--engine", "unix:///run/redis.sock"] + auth,
        ["--engine", "rediss://u:p@h:7", "--history", "memory"] + auth,
    ])
    func `The rest is good`(arguments: [String]) {
        #expect(Self.refusal(arguments) == nil)
    }
}
