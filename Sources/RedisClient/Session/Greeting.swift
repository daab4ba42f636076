// Whether what answers is a Redis that can be used: what its first bytes and its HELLO say.
import Storage

extension RedisReply {
    /// Throws why nothing can be done with the server that has given HELLO this answer.
    func checkGreeting() throws(RedisFailure) {
        if let error {
            let isUnknown = isError("NOPROTO") || error.contains("unknown command")
            throw isUnknown ? .tooOld : .refused(error)
        }
        guard type == .map else {
            throw .notRedis(
                "What answers does not understand HELLO, and is not Redis: check the host and port "
                    + "of its URL.")
        }
        var values = values
        while let key = values.next(), let value = values.next() {
            if key.isString("role"), value.isString("replica") { throw .replica }
            if key.isString("mode"), value.isString("sentinel") { throw .sentinel }
        }
    }
}

extension RedisFailure {
    /// What these bytes say about their sender, which was taken for Redis.
    static func notRedis(_ bytes: Span<UInt8>, _ fault: ReplyFault) -> RedisFailure {
        // An answer to HTTP/0.9 is the page alone.
        if bytes.begins(with: "HTTP/") || bytes.begins(with: "<") {
            return .notRedis(
                "What answers is not Redis, but speaks HTTP: check the host and port of its URL.")
        }
        // An alert of TLS begins with 21, 3.
        if bytes.count > 1, bytes[0] == 21, bytes[1] == 3 {
            return .notRedis(
                "What answers speaks TLS: write rediss:// in the URL, or name the port without it.")
        }
        return .notRedis(
            "What answers is not Redis: check the host and port of its URL. \(fault)")
    }
}
