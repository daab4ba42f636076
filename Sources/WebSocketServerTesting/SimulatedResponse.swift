// The answer to a plain HTTP request, as far as it has come.
import WebSocketCore
import WebSocketServer

/// The answer to a plain HTTP request, which grows while the handler sends it: an answer that comes
/// later, or an event stream.
public final class SimulatedResponse: SimulatedConnection {
    private let http: HTTPPeer

    init(_ peer: HTTPPeer, _ driver: any SimulationDriver) {
        http = peer
        super.init(peer, driver)
    }

    /// The status; nil while the handler has not answered.
    public var status: HTTPStatus? {
        guard let number = http.head?.line.dropFirst().first.flatMap({ UInt16($0) }) else {
            return nil
        }
        return HTTPStatus(rawValue: number)
    }

    /// The header fields in their order; empty while the handler has not answered.
    public var headers: [(name: String, value: String)] { http.head?.fields ?? [] }

    /// The first header field with this name, in any case of its characters.
    public func header(_ name: String) -> String? { http.head?.field(name) }

    /// The body, as far as it has come.
    public var body: [UInt8] { http.body }

    /// The body as text; bytes that are no UTF-8 are replaced by U+FFFD.
    public var text: String { String(decoding: http.body, as: UTF8.self) }

    /// Whether the whole answer has come.
    public var isComplete: Bool { http.isComplete }

    /// The next event of an event stream; nil if none has come.
    public func receiveEvent() -> ServerSentEvent? { http.takeEvents(1).first }

    /// All events that have come since the last time, in their order.
    public func receiveEvents() -> [ServerSentEvent] { http.takeEvents() }
}
