// A server's acceptance of compression from the client's view: RFC 7692 §7.1 rule by rule.

import Testing

@testable import WebSocketCore

@Suite struct DeflateResponseTests {
    typealias Answer = (agreement: ClientAgreement, byteCount: Int)

    /// The result of a client with this offer for an answer; nil if it needs more.
    private func answered(
        _ answer: String, _ offer: DeflateOffer
    ) throws -> Result<Answer?, ClientHandshakeError> {
        var reader = ClientHandshakeReader(try ClientHandshakeTests.handshake(deflate: offer))
        let bytes = Array(answer.utf8)
        do throws(ClientHandshakeError) {
            return .success(try reader.read(bytes.span))
        } catch {
            return .failure(error)
        }
    }

    private func failure(_ answer: Result<Answer?, ClientHandshakeError>) -> ClientHandshakeError? {
        if case .failure(let error) = answer { error } else { nil }
    }

    /// A server's answer, and the resulting parameters: for an offer of everything, and for an
    /// offer that asks for a window of 10 bits and no context.
    static let accepted: [(DeflateOffer, String, DeflateParameters)] = [
        (DeflateOffer(), "", DeflateParameters(false, false)),
        (DeflateOffer(), "; server_no_context_takeover", DeflateParameters(true, false)),
        (DeflateOffer(), "; client_no_context_takeover", DeflateParameters(false, true)),
        (DeflateOffer(), "; server_max_window_bits=8", DeflateParameters(false, false, 8)),
        (DeflateOffer(), "; client_max_window_bits=8", DeflateParameters(false, false, nil, 8)),
        (
            DeflateOffer(), "; client_max_window_bits=\"9\"; server_max_window_bits=15",
            DeflateParameters(false, false, 15, 9)
        ),
        (
            narrow, "; server_no_context_takeover; server_max_window_bits=10",
            DeflateParameters(true, true, 10, 11)
        ),
        (
            narrow,
            "; server_max_window_bits=9; client_max_window_bits=9; server_no_context_takeover",
            DeflateParameters(true, true, 9, 9)
        ),
        (
            narrow,
            "; server_max_window_bits=9; client_max_window_bits=15; server_no_context_takeover",
            DeflateParameters(true, true, 9, 11)
        ),
    ]

    static let narrow = DeflateOffer(
        serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10,
        clientWindow: .atMost(11))

    @Test(arguments: accepted)
    func acceptances(offer: DeflateOffer, response: String, parameters: DeflateParameters) throws {
        let item = try #require(ExtensionItem.list("permessage-deflate" + response)?.first)
        #expect(try offer.parameters(acceptedBy: item) == parameters)
    }

    static let mismatches: [(DeflateOffer, String, DeflateOffer.Mismatch)] = [
        (DeflateOffer(), "foo", .unknownParameter),
        (
            DeflateOffer(), "server_no_context_takeover; server_no_context_takeover",
            .repeatedParameter
        ),
        (
            DeflateOffer(), "client_max_window_bits=9; client_max_window_bits=9",
            .repeatedParameter
        ),
        (DeflateOffer(), "server_no_context_takeover=1", .invalidValue),
        (DeflateOffer(), "client_no_context_takeover=x", .invalidValue),
        (DeflateOffer(), "server_max_window_bits", .invalidValue),
        (DeflateOffer(), "server_max_window_bits=7", .invalidValue),
        (DeflateOffer(), "server_max_window_bits=16", .invalidValue),
        (DeflateOffer(), "server_max_window_bits=010", .invalidValue),
        (DeflateOffer(), "client_max_window_bits", .invalidValue),
        (DeflateOffer(), "client_max_window_bits=16", .invalidValue),
        (narrow, "server_max_window_bits=10", .serverKeepsContext),
        (narrow, "server_no_context_takeover", .serverWindowTooLarge),
        (
            narrow, "server_no_context_takeover; server_max_window_bits=11",
            .serverWindowTooLarge
        ),
        (
            DeflateOffer(clientWindow: .fixed), "client_max_window_bits=15",
            .clientWindowNotOffered
        ),
    ]

    @Test(arguments: mismatches)
    func failures(
        offer: DeflateOffer, parameters: String, mismatch: DeflateOffer.Mismatch
    ) throws {
        let value = "permessage-deflate; \(parameters)"
        let answer =
            ClientHandshakeTests.good.dropLast()
            + "Sec-WebSocket-Extensions: \(value)\r\n\r\n"
        let expected = ClientHandshakeError.unacceptableParameters(value, reason: mismatch.reason)
        #expect(failure(try answered(String(answer), offer)) == expected)
        #expect(expected.closeCode == .mandatoryExtension)
    }

    @Test func acceptingTwice() throws {
        for value in ["permessage-deflate, permessage-deflate", "permessage-deflate, x"] {
            let answer =
                ClientHandshakeTests.good.dropLast()
                + "Sec-WebSocket-Extensions: \(value)\r\n\r\n"
            let name = value.hasSuffix("x") ? "x" : "permessage-deflate"
            let error = failure(try answered(String(answer), DeflateOffer()))
            #expect(error == .unexpectedExtension(name))
            #expect(error?.closeCode == .mandatoryExtension)
        }
    }

    /// Our own server answers our own client, for every offer and policy of windows.
    @Test func bothSidesAgree() throws {
        for offered in [nil] + (8...15).map(Optional.some) {
            for kept in [nil] + (8...15).map(Optional.some) {
                let offer = DeflateOffer(
                    serverMaxWindowBits: offered,
                    clientWindow: offered.map { .atMost($0) } ?? .boundable)
                var request = ByteBuffer()
                try ClientHandshakeTests.handshake(deflate: offer).appendRequest(to: &request)
                let head = try parseHead(text(request)).get()
                let parameters = DeflatePolicy(keptClientWindowBits: kept)
                    .accept(try head.extensionOffers())
                var answer = ByteBuffer()
                Handshake.appendSwitchingProtocols(
                    to: &answer, accept: try Handshake.validate(head),
                    subprotocol: head.subprotocols.last,
                    extensions: try #require(parameters).fieldValue)
                let count = answer.count
                answer.append("\u{1}")
                let result = try #require(try answered(text(answer), offer).get())
                #expect(result.byteCount == count && result.agreement.subprotocol == "superchat")
                let agreed = try #require(result.agreement.deflate)
                #expect(agreed.serverNoContextTakeover)
                #expect(agreed.serverMaxWindowBits == parameters?.serverMaxWindowBits)
                #expect(agreed.keepsContext(from: .client) == (kept != nil))
                #expect(agreed.windowBits(from: .client) <= offered ?? 15)
                if let kept { #expect(agreed.windowBits(from: .client) <= kept) }
            }
        }
    }
}

extension DeflateParameters {
    /// In short: the server's context and window, and the client's.
    init(_ server: Bool, _ client: Bool, _ serverBits: Int? = nil, _ clientBits: Int? = nil) {
        self.init(
            serverNoContextTakeover: server, clientNoContextTakeover: client,
            serverMaxWindowBits: serverBits, clientMaxWindowBits: clientBits)
    }
}
