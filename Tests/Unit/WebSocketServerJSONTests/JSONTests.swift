// Messages and bodies that are JSON, and what is said about other bytes.
import Foundation
import Testing
import WebSocketCore
import WebSocketServer

@testable import WebSocketServerJSON

private struct Entry: Codable, Equatable {
    struct Place: Codable, Equatable { var line: Int }
    var user: String
    var place: Place?
}

@Suite struct JSONTests {
    private func decoded(_ text: String) throws(Disconnect) -> Entry {
        let bytes = Array(text.utf8)
        return try Message(bytes.span, kind: MessageKind(.text)).decode(Entry.self)
    }

    @Test func `A message is decoded`() throws {
        #expect(try decoded(#"{"user": "Zoë", "place": {"line": 3}}"#).place?.line == 3)
        #expect(try decoded(#"{"user": "Zoë"}"#) == Entry(user: "Zoë"))
    }

    @Test(arguments: [
        ("", "This is not JSON."), ("{", "This is not JSON."), ("nonsense", "This is not JSON."),
        ("[]", "In the JSON, the whole has the wrong type."),
        ("{}", #"The JSON has no "user"."#),
        (#"{"user": null}"#, #"In the JSON, "user" is null."#),
        (#"{"user": "a", "place": {}}"#, #"The JSON has no "place.line"."#),
        (
            #"{"user": "a", "place": {"line": "x"}}"#,
            #"In the JSON, "place.line" has the wrong type."#
        ),
    ])
    func `What is wrong is the reason of the Close`(text: String, reason: String) throws {
        let thrown = #expect(throws: Disconnect.self) { try decoded(text) }
        #expect(thrown?.code == .invalidPayload)
        #expect(thrown?.reason == reason)
    }

    @Test func `A response has the type and the bytes`() throws {
        let response = try HTTPResponse.json(.ok, Entry(user: "Zoë"))
        #expect(response.headers.contains { $0 == ("Content-Type", "application/json") })
        #expect(try JSONDecoder().decode(Entry.self, from: Data(response.body)).user == "Zoë")
    }
}
