// The closing handshake: the whole table, and what must be true along every path through it.

import Testing

@testable import WebSocketCore

@Suite struct SessionStateTests {
    typealias Row = (SessionState, SessionState.Event, SessionState, SessionState.Action)

    /// The server's table, every cell.
    static let server: [Row] = [
        (.open, .sendClose, .closeSent, .sendClose),
        (.open, .receiveClose, .closeReceived, .sendCloseAndFinish),
        (.open, .fail, .failed, .sendCloseAndFinish),
        (.open, .endOfStream, .closed, .closeTransport),
        (.open, .terminated, .closed, .none),
        (.open, .outputFlushed, .open, .none),
        (.closeSent, .sendClose, .closeSent, .none),
        (.closeSent, .receiveClose, .closeReceived, .finish),
        (.closeSent, .fail, .failed, .finish),
        (.closeSent, .endOfStream, .closed, .closeTransport),
        (.closeSent, .terminated, .closed, .none),
        (.closeSent, .outputFlushed, .closeSent, .none),
        (.closeReceived, .sendClose, .closeReceived, .none),
        (.closeReceived, .receiveClose, .closeReceived, .none),
        (.closeReceived, .fail, .closeReceived, .none),
        (.closeReceived, .endOfStream, .closeReceived, .none),
        (.closeReceived, .terminated, .closed, .none),
        (.closeReceived, .outputFlushed, .closed, .closeTransport),
        (.failed, .sendClose, .failed, .none),
        (.failed, .receiveClose, .failed, .none),
        (.failed, .fail, .failed, .none),
        (.failed, .endOfStream, .failed, .none),
        (.failed, .terminated, .closed, .none),
        (.failed, .outputFlushed, .closed, .closeTransport),
    ]

    @Test func everyCellOfTheServersTable() {
        for (state, event, next, action) in Self.server {
            #expect(state.after(event) == (next, action), "\(state) \(event)")
        }
        for event in SessionState.Event.allCases {
            #expect(SessionState.closed.after(event) == (.closed, .none))
        }
        let cells = SessionState.allCases.count * SessionState.Event.allCases.count
        #expect(Self.server.count + SessionState.Event.allCases.count == cells)
    }

    /// A client differs in one thing: with both Close frames out, the server closes the transport.
    @Test func whereAClientDiffers() {
        var different: [String] = []
        for state in SessionState.allCases {
            for event in SessionState.Event.allCases
            where state.after(event, role: .client) != state.after(event, role: .server) {
                different.append("\(state) \(event)")
            }
        }
        #expect(different == ["closeReceived endOfStream", "closeReceived outputFlushed"])
        let ended = SessionState.closeReceived.after(.endOfStream, role: .client)
        #expect(ended == (.closed, .closeTransport))
        let flushed = SessionState.closeReceived.after(.outputFlushed, role: .client)
        #expect(flushed == (.closeReceived, .none))
    }

    /// Along every path of seven events: one Close frame at most, one end of the transport at most,
    /// and nothing after it.
    @Test(arguments: [Role.server, .client])
    func atMostOneCloseAndOneEnd(role: Role) {
        func walk(_ state: SessionState, closes: Int, ends: Int, depth: Int) {
            #expect(closes <= 1 && ends <= 1)
            #expect((state == .closed) == (ends == 1))
            if depth == 0 { return }
            for event in SessionState.Event.allCases {
                let (next, action) = state.after(event, role: role)
                #expect(ends == 0 || action == .none)
                let isClose = action == .sendClose || action == .sendCloseAndFinish
                let isEnd =
                    action == .closeTransport || event == .terminated && state != .closed
                // A state that was visited before needs no second visit.
                if next == state && action == .none { continue }
                walk(
                    next, closes: closes + (isClose ? 1 : 0), ends: ends + (isEnd ? 1 : 0),
                    depth: depth - 1)
            }
        }
        walk(.open, closes: 0, ends: 0, depth: 7)
    }

    @Test func handleMovesTheState() {
        var state = SessionState.open
        #expect(state.maySend && state.reads && state.deliversMessages)
        #expect(state.handle(.sendClose) == .sendClose)
        #expect(!state.maySend && state.reads && !state.deliversMessages)
        #expect(state.handle(.receiveClose) == .finish)
        #expect(!state.reads)
        #expect(state.handle(.outputFlushed) == .closeTransport)
        #expect(state == .closed)
    }
}
