// Offers of permessage-deflate and their answers: RFC 7692 §7.1 rule by rule.

import Testing

@testable import WebSocketCore

@Suite struct DeflateNegotiationTests {
    /// The answer of a server with this policy to the value of `Sec-WebSocket-Extensions`.
    private func answer(_ value: String, _ policy: DeflatePolicy = DeflatePolicy()) throws
        -> String?
    {
        let items = try #require(ExtensionItem.list(value))
        return policy.accept(items)?.fieldValue
    }

    /// The name, and the parameters that the default policy always adds.
    static let plain =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    /// Offers and their answers. The first are the examples of RFC 7692 (§5.1, §7.1), then come the
    /// offers of Autobahn's group 13.
    static let accepted: [(String, String)] = [
        ("permessage-deflate", ""),
        (
            "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
            "; server_max_window_bits=10"
        ),
        (
            "permessage-deflate; client_max_window_bits; server_max_window_bits=10, "
                + "permessage-deflate; client_max_window_bits", "; server_max_window_bits=10"
        ),
        (
            "permessage-deflate; server_max_window_bits=\"10\"",
            "; server_max_window_bits=10"
        ),
        ("permessage-foo; x=10, permessage-bar, permessage-deflate", ""),
        ("permessage-deflate; client_no_context_takeover; client_max_window_bits", ""),
        (
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "client_max_window_bits", ""
        ),
        (
            "permessage-deflate; client_no_context_takeover; server_max_window_bits=9; "
                + "client_max_window_bits", "; server_max_window_bits=9"
        ),
        (
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "server_max_window_bits=15; client_max_window_bits",
            "; server_max_window_bits=15"
        ),
        (
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; "
                + "client_max_window_bits, permessage-deflate; server_no_context_takeover; "
                + "client_max_window_bits, permessage-deflate; client_max_window_bits",
            "; server_max_window_bits=9"
        ),
        ("permessage-deflate; server_max_window_bits=8", "; server_max_window_bits=8"),
        ("permessage-deflate; client_max_window_bits=8", ""),
        ("permessage-deflate; client_max_window_bits=15; server_no_context_takeover", ""),
        // Chromium and Firefox, then Safari.
        ("permessage-deflate; client_max_window_bits", ""),
        ("permessage-deflate", ""),
    ]

    @Test(arguments: accepted)
    func acceptedOffers(offer: String, parameters: String) throws {
        #expect(try answer(offer) == Self.plain + parameters)
    }

    /// Reasons to decline an offer (RFC 7692 §7.1).
    static let declined: [String] = [
        "unknown", "server_max_window_bit=10", "Server_No_Context_Takeover",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_max_window_bits; client_no_context_takeover",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits; client_max_window_bits",
        "client_max_window_bits=10; client_max_window_bits",
        "client_max_window_bits; client_max_window_bits=10",
        "server_no_context_takeover=1", "server_no_context_takeover=true",
        "client_no_context_takeover=1", "client_no_context_takeover=\"x\"",
        "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
        "server_max_window_bits=0", "server_max_window_bits=1", "server_max_window_bits=08",
        "server_max_window_bits=010", "server_max_window_bits=+9", "server_max_window_bits=-9",
        "server_max_window_bits=9.0", "server_max_window_bits=1e1", "server_max_window_bits=a",
        "server_max_window_bits=0xA", "server_max_window_bits=99999999999999999999",
        "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=08",
        "client_max_window_bits=true", "client_max_window_bits=15x",
    ]

    @Test(arguments: declined)
    func declinedOffers(parameters: String) throws {
        let offer = "permessage-deflate; \(parameters)"
        #expect(try answer(offer) == nil)
        #expect(try answer("x, \(offer), \(offer)") == nil)
        let next = "\(offer), permessage-deflate; server_max_window_bits=12"
        #expect(try answer(next) == Self.plain + "; server_max_window_bits=12", "the next is tried")
    }

