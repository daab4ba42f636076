// Addresses of peers in the state that another program takes over.
import Storage
import WebSocketServer

extension NetworkAddress {
    func save(to writer: inout StateWriter) {
        writer.write(family.rawValue)
        writer.write(high)
        writer.write(low)
        writer.write(port)
    }

    init(from reader: inout StateReader) throws(StateError) {
        self.init(
            family: Family(rawValue: try reader.read()) ?? .unknown, high: try reader.read(),
            low: try reader.read(), port: try reader.read())
    }
}
