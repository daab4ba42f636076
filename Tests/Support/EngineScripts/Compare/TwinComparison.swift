// The same random calls on the simulated Redis and on a real one with the Lua: they must not
// differ.
import RedisClient
import Storage

/// Runs scripts on both, each by its seed.
package final class TwinComparison {
    static let nodeLimit = 4

    /// What the real server must be started with.
    package static let options = [
        "--stream-node-max-entries", "\(nodeLimit)", "--stream-node-max-bytes", "0", "--save", "",
    ]

    /// What some hundred scripts must have compared.
    package static let expected = [
        "message", "subscription", "reply *", "reply :", "reply %", "-ERR Function not found",
        "-ERR r1_put: wrong arguments", "-ERR r1_tail: wrong argument",
        "-READONLY You can't write ag", "-OOM command not allowed whe",
        "-NOREPLICAS Not enough good ", "-ERR The ID specified in XAD",
        "-ERR Can not execute a scrip", "-ERR Library 'roost1' alread",
    ]

    private let caller: RealRedis
    private let listener: RealRedis
    private let libraryText: String
    private let fault: FunctionFault?
    /// How often each kind of outcome was compared.
    package private(set) var counts: [String: Int] = [:]

    package init(
        socket path: String, library: String, fault: FunctionFault? = nil
    ) throws {
        caller = try RealRedis(socket: path)
        listener = try RealRedis(socket: path)
        libraryText = library
        self.fault = fault
        let hello = Self.bytes([["HELLO", "3"], ["PING"]])
        for connection in [caller, listener] {
            try connection.send(hello)
            _ = try connection.receiveUpToPong()
        }
    }

    static func bytes(_ commands: [[String]]) -> [UInt8] {
        var output = ByteBuffer()
        for command in commands { output.appendCommand(command) }
        return [UInt8](copying: output.span)
    }

    /// What differs for a seed; nil if nothing does.
    package func run(seed: UInt64) throws -> String? {
        try difference(seed).map { "seed \(seed)\n\($0)" }
    }

    private func difference(_ seed: UInt64) throws -> String? {
        var script = TwinScript(seed: seed, library: libraryText)
        let twin = SimulatedRedis(nodeLimit: Self.nodeLimit, fault: fault)
        twin.open(1)
        twin.open(2)
        twin.receive(Self.bytes(TwinScript.listening), from: 2)
        // Messages come to the listener in the order of the calls.
        try listener.send(Self.bytes(TwinScript.listening))
        let listening = try listener.receiveUpToPong()

        var commands = script.beginning
        for command in commands { twin.receive(Self.bytes([command]), from: 1) }
        for _ in 0..<script.length {
            let command = script.next(twin)
            commands.append(command)
            for piece in script.cut(Self.bytes([command])) { twin.receive(piece, from: 1) }
        }
        for command in script.ending {
            commands.append(command)
            twin.receive(Self.bytes([command]), from: 1)
        }
        try caller.send(Self.bytes(commands))
        let answers = try caller.receiveUpToPong()
        try listener.send(Self.bytes(TwinScript.leaving))
        twin.receive(Self.bytes(TwinScript.leaving), from: 2)
        let messages = try listener.receiveUpToPong()
        return difference(Self.replies(answers), Self.replies(twin.takeOutput(of: 1)), commands)
            ?? difference(
                Self.replies(listening + messages), Self.replies(twin.takeOutput(of: 2)), nil)
    }

    private func difference(
        _ real: [String], _ twin: [String], _ commands: [[String]]?
    ) -> String? {
        for reply in real { count(reply) }
        guard real != twin else { return nil }
        let first = zip(real, twin).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let index = first ?? min(real.count, twin.count)
        let story = commands.map { $0.map { "\($0)" }.joined(separator: "\n") } ?? "the listener"
        func shown(_ replies: [String]) -> String {
            index < replies.count ? replies[index].debugDescription : "nothing"
        }
        let shownStory = story.replacing(libraryText.debugDescription, with: "the library")
        return "\(shownStory)\nreply \(index)\n    Redis: \(shown(real))\n    twin:  \(shown(twin))"
    }

    private func count(_ reply: String) {
        let kind: String
        if reply.hasPrefix("-") {
            kind = String(reply.filter { !$0.isNewline }.prefix(28))
        } else if reply.hasPrefix(">") {
            kind = reply.contains("smessage") ? "message" : "subscription"
        } else {
            kind = "reply \(reply.prefix(1))"
        }
        counts[kind, default: 0] += 1
    }

    /// The single replies, without the place in the Lua where an error came from.
    private static func replies(_ bytes: [UInt8]) -> [String] {
        var scanner = ReplyScanner()
        var rest = ByteBuffer()
        rest.append(bytes.span)
        var replies: [String] = []
        while let end = try? scanner.scan(rest.span) {
            var text = String(copying: rest.span.extracting(..<end))
            if text.hasPrefix("-"), let place = text.firstRange(of: " script: ") {
                text = String(text[..<place.lowerBound])
            }
            replies.append(text)
            rest.removeFirst(end)
        }
        if !rest.isEmpty { replies.append("rest: " + String(copying: rest.span)) }
        return replies
    }
}
