// The connection of one reader that polls: non-blocking, kept alive from one request to the next.
import LinuxReactor

/// One connection to the server at a time, with the exchange that is under way on it.
struct PollingConnection {
    /// The result of a readiness event.
    enum Event {
        case connected
        /// The number of bytes received, and the response if they completed it.
        case received(byteCount: Int, HTTPExchange.Answer?)
        /// The server has ended it.
        case ended
        case nothing
        case failed(String)
    }

    private var socket = FileDescriptor.none
    private(set) var isConnected = false
    private var exchange = HTTPExchange()

    /// Whether there is a socket, connected or connecting.
    var isOpen: Bool { socket != .none }

    /// Begins to connect; the event `connected` follows. Returns the error, or nil.
    mutating func connect(
        to address: NetworkAddress, from source: NetworkAddress?, token: UInt64,
        _ kernel: inout LinuxKernel, _ poller: inout Poller
    ) -> String? {
        self = PollingConnection()
        switch kernel.connect(to: .network(address), from: source) {
        case .failed(let number): return "\(SystemError(number, "connect"))"
        case .begun(let socket):
            self.socket = socket
            do {
                try poller.watch(socket, for: .writable, token: token, &kernel)
            } catch {
                return "\(error)"
            }
        }
        return nil
    }

    /// Called when the socket is ready.
    mutating func proceed(
        into buffer: ReceiveBuffer, _ payload: Payload, token: UInt64,
        _ kernel: inout LinuxKernel, _ poller: inout Poller
    ) -> Event {
        guard isOpen else { return .nothing }
        guard isConnected else {
            let number = kernel.takeError(of: socket)
            guard number == 0 else { return .failed("\(SystemError(number, "connect"))") }
            isConnected = true
            poller.change(socket, to: .readable, token: token, &kernel)
            return .connected
        }
        return receive(into: buffer, payload, &kernel)
    }

    private mutating func receive(
        into buffer: ReceiveBuffer, _ payload: Payload, _ kernel: inout LinuxKernel
    ) -> Event {
        var room = buffer.mutableSpan(0..<ReceiveBuffer.receiveByteCount)
        switch kernel.receive(from: socket, into: &room) {
        case .wouldBlock: return .nothing
        case .endOfStream: return .ended
        case .failed(let number):
            return .failed("connections lost: \(SystemError(number, "receive"))")
        case .received(let count):
            do throws(HTTPExchange.Malformed) {
                let answer = try exchange.take(buffer.span.extracting(0..<count), payload)
                return .received(byteCount: count, answer)
            } catch {
                return .failed("responses that are not HTTP")
            }
        }
    }

    /// Sends a request, which is short enough for one send. Returns the error, or nil.
    func send(_ request: [UInt8], _ kernel: inout LinuxKernel) -> String? {
        switch kernel.send(request.span, to: socket) {
        case .sent(request.count): nil
        case .sent, .wouldBlock: "requests that the server does not take"
        case .failed(let number): "connections lost: \(SystemError(number, "send"))"
        }
    }

    mutating func close(_ kernel: inout LinuxKernel) {
        if isOpen { kernel.close(socket) }
        self = PollingConnection()
    }
}
