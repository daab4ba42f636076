// How an HTTP exchange is written to a hand-over: a request in the middle of its body, or whose
// answer is awaited or has begun, and a handshake that waits for a decision.
//
// The parser of a head is not written: the bytes of half a head are the connection's pending input,
// and are parsed again from the first one.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    func saveExchange(_ index: TableIndex<HTTPExchange>, to writer: inout StateWriter) {
        let record = writer.beginRecord()
        writer.write(http.exchanges[index].response.rawValue)
        writer.write(http.exchanges[index].keepsAlive)
        writer.write(http.exchanges[index].owesContinue)
        writer.write(http.exchanges[index].wantsBody)
        writer.write(http.exchanges[index].takesChunks)
        http.exchanges[index].bodyDecoder.save(to: &writer)
        writer.write(http.exchanges[index].body.span)
        writer.write(http.exchanges[index].head != nil)
        http.exchanges[index].head?.save(to: &writer)
        writer.write(http.exchanges[index].upgrade != nil)
        if let upgrade = http.exchanges[index].upgrade {
            writer.writeRecord { upgrade.save(to: &$0) }
        }
        writer.endRecord(record)
    }

    /// Reads what ``saveExchange(_:to:)`` wrote.
    mutating func restoreExchange(
        of slot: Slot, from reader: inout StateReader
    ) throws(StateError) {
        let outerEnd = try reader.enterRecord()
        guard let response = HTTPExchange.Response(rawValue: try reader.read()) else {
            throw StateError("a response is of no kind")
        }
        var exchange = HTTPExchange()
        exchange.response = response
        exchange.keepsAlive = try reader.readBool()
        exchange.owesContinue = try reader.readBool()
        exchange.wantsBody = try reader.readBool()
        exchange.takesChunks = try reader.readBool()
        exchange.bodyDecoder = try BodyDecoder(from: &reader)
        let body = try reader.readBytes()
        if connections.slots[slot].listener.isInternal, connections.slots[slot].phase == .body {
            // It stays in one place, which is overwritten at the end.
            exchange.body.reserve(max(body.count, settings.limits.bodyByteCount))
        }
        if !body.isEmpty { exchange.body.append(body.span) }
        if try reader.readBool() { exchange.head = try RequestHead(from: &reader) }
        if try reader.readBool() {
            exchange.upgrade = try reader.readRecord { reader throws(StateError) in
                try WaitingUpgrade(from: &reader)
            }
        }
        try exchange.check(connections.slots[slot].phase)
        connections.slots[slot].exchange = http.exchanges.allocate(exchange)
        try reader.leaveRecord(outerEnd)
    }
}

extension HTTPExchange {
    /// Throws if a connection in this phase cannot have it.
    fileprivate borrowing func check(_ phase: ConnectionPhase) throws(StateError) {
        let fits =
            (head != nil) == (phase == .body) && (upgrade != nil) == (phase == .deciding)
            && (response == .none || phase == .responding)
        guard fits else { throw StateError("an HTTP exchange is in an impossible state") }
    }
}

extension WaitingUpgrade {
    fileprivate func save(to writer: inout StateWriter) {
        for index in accept.bytes.indices { writer.write(accept.bytes[index]) }
        writer.write(UInt32(offered.count))
        for name in offered { writer.write(name) }
        writer.write(parameters != nil)
        if let parameters { writer.write(parameters.rawValue) }
        writer.write(reply != nil)
        guard let reply else { return }
        writer.write(reply.subprotocol != nil)
        writer.write(reply.subprotocol ?? "")
        writer.write(UInt32(reply.headers.count))
        for (name, value) in reply.headers {
            writer.write(name)
            writer.write(value)
        }
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        let characters = reader.bytes[try reader.readRange(byteCount: 28)]
        guard let accept = AcceptValue(characters: characters.span) else {
            throw StateError("an answer to a key has 28 characters")
        }
        var offered: [String] = []
        for _ in 0..<(try reader.read(UInt32.self)) { offered.append(try reader.readString()) }
        let parameters = try reader.readBool() ? try DeflateParameters(from: &reader) : nil
        self.init(accept: accept, offered: offered, parameters: parameters)
        if try reader.readBool() { reply = try UpgradeReply(from: &reader) }
    }
}

extension UpgradeReply {
    fileprivate init(from reader: inout StateReader) throws(StateError) {
        let hasSubprotocol = try reader.readBool()
        let subprotocol = try reader.readString()
        self.init(subprotocol: hasSubprotocol ? subprotocol : nil)
        for _ in 0..<(try reader.read(UInt32.self)) {
            let name = try reader.readString()
            headers.append((name, try reader.readString()))
        }
    }
}
