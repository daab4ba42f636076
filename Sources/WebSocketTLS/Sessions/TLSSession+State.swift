// A session written down for another process, and restored there.

import Storage

extension TLSSession {
    /// Whether the session can be saved: the record layer is ours. A session that libssl keeps, or
    /// that still shakes hands, cannot.
    package var canBeSaved: Bool { layer != nil }

    /// Writes the session, with its secrets and what has come of an incomplete record. A session
    /// that cannot be saved ends the process. Nothing may be sent with it afterwards.
    package borrowing func save(to writer: inout StateWriter) {
        guard let layer else { preconditionFailure("libssl's state cannot be saved") }
        layer.save(to: &writer)
        writer.write(incoming.span)
        // A name is never empty.
        writer.write([UInt8]((peerName ?? "").utf8).span)
    }

    /// Reads what `save(to:)` wrote; throws for anything that it cannot have written.
    package init(restoring reader: inout StateReader) throws(StateError) {
        let layer = try RecordLayer(restoring: &reader)
        let incoming = try reader.readBytes()
        guard incoming.count < RecordLayer.headerByteCount + RecordLayer.bodyByteLimit
        else { throw StateError("\(incoming.count) bytes are no incomplete record") }
        let name = try reader.readBytes()
        guard let peerName = String(validating: name, as: UTF8.self) else {
            throw StateError("the name of a client's certificate is no text")
        }
        self.init(
            layer: layer, incoming: incoming.span, peerName: peerName.isEmpty ? nil : peerName)
    }
}
