// What ten thousand scripts must have reached: a generator that misses it shows nothing.

enum Reached {
    /// Steps and their outcomes. The errors are EPIPE, ECONNRESET and ECONNREFUSED; ENOENT, EBADF
    /// and EEXIST of epoll.
    static let all = [
        "accept accepted", "accept wouldBlock", "acknowledged count", "acknowledged none",
        "credentials credentials", "credentials none", "serverConnect done",
        "serverConnect failed(2)",
        "serverConnect failed(111)", "closeDuplicate done", "closeListener done", "fill wouldBlock",
        "fill failed(32)", "drain drained true", "reset server done", "reset peer done",
        "receive server received", "receive server wouldBlock", "receive server endOfStream",
        "receive server failed(104)", "receive server failed(111)", "receive peer received",
        "receive peer endOfStream", "receive peer failed(104)", "receive peer failed(111)",
        "send server sent", "send server wouldBlock", "send server failed(32)",
        "send server failed(104)", "send server failed(111)", "send peer failed(32)",
        "send peer failed(104)", "send peer failed(111)", "takeError failed(0)",
        "takeError failed(32)", "takeError failed(104)", "takeError failed(111)",
        "watch failed(2)", "watch failed(9)", "watch failed(17)", "waitForEach events",
    ]
}
