// Clients of a simulated server: WebSockets, plain requests, and bare connections.
import LinuxReactor
import WebSocketServer

extension SimulatedServer where Handler: ~Copyable {
    // MARK: Clients

    /// Connects a client, and returns when its WebSocket is open.
    ///
    /// - Parameters:
    ///   - target: the path and query of the request.
    ///   - headers: further header fields: `Origin`, `Cookie`, `Authorization`. A `Host` replaces
    ///     the usual one, which is `localhost` with the server's port.
    ///   - subprotocols: the subprotocols that the client offers, in order of preference.
    ///   - address: where the client connects from; by default this machine, each time from another
    ///     port. Limits per address count clients of other machines only.
    ///   - listener: the kind of listener that it connects to.
    /// - Throws: if the server has refused, or has not answered: a `RefusedHandshake`.
    @discardableResult
    public func connect(
        _ target: String = "/", headers: [(String, String)] = [], subprotocols: [String] = [],
        from address: NetworkAddress? = nil, on listener: ListenerKind = .public
    ) throws(RefusedHandshake) -> SimulatedWebSocket {
        precondition(!isCollecting, "Connect before simultaneously { }: it waits for the answer.")
        let client = try beginConnecting(
            target, headers: headers, subprotocols: subprotocols, from: address, on: listener)
        if client.isOpen { return client }
        guard client.webSocket.head == nil else {
            let peer = HTTPPeer(network, client.peer.socket, isHead: false)
            peer.adopt(client.webSocket)
            add(peer)
            let response = SimulatedResponse(peer, self)
            settle()
            throw RefusedHandshake(target, response)
        }
        guard !client.isClosed else {
            throw RefusedHandshake(
                "The server has closed the connection of \(target) without an answer. Its log: "
                    + "\(log.last.map { "\($0)" } ?? "empty").")
        }
        throw RefusedHandshake(
            "The server has not answered the handshake of \(target). If the handler does so later, "
                + "use beginConnecting(), which does not wait.")
    }

    /// Begins to connect a client, and returns at once, before the server has answered:
    /// ``SimulatedWebSocket/isOpen`` is true when it has accepted.
    ///
    /// - Throws: if the server does not listen: it is stopping, or has no listener of this kind.
    public func beginConnecting(
        _ target: String = "/", headers: [(String, String)] = [], subprotocols: [String] = [],
        from address: NetworkAddress? = nil, on listener: ListenerKind = .public
    ) throws(RefusedHandshake) -> SimulatedWebSocket {
        let socket = try open(from: address, on: listener)
        let peer = WebSocketPeer(network, socket, isClient: true)
        add(peer)
        var fields = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        if !subprotocols.isEmpty {
            fields.append(("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")))
        }
        peer.send(Wire.head("GET \(target) HTTP/1.1", named(fields + headers)))
        settle()
        return SimulatedWebSocket(peer, target: target, self)
    }

    /// Sends a plain HTTP request on a connection of its own. The answer may come later:
    /// ``SimulatedResponse/status`` is nil until then.
    ///
    /// - Parameters:
    ///   - target: the path and query.
    ///   - method: the method, in capitals.
    ///   - headers: further header fields. `Content-Length` is added if there is a body.
    ///   - body: the body.
    ///   - address: where the client connects from, as for a WebSocket.
    ///   - listener: the kind of listener that it connects to.
    /// - Throws: if the server does not listen.
    @discardableResult
    public func request(
        _ target: String, method: String = "GET", headers: [(String, String)] = [],
        body: String = "", from address: NetworkAddress? = nil,
        on listener: ListenerKind = .public
    ) throws(RefusedHandshake) -> SimulatedResponse {
        let socket = try open(from: address, on: listener)
        let peer = HTTPPeer(network, socket, isHead: method == "HEAD")
        add(peer)
        let hasBody = !body.isEmpty || method != "GET"
        let count = hasBody ? [("Content-Length", "\(body.utf8.count)")] : []
        peer.send(
            Wire.head("\(method) \(target) HTTP/1.1", named(count + headers)) + Array(body.utf8))
        settle()
        return SimulatedResponse(peer, self)
    }

    /// Opens a connection and sends nothing: for requests that are no valid HTTP, for the PROXY
    /// protocol's header, or for a client that stays silent.
    ///
    /// - Throws: if the server does not listen.
    public func openConnection(
        from address: NetworkAddress? = nil, on listener: ListenerKind = .public
    ) throws(RefusedHandshake) -> SimulatedConnection {
        let socket = try open(from: address, on: listener)
        let peer = Peer(network, socket)
        add(peer)
        settle()
        return SimulatedConnection(peer, self)
    }

    private func open(
        from address: NetworkAddress?, on listener: ListenerKind
    ) throws(RefusedHandshake) -> Int32 {
        if simulation.core.io.isStopping || hasStopped {
            throw RefusedHandshake("The server is stopping, and accepts no more connections.")
        }
        let kinds = simulation.core.listening.listeners.map(\.kind)
        guard let index = kinds.firstIndex(of: listener) else {
            throw RefusedHandshake(
                "The server has no \(listener.name) listener: give it an address in "
                    + "ServerConfiguration.addressesByKind.")
        }
        return network.connect(from: address ?? nextAddress(), toListener: index)
    }

    /// The fields behind a Host, unless they have one.
    private func named(_ fields: [(String, String)]) -> [(String, String)] {
        if fields.contains(where: { $0.0.lowercased() == "host" }) { return fields }
        let port = simulation.core.listening.listeners.first?.address.port ?? 0
        return [("Host", port == 0 ? "localhost" : "localhost:\(port)")] + fields
    }
}
