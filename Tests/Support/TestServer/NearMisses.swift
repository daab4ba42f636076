// Handlers whose methods miss a callback, each in a way of its own, and some that miss none.
import WebSocketServer

/// What all of them have: a handler's messages must have the right form.
protocol Listening: WebSocketHandler {}

extension Listening {
    public func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {}
}

struct TooFewArguments: Listening {
    func onClose(_ id: ConnectionID, _ io: inout ServerContext) {}
}

struct InAnExtension: Listening {}

extension InAnExtension {
    mutating func onOpen(_ id: ConnectionID) throws {}
}

struct OtherType: Listening {
    func onClose(_ id: ConnectionID, _ cause: String, _ io: inout ServerContext) {}
}

struct OtherLabel: Listening {
    func onClose(id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {}
}

struct OtherOrder: Listening {
    func onClose(_ cause: CloseCause, _ id: ConnectionID, _ io: inout ServerContext) {}
}

struct OtherCase: Listening {
    func onclose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {}
}

struct OtherEnding: Listening {
    func onClosed(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {}
}

struct NotInout: Listening {
    func onOpen(_ id: ConnectionID, _ io: borrowing ServerContext) {}
}

struct Throwing: Listening {
    func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) throws {}
}

struct Waiting: Listening {
    func onOpen(_ id: ConnectionID, _ io: inout ServerContext) async {}
}

struct Returning: Listening {
    func onOpen(_ id: ConnectionID, _ io: inout ServerContext) -> Bool { true }
}

struct OfTheType: Listening {
    static func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {}
}

struct NotConforming: Listening {
    func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {}
}

/// Cannot be copied, and is generic; `onTick` has an argument too many.
struct Unique<Value>: OperationsHandler, ~Copyable {
    var value: Value

    func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {}
    mutating func onTick(_ id: ConnectionID, _ io: inout ServerContext) {}
    mutating func onStart(_ io: inout ServerContext) {}
}

/// Nothing of it is a miss.
struct Right: Listening, HTTPHandler, MailHandler, OutputHandler, OperationsHandler {
    mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply {
        UpgradeReply()
    }
    func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {}
    func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {}
    func onClose(_ room: String) {}
    mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext
    ) {}
    func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {}
    func onRequestHead(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {}
    func onMail(_ mail: [String: Int], _ io: inout ServerContext) {}
    func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {}
    func onTick(_ io: inout ServerContext) {}
    func openTheDoor(_ io: inout ServerContext) {}
}

/// Makes a server of each, without running it.
func makeServersWithMisses() throws {
    let configuration = ServerConfiguration(host: "127.0.0.1", port: 0)
    _ = try Server(TooFewArguments(), configuration)
    _ = try Server(InAnExtension(), configuration)
    _ = try Server(OtherType(), configuration)
    _ = try Server(OtherLabel(), configuration)
    _ = try Server(OtherOrder(), configuration)
    _ = try Server(OtherCase(), configuration)
    _ = try Server(OtherEnding(), configuration)
    _ = try Server(NotInout(), configuration)
    _ = try Server(Throwing(), configuration)
    _ = try Server(Waiting(), configuration)
    _ = try Server(Returning(), configuration)
    _ = try Server(OfTheType(), configuration)
    _ = try Server(NotConforming(), configuration)
    _ = try Server(Unique(value: 1), configuration)
    _ = try Server(Right(), configuration)
}
