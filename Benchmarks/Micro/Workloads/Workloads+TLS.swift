// Records of TLS: sealing and opening, each time for another connection than before.
import Storage

@testable import WebSocketTLS

extension Workload {
    static let tls: [Workload] = [
        Workload("TLS, seal 66 B", count: 10_000) { sealing(byteCount: 66) },
        Workload("TLS, open 66 B", count: 10_000) { opening(byteCount: 66) },
        Workload("TLS, seal 16 KiB", count: 500) { sealing(byteCount: 16 << 10) },
        Workload("TLS, open 16 KiB", count: 500) { opening(byteCount: 16 << 10) },
    ]

    private static let connectionCount = 100

    /// One end of each connection. Whatever their role, number N has the same keys as number N.
    private static func layers(_ role: RecordLayer.Role) -> [RecordLayer] {
        (0..<connectionCount).map { index in
            let client = [UInt8](repeating: UInt8(index), count: 32)
            let server = [UInt8](repeating: UInt8(index + 100), count: 32)
            return RecordLayer(
                role: role, suite: .aes128GCM,
                sendingSecret: (role == .client ? client : server).span,
                receivingSecret: (role == .client ? server : client).span)
        }
    }

    /// As a broadcast is sent: the same content under the key of one member after another.
    private static func sealing(byteCount: Int) -> (Int) -> Void {
        let content = [UInt8](repeating: 0x61, count: byteCount)
        return { count in
            var layers = layers(.server)
            var ciphers = RecordCiphers()
            var output = ByteBuffer()
            for index in 0..<count {
                output.removeAll(keepingCapacity: true)
                do throws(RecordFault) {
                    try layers[index % connectionCount].seal(content.span, into: &output, &ciphers)
                } catch { fatalError("\(error)") }
            }
            use(output)
        }
    }

    /// A first record, opened by a copy of the layer each time. The copies of layer and record are
    /// in the figure, as a server has the copy from the kernel.
    private static func opening(byteCount: Int) -> (Int) -> Void {
        let content = [UInt8](repeating: 0x61, count: byteCount)
        var clients = layers(.client)
        var ciphers = RecordCiphers()
        let records = clients.indices.map { index in
            var output = ByteBuffer()
            do throws(RecordFault) {
                try clients[index].seal(content.span, into: &output, &ciphers)
            } catch { fatalError("\(error)") }
            return copy(output.span)
        }
        return { count in
            let layers = layers(.server)
            var ciphers = RecordCiphers()
            var output = ByteBuffer()
            var received = ByteBuffer()
            for index in 0..<count {
                var layer = layers[index % connectionCount]
                received.removeAll(keepingCapacity: true)
                let record = records[index % connectionCount]
                received.append(record.span)
                var span = received.mutableSpan
                var position = 0
                let event = layer.next(&span, from: &position, output: &output, &ciphers)
                precondition(event == .data(5..<5 + byteCount))
            }
            use(received)
        }
    }
}
