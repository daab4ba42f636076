// One row for each cause: its number, name, close code, sentence, and error.
import LinuxReactor
import WebSocketCore

extension CloseCause {
    struct Row {
        /// Its index among the counters, and its number in a hand-over: it never changes.
        let index: Int
        /// The name in metrics.
        let name: StaticString
        /// The code of the Close frame, or 1006 if there was none.
        let code: CloseCode
        let sentence: StaticString
        /// The end of the sentence.
        var detail = Detail.none
        /// The kind of error that `onError` gets.
        var trouble = Trouble.none
    }

    enum Trouble {
        case none, unresponsive, notConnected
        case violation(ProtocolViolation.Kind)
        case transport(Int32)
    }

    /// The one value that some causes carry.
    enum Detail: CustomStringConvertible {
        case none
        case code(CloseCode)
        case errno(Int32)
        case connect(Int32)
        case resolution(Int32)
        case violation(ProtocolViolation.Kind)
        case status(HTTPStatus)

        var description: String {
            switch self {
            case .none: ""
            case .code(let code): " (\(code))"
            case .errno(let number): " (\(SystemError.text(of: number)))"
            case .connect(let number): "\(SystemError(number, "connect"))"
            case .resolution(let number): " (\(Resolution.text(of: number)))"
            case .violation(let kind): "\(ProtocolViolation(kind))"
            case .status(let status): " \(status)"
            }
        }

        /// The value as a number, for a hand-over.
        var number: Int32 {
            switch self {
            case .none: 0
            case .code(let code): Int32(code.rawValue)
            case .errno(let number), .connect(let number), .resolution(let number): number
            case .violation(let kind): Int32(kind.rawValue)
            case .status(let status): Int32(status.rawValue)
            }
        }
    }

    var row: Row {
        switch self {
        case .peerClosed(let code):
            Row(
                index: 0, name: "peer_closed", code: code, sentence: "the peer closed it",
                detail: .code(code))
        case .endOfStream:
            Row(
                index: 1, name: "end_of_stream", code: .abnormal,
                sentence: "the peer's stream ended without a Close frame")
        case .connectionLost(let number):
            Row(
                index: 2, name: "connection_lost", code: .abnormal,
                sentence: "the connection was lost", detail: .errno(number),
                trouble: .transport(number))
        case .serverClosed(let code):
            Row(
                index: 3, name: "server_closed", code: code, sentence: "the server closed it",
                detail: .code(code))
        case .violation(let kind):
            Row(
                index: 4, name: "violation", code: ProtocolViolation(kind).code, sentence: "",
                detail: .violation(kind), trouble: .violation(kind))
        case .pingTimeout:
            Row(
                index: 5, name: "ping_timeout", code: .abnormal,
                sentence: "the peer answered no ping", trouble: .unresponsive)
        case .slowConsumer(let code):
            Row(
                index: 6, name: "slow_consumer", code: code, sentence: "the peer read too slowly",
                detail: .none, trouble: .unresponsive)
        case .stopping:
            Row(index: 7, name: "stopping", code: .goingAway, sentence: "the server is stopping")
        case .nameResolutionFailed(let number):
            Row(
                index: 8, name: "name_resolution_failed", code: .abnormal,
                sentence: "the host's name was not found", detail: .resolution(number),
                trouble: .notConnected)
        case .connectFailed(let number):
            Row(
                index: 9, name: "connect_failed", code: .abnormal, sentence: "",
                detail: .connect(number), trouble: .notConnected)
        case .handshakeRefused(let status):
            Row(
                index: 10, name: "handshake_refused", code: .abnormal,
                sentence: "the server answered", detail: .status(status), trouble: .notConnected)
        case .handshakeFailed:
            Row(
                index: 11, name: "handshake_failed", code: .abnormal,
                sentence: "the server's answer is no opening handshake", trouble: .notConnected)
        case .handshakeTimedOut:
            Row(
                index: 12, name: "handshake_timed_out", code: .abnormal,
                sentence: "the server did not answer in time", trouble: .notConnected)
        case .restarting:
            Row(
                index: 13, name: "restarting", code: .serviceRestart,
                sentence: "the server is restarting")
        case .memoryShort:
            Row(
                index: 14, name: "memory_short", code: .tryAgainLater,
                sentence: "the server was short of memory, and it held the most",
                trouble: .unresponsive)
        }
    }

    /// One example of each cause, in the order of their numbers.
    static let samples: [CloseCause] = (UInt8(0)..<15).map {
        guard let cause = CloseCause(index: $0, number: 0) else {
            preconditionFailure("no cause has the number \($0)")
        }
        return cause
    }

    /// The cause with this number and value; nil if there is none.
    init?(index: UInt8, number: Int32) {
        let code = CloseCode(rawValue: UInt16(truncatingIfNeeded: number))
        switch index {
        case 0: self = .peerClosed(code)
        case 1: self = .endOfStream
        case 2: self = .connectionLost(number)
        case 3: self = .serverClosed(code)
        case 4:
            guard let kind = UInt8(exactly: number).flatMap(ProtocolViolation.Kind.init) else {
                return nil
            }
            self = .violation(kind)
        case 5: self = .pingTimeout
        case 6: self = .slowConsumer(code)
        case 7: self = .stopping
        case 8: self = .nameResolutionFailed(number)
        case 9: self = .connectFailed(number)
        case 10:
            self = .handshakeRefused(HTTPStatus(rawValue: UInt16(truncatingIfNeeded: number)))
        case 11: self = .handshakeFailed
        case 12: self = .handshakeTimedOut
        case 13: self = .restarting
        case 14: self = .memoryShort
        default: return nil
        }
    }
}
