// Near misses of callbacks: that the table has every callback, and what symbols show.
import Foundation
import Testing

@testable import WebSocketServer

@Suite struct CallbackCheckTests {
    private static let api = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources/WebSocketServer/API")

    /// The declarations of callbacks in the protocols of handlers.
    private static func declared() throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: api.path)
        var found: [String] = []
        for file in files where file.hasSuffix("Handler.swift") && file != "ClosureHandler.swift" {
            let text = try String(contentsOf: api.appending(path: file), encoding: .utf8)
            let body = text.components(separatedBy: "\nextension ")[0]
            for part in body.components(separatedBy: "mutating func on").dropFirst() {
                let end = part.range(of: "\n\n") ?? part.range(of: "\n}")
                let words = part[..<(end?.lowerBound ?? part.endIndex)].split(separator: "\n")
                    .map { $0.trimmingCharacters(in: .whitespaces) }
                    .filter { !$0.hasPrefix("//") && $0 != "}" }
                found.append(
                    "on"
                        + words.joined(separator: " ").replacing("( ", with: "(")
                        .replacing(" )", with: ")"))
            }
        }
        return found
    }

    @Test func `The table has every callback as it is declared`() throws {
        // The short form of onUpgrade is another way to have it.
        let declared = try Self.declared().filter { !$0.hasSuffix("-> UpgradeReply") }
        #expect(declared.sorted() == CallbackCheck.callbacks.map(\.signature).sorted())
        for callback in CallbackCheck.callbacks {
            let file = Self.api.appending(path: "\(callback.home).swift")
            #expect(
                try String(contentsOf: file, encoding: .utf8).contains("func \(callback.name)("))
        }
    }

    private let witness =
        "protocol witness for WebSocketServer.WebSocketHandler.onOpen("
        + "WebSocketServer.ConnectionID, inout WebSocketServer.ServerContext) throws -> () in conformance App.Chat : "
        + "WebSocketServer.WebSocketHandler in App"

    @Test(arguments: [
        "App.Chat.onOpen(WebSocketServer.ConnectionID, inout WebSocketServer.ServerContext) "
            + "throws -> ()",
        "App.Chat.onOpen(WebSocketServer.ConnectionID, inout WebSocketServer.ServerContext) -> ()",
        "App.Chat.onOpen(__shared WebSocketServer.ConnectionID, "
            + "inout WebSocketServer.ServerContext) throws(WebSocketServer.Disconnect) -> ()",
        "closure #1 (inout WebSocketServer.ServerContext) -> () in App.Chat.onOpen(App.A) -> ()",
        "default argument 0 of App.Chat.onOpen(App.A) -> ()",
        "App.Chat.opens.getter : Swift.Bool", "App.Chat.(onOpen in _12AB)(App.A) -> ()",
        "App.Chat.onOpens(App.A) -> ()", "type metadata accessor for App.Chat", "",
    ])
    func `A callback that is called, and what is no method, have no warning`(symbol: String) {
        #expect(CallbackCheck.warnings([witness, symbol], "Chat") == [])
    }

    @Test(arguments: [
        "App.Chat.onOpen(WebSocketServer.ConnectionID) throws -> ()",
        "App.Chat.onOpen(id: WebSocketServer.ConnectionID, "
            + "_: inout WebSocketServer.ServerContext) -> ()",
        "App.Chat.onOpen(WebSocketServer.ConnectionID, inout WebSocketServer.ServerContext) "
            + "async -> ()",
        "App.Chat.onOpened(WebSocketServer.ConnectionID, inout WebSocketServer.ServerContext) "
            + "-> ()",
    ])
    func `A miss has one, and none beside the right method`(symbol: String) {
        #expect(CallbackCheck.warnings([witness, symbol], "Chat").count == 1)
        let right =
            "App.Chat.onOpen(WebSocketServer.ConnectionID, inout WebSocketServer.ServerContext) "
            + "-> ()"
        #expect(CallbackCheck.warnings([witness, right, symbol], "Chat").isEmpty)
    }
}
