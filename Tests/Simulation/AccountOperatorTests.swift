// Operators and accounts: their list, a new password, and a name that is free again.
import ChatRooms
import Foundation
import LinuxReactor
import Logging
import SystemdSupport
import TestSupport
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import roost

@Suite struct AccountOperatorTests {
    /// A name that is somebody's own, with this password.
    private func makeAccount(_ chat: inout OperatedChat, _ name: String, _ password: String) {
        let client = chat.enter(name)
        client.send(#"{"type":"account","password":"\#(password)"}"#)
        chat.simulation.settle()
        chat.answerPasswords()
    }

    @Test func `An operator sees accounts, gives a new password, and frees a name`() throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        makeAccount(&chat, "ann", "correct horse")
        makeAccount(&chat, "bob", "correct horse")
        let list = try chat.json("GET", "/accounts")
        let rows = list["accounts"]?.elements ?? []
        #expect(
            list["total"]?.int == 2 && rows.compactMap { $0["user"]?.string } == ["ann", "bob"])
        #expect(rows[0]["sessions"]?.int == 1 && rows[0]["connections"]?.int == 1)
        #expect(rows[0]["login_at"]?.string?.hasSuffix("Z") == true)
        #expect(chat.request("GET", "/metrics").text.contains("roost_accounts 2\n"))

        let hash = PasswordHash(hashing: Array("another one".utf8)).text
        let reset = try chat.json("POST", "/reset-account", #"{"user":"ANN","hash":"\#(hash)"}"#)
        #expect(reset["connections"]?.int == 1)
        let record = try #require(chat.records(.accountReset).first)
        #expect(record.contains("ROOST_USER=ANN\n") && !record.contains("scrypt"))
        for (password, type) in [("correct horse", "error"), ("another one", "welcome")] {
            let client = chat.simulation.open(from: .ipv4(192, 0, 2, 9, port: 4000))
            client.send(#"{"type":"login","user":"ann","password":"\#(password)"}"#)
            chat.simulation.settle()
            chat.answerPasswords()
            let reply = try #require(client.takeTexts().first.flatMap { JSONTree($0) })
            #expect(reply["type"]?.string == type, "\(password)")
        }
        #expect(
            try chat.json("POST", "/delete-account", #"{"user":"bob"}"#)["connections"]?.int == 1)
        #expect(chat.records(.accountDeleted).count == 1)
        #expect(chat.request("POST", "/delete-account", #"{"user":"bob"}"#).status == 404)
        #expect(try chat.json("GET", "/accounts")["total"]?.int == 1)
    }

    @Test(arguments: ["", "{}", #"{"user":7}"#, #"{"user":"ann"}"#, #"{"user":"ann","hash":"x"}"#])
    func `A reset that cannot be meant changes nothing`(_ body: String) throws {
        var chat = try OperatedChat(limits: withoutAddressLimits())
        makeAccount(&chat, "ann", "correct horse")
        #expect(chat.request("POST", "/reset-account", body).status == 400)
        #expect(chat.request("POST", "/reset-account", "{}", user: 5).status == 403)
        #expect(
            try chat.json("GET", "/accounts")["accounts"]?.elements.first?["sessions"]?.int == 1)
    }
}
