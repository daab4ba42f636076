// Methods of a handler that have the name of a callback, and are not called.
import LinuxReactor
import Logging

/// The compiler says nothing about a method that misses a callback with a default by an argument,
/// a label or its spelling: it is another method. So a debug build compares the symbols of the
/// handler's methods with those of the witnesses that the compiler has made for the callbacks.
package enum CallbackCheck {
    /// All callbacks, with the protocol that has them.
    package static let callbacks: [(name: String, home: String, signature: String)] = [
        (
            "onUpgrade", "WebSocketHandler",
            "onUpgrade(_ request: borrowing HTTPRequest, _ io: inout ServerContext) throws "
                + "-> UpgradeDecision"
        ),
        (
            "onOpen", "WebSocketHandler",
            "onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws"
        ),
        (
            "onMessage", "WebSocketHandler",
            "onMessage(_ message: borrowing Message, from id: ConnectionID, "
                + "_ io: inout ServerContext) throws"
        ),
        (
            "onError", "WebSocketHandler",
            "onError(_ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext)"
        ),
        (
            "onClose", "WebSocketHandler",
            "onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)"
        ),
        (
            "onRequest", "HTTPHandler",
            "onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) throws"
        ),
        (
            "onRequestHead", "HTTPHandler",
            "onRequestHead(_ request: borrowing HTTPRequest, _ io: inout ServerContext) throws"
        ),
        (
            "onEventStreamEnd", "HTTPHandler",
            "onEventStreamEnd(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)"
        ),
        ("onMail", "MailHandler", "onMail(_ mail: Mail, _ io: inout ServerContext)"),
        ("onDrain", "OutputHandler", "onDrain(_ id: ConnectionID, _ io: inout ServerContext)"),
        (
            "onFallingBehind", "OutputHandler",
            "onFallingBehind(_ id: ConnectionID, in topic: Topic, _ io: inout ServerContext)"
        ),
        (
            "onTimer", "TimerHandler",
            "onTimer(_ timer: TimerName, for id: ConnectionID?, _ io: inout ServerContext)"
        ),
        ("onRedisUp", "RedisHandler", "onRedisUp(_ io: inout ServerContext)"),
        (
            "onRedisDown", "RedisHandler",
            "onRedisDown(_ failure: RedisFailure, _ io: inout ServerContext)"
        ),
        (
            "onRedisMessage", "RedisHandler",
            "onRedisMessage(_ message: borrowing RedisMessage, _ io: inout ServerContext)"
        ),
        (
            "onRedisReply", "RedisHandler",
            "onRedisReply(_ reply: borrowing RedisReply, to request: RedisRequest, "
                + "_ io: inout ServerContext)"
        ),
        ("onStart", "OperationsHandler", "onStart(_ io: inout ServerContext)"),
        ("onTick", "OperationsHandler", "onTick(_ io: inout ServerContext)"),
        ("onWork", "OperationsHandler", "onWork(_ io: inout ServerContext)"),
        (
            "onRefusal", "OperationsHandler",
            "onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext)"
        ),
        (
            "onSignal", "OperationsHandler",
            "onSignal(_ signal: Signal, _ io: inout ServerContext)"
        ),
        ("onStop", "OperationsHandler", "onStop(_ io: inout ServerContext)"),
        ("onLoopProbe", "OperationsHandler", "onLoopProbe(_ io: inout ServerContext)"),
    ]

    /// Logs a warning for each method of the handler that is near a callback and is not called.
    static func run<Handler: WebSocketHandler & ~Copyable>(
        _ handler: Handler.Type, _ logger: Logger
    ) {
        for warning in warnings(ProgramSymbols.methods(of: handler), "\(handler)") {
            logger.warning("\(warning)")
        }
    }

    /// A warning for each near miss among these symbols of a type.
    package static func warnings(_ symbols: [String], _ type: String) -> [String] {
        var witnesses: [String: [Method]] = [:]
        var methods: [Method] = []
        for symbol in symbols {
            if symbol.hasPrefix("protocol witness for ") {
                let text = symbol.split(separator: " in conformance ")[0]
                if let method = Method(text) { witnesses[method.name, default: []].append(method) }
            } else if let method = Method(symbol[...]), !symbol.contains(" of ") {
                methods.append(method)
            }
        }
        var warnings: [String] = []
        for method in methods {
            guard let callback = callbacks.first(where: { method.isNear($0.name) }) else {
                continue
            }
            let wanted = witnesses[callback.name] ?? []
            // The mail has a type of the handler's own, and its callback no default to be taken
            // instead.
            let isCalled = methods.contains { other in
                wanted.contains { other.isWitness(of: $0) || $0.name == "onMail" }
            }
            guard !isCalled else { continue }
            let advice =
                wanted.isEmpty
                ? "it is a callback of \(callback.home), to which \(type) does not conform"
                : "the callback is: \(callback.signature)"
            warnings.append("\(type).\(method.name) is never called: \(advice)")
        }
        return warnings
    }
}

extension CallbackCheck {
    /// A method as a debugger shows it: "App.Chat.onOpen(App.ID, inout App.IO) throws -> ()".
    struct Method {
        let name: String
        /// Labels and types of its arguments.
        let arguments: Substring
        /// What follows them: whether it throws or waits, and what it returns.
        let rest: Substring
        let isStatic: Bool

        init?(_ symbol: Substring) {
            // The ownership of an argument may differ.
            let text = symbol.replacing("__shared ", with: "").replacing("__owned ", with: "")
            guard let open = text.firstIndex(of: "("), let end = text.range(of: ") ", after: open)
            else { return nil }
            let path = text[..<open]
            guard let dot = path.lastIndex(of: ".") else { return nil }
            name = String(path[path.index(after: dot)...])
            isStatic = text.hasPrefix("static ")
            arguments = text[open...end]
            rest = text[end...].dropFirst(2)
        }

        func isWitness(of callback: Method) -> Bool {
            guard name == callback.name, arguments == callback.arguments, !isStatic else {
                return false
            }
            // It may throw less than the callback, or an error of one type.
            return rest == callback.rest
                || callback.rest.hasPrefix("throws ")
                    && (rest == callback.rest.dropFirst(7)
                        || rest.hasPrefix("throws(") && !rest.contains("async "))
        }

        /// Whether it has the callback's name, in another case or with an ending, and the server's
        /// state among its arguments if so.
        func isNear(_ callback: String) -> Bool {
            if name == callback { return true }
            guard arguments.contains("ServerContext") else { return false }
            let (mine, wanted) = (name.lowercased(), callback.lowercased())
            return mine == wanted || mine == wanted + "d" || mine == wanted + "ed"
                || mine == wanted + "s"
        }
    }
}

extension Substring {
    /// The last place of `mark` that is not inside parentheses begun at `open`.
    fileprivate func range(of mark: String, after open: Index) -> Index? {
        var depth = 0
        var index = open
        while index < endIndex {
            if self[index] == "(" { depth += 1 }
            if self[index] == ")" { depth -= 1 }
            if depth == 0 { return self[index...].hasPrefix(mark) ? index : nil }
            index = self.index(after: index)
        }
        return nil
    }
}
