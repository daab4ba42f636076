// The records of RFC 8448 §3, byte by byte.

import Testing

@testable import WebSocketTLS

@Suite("The example of RFC 8448")
struct RFC8448Tests {
    static let clientSecret = bytes(
        "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5")
    static let serverSecret = bytes(
        "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643")
    static let clientData = bytes(
        "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8"
            + "a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4")
    static let clientAlert = bytes("1703030013c9872760655666b74d7ff1153efd6db6d0b0e3")
    static let serverData = bytes(
        "17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf9"
            + "7d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d")
    static let serverAlert = bytes("1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9")
    static let data = [UInt8](0..<50)

    /// The server has sent one record before: its ticket.
    private func sides() -> (client: Side, server: Side) {
        let client = Side(
            RecordLayer(
                role: .client, suite: .aes128GCM, sendingSecret: Self.clientSecret.span,
                receivingSecret: Self.serverSecret.span))
        client.layer.receiving = TrafficKeys(
            secret: Self.serverSecret.span, suite: .aes128GCM, recordCount: 1)
        let server = Side(
            RecordLayer(
                role: .server, suite: .aes128GCM, sendingSecret: Self.serverSecret.span,
                receivingSecret: Self.clientSecret.span, sentRecordCount: 1))
        return (client, server)
    }

    @Test("Keys and IVs are those of the example")
    func derivesKeys() {
        func derived(_ secret: [UInt8], _ label: String, _ count: Int) -> [UInt8] {
            let all = KeyDerivation.expand(
                secret.span, label: label, byteCount: count, suite: .aes128GCM)
            return (0..<count).map { all[$0] }
        }
        #expect(
            derived(Self.clientSecret, "key", 16) == bytes("17422dda596ed5d9acd890e3c63f5051"))
        #expect(derived(Self.clientSecret, "iv", 12) == bytes("5b78923dee08579033e523d9"))
        #expect(
            derived(Self.serverSecret, "key", 16) == bytes("9f02283b6c9c07efc26bb9f2ac92e356"))
        #expect(derived(Self.serverSecret, "iv", 12) == bytes("cf782b88dd83549aadf1e984"))
    }

    @Test("Both sides seal what the example's sides have sent")
    func seals() throws {
        let (client, server) = sides()
        #expect(try client.seal(Self.data) == Self.clientData)
        #expect(client.close() == Self.clientAlert)
        #expect(try server.seal(Self.data) == Self.serverData)
        #expect(server.close() == Self.serverAlert)
    }

    @Test("Both sides open it, and close")
    func opens() {
        let (client, server) = sides()
        #expect(server.receive(Self.clientData).isEmpty)
        #expect(server.received == Self.data)
        // The example's server has sent its data and its own close_notify before.
        #expect(server.receive(Self.clientAlert).isEmpty)
        #expect(server.end == .closed)
        client.receive(Self.serverData)
        #expect(client.received == Self.data)
        client.receive(Self.serverAlert)
        #expect(client.end == .closed)
    }
}

/// The bytes of hexadecimal digits.
func bytes(_ digits: String) -> [UInt8] {
    let values = digits.map { UInt8($0.hexDigitValue ?? 0) }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}
