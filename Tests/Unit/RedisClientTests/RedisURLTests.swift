// Addresses of Redis, right and wrong.
import Testing

@testable import RedisClient

@Suite struct RedisURLTests {
    static let right: [(String, RedisURL)] = [
        ("redis://localhost", RedisURL(.tcp(host: "localhost", port: 6379))),
        ("REDIS://localhost/", RedisURL(.tcp(host: "localhost", port: 6379))),
        ("redis://10.0.0.1:7000/0", RedisURL(.tcp(host: "10.0.0.1", port: 7000))),
        ("redis://[::1]", RedisURL(.tcp(host: "::1", port: 6379))),
        ("redis://[2001:db8::1]:7000", RedisURL(.tcp(host: "2001:db8::1", port: 7000))),
        (
            "redis://ann:p%40ss%3Aw%2ford@redis.example",
            RedisURL(.tcp(host: "redis.example", port: 6379), user: "ann", password: "p@ss:w/ord")
        ),
        ("redis://:a@b@host", RedisURL(.tcp(host: "host", port: 6379), password: "a@b")),
        ("rediss://redis.example", RedisURL(.tls(host: "redis.example", port: 6379))),
        (
            "REDISS://ann:pw@[::1]:7000/0",
            RedisURL(.tls(host: "::1", port: 7000), user: "ann", password: "pw")
        ),
        ("unix:///run/redis.sock", RedisURL(.unix(path: "/run/redis.sock"))),
        (
            "redis+unix://ann:pw@/run/my%20redis",
            RedisURL(.unix(path: "/run/my redis"), user: "ann", password: "pw")
        ),
    ]

    @Test(arguments: right)
    func `A URL means an address and a user`(text: String, url: RedisURL) throws {
        #expect(try RedisURL(text) == url)
        #expect(!"\(url)".contains("pw") && !"\(url)".contains("ord"), "no password in logs")
        #expect(try RedisURL("\(url)").address == url.address || text.contains("%20"))
    }

    static let wrong: [(String, RedisURLError)] = [
        ("", .noScheme), ("localhost:6379", .noScheme), ("http://a", .unknownScheme("http")),
        ("redisss://a", .unknownScheme("redisss")), ("rediss://", .invalidHost("")),
        ("redis://a?b", .notUnderstood("?")),
        ("redis://:a#b@c", .notUnderstood("#")), ("redis://ann@host", .noPassword),
        ("redis://ann:@host", .noPassword), ("redis://:%4@host", .invalidEscape),
        ("redis://:%+1@host", .invalidEscape), ("redis://:%ff@host", .invalidEscape),
        ("redis://", .invalidHost("")), ("redis://a b", .invalidHost("a b")),
        ("redis://::1", .invalidHost("::1")), ("redis://[::1]x", .invalidHost("[::1]x")),
        ("redis://a:0", .invalidPort("0")), ("redis://a:65536", .invalidPort("65536")),
        ("redis://a:+1", .invalidPort("+1")), ("redis://a/1", .database("1")),
        ("unix://run/redis", .noPath("run/redis")), ("unix:///", .noPath("/")),
        ("unix:///a%00b", .invalidPath("/a\0b")),
        (
            "unix:///" + String(repeating: "a", count: 107),
            .invalidPath("/" + String(repeating: "a", count: 107))
        ),
    ]

    @Test(arguments: wrong)
    func `A wrong URL is a sentence`(text: String, error: RedisURLError) {
        #expect(throws: error) { try RedisURL(text) }
        #expect("\(error)".hasSuffix("."))
    }
}