    @Test func otherExtensionsAreDeclined() throws {
        for offer in ["", "x-webkit-deflate-frame", "permessage-bzip2", "PerMessage-Deflate"] {
            #expect(try answer(offer) == nil)
        }
    }

    /// The kept window, the client's part of the offer, and of the answer.
    static let kept: [(Int, String, String)] = [
        (15, "", ""),
        (15, "; client_max_window_bits", ""),
        (15, "; client_max_window_bits=15", ""),
        (15, "; client_max_window_bits=10", "; client_max_window_bits=10"),
        (15, "; client_no_context_takeover", "; client_no_context_takeover"),
        (12, "", "; client_no_context_takeover"),
        (12, "; client_max_window_bits", "; client_max_window_bits=12"),
        (12, "; client_max_window_bits=15", "; client_max_window_bits=12"),
        (12, "; client_max_window_bits=12", "; client_max_window_bits=12"),
        (12, "; client_max_window_bits=9", "; client_max_window_bits=9"),
        (
            12, "; client_max_window_bits=9; client_no_context_takeover",
            "; client_no_context_takeover"
        ),
        (8, "; client_max_window_bits", "; client_max_window_bits=8"),
    ]

    @Test(arguments: kept)
    func keptWindows(limit: Int, offer: String, parameters: String) throws {
        let policy = DeflatePolicy(keptClientWindowBits: limit)
        #expect(
            try answer("permessage-deflate" + offer, policy)
                == "permessage-deflate; server_no_context_takeover" + parameters)
    }

    /// Every possible offer, written, read again, and answered within the rules.
    @Test func everyOffer() throws {
        let windows = [nil] + (8...15).map(Optional.some)
        let hints =
            [DeflateOffer.ClientWindow.fixed, .boundable] + (8...15).map { .atMost($0) }
        for (server, client) in [(false, false), (false, true), (true, false), (true, true)] {
            for window in windows {
                for hint in hints {
                    let offer = DeflateOffer(
                        serverNoContextTakeover: server, clientNoContextTakeover: client,
                        serverMaxWindowBits: window, clientWindow: hint)
                    let items = ExtensionItem.list(offer.fieldValue)
                    #expect(DeflateOffer(try #require(items?.first)) == offer)
                    for limit in windows {
                        check(DeflatePolicy(keptClientWindowBits: limit), offer)
                    }
                }
            }
        }
    }

    private func check(_ policy: DeflatePolicy, _ offer: DeflateOffer) {
        let answer = policy.answer(to: offer)
        #expect(answer.serverNoContextTakeover && !answer.keepsContext(from: .server))
        #expect(answer.serverMaxWindowBits == offer.serverMaxWindowBits)
        #expect(answer.windowBits(from: .server) == offer.serverMaxWindowBits ?? 15)
        if offer.clientWindow == .fixed { #expect(answer.clientMaxWindowBits == nil) }
        if case .atMost(let bits) = offer.clientWindow, let granted = answer.clientMaxWindowBits {
            #expect(granted <= bits)
        }
        var keptBits: Int?
        if let context = answer.context(for: .client) { keptBits = context.windowBits }
        #expect((keptBits == nil) == answer.clientNoContextTakeover)
        if let keptBits {
            #expect(keptBits <= policy.keptClientWindowBits ?? 0)
            #expect(!offer.clientNoContextTakeover)
        }
        #expect(DeflateParameters(rawValue: answer.rawValue) == answer)
    }

    @Test func numbersThatAreParameters() {
        let valid = (0...UInt16.max).compactMap { DeflateParameters(rawValue: $0) }
        #expect(valid.count == 2 * 2 * 9 * 9)
        for parameters in valid {
            let again = DeflateParameters(
                serverNoContextTakeover: parameters.serverNoContextTakeover,
                clientNoContextTakeover: parameters.clientNoContextTakeover,
                serverMaxWindowBits: parameters.serverMaxWindowBits,
                clientMaxWindowBits: parameters.clientMaxWindowBits)
            #expect(again == parameters)
        }
        #expect(Set(valid.map(\.fieldValue)).count == valid.count)
    }
}
