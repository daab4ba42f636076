// Names of connections in the state that another program takes over.
import Storage
import WebSocketServer

extension ConnectionID {
    func save(to writer: inout StateWriter) {
        writer.write(resourceID)
        writer.write(slot)
    }

    init(from reader: inout StateReader) throws(StateError) {
        self.init(resourceID: try reader.read(), slot: try reader.read())
    }
}
