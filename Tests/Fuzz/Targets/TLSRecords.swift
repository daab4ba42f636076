// Records of TLS 1.3 from a peer that knows the keys and keeps no rule.
import Storage

@testable import WebSocketTLS

/// What is read of a stream of records, and answered, is the same however the stream is cut and
/// whenever the reader is saved and restored; and it is what a plain reading of RFC 8446 says.
func fuzzTLSRecords(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    let suite = input.choice(CipherSuite.allCases)
    let role = input.choice([RecordLayer.Role.server, .client])
    let recordsPerKey = input.choice([1 << 24, 3, 7] as [UInt64])
    let sizes = [input.number(in: 1...40), input.number(in: 1...8), input.number(in: 1...400)]
    var peer = HostilePeer(suite: suite, role: role, recordsPerKey: recordsPerKey)
    while !input.isAtEnd, peer.stream.count < 40_000 { peer.act(&input) }

    let whole = read([peer.stream], role, suite, recordsPerKey)
    let cut = pieces(peer.stream, of: sizes)
    try check(read(cut, role, suite, recordsPerKey), equals: whole, "cut")
    try check(
        read(cut, role, suite, recordsPerKey, restoresOften: true), equals: whole, "restored")
    if peer.stream.count < 1000 {
        let bytes = peer.stream.map { [$0] }
        try check(read(bytes, role, suite, recordsPerKey), equals: whole, "byte by byte")
    }
    try check(whole.data, equals: peer.reading.data, "data")
    try check(whole.end, equals: peer.reading.end, "end")
    try check(whole.output.count, equals: peer.reading.answerByteCount, "bytes of the answers")
    try checkAnswers(whole, role, suite)
}

/// What a reader has found, and what it has answered.
private struct Found: Equatable {
    var data: [UInt8] = []
    var end: RecordEnd?
    var output: [UInt8] = []
}

private func layer(_ role: RecordLayer.Role, _ suite: CipherSuite) -> RecordLayer {
    let client = [UInt8](repeating: 1, count: suite.secretByteCount)
    let server = [UInt8](repeating: 2, count: suite.secretByteCount)
    return RecordLayer(
        role: role, suite: suite, sendingSecret: (role == .client ? client : server).span,
        receivingSecret: (role == .client ? server : client).span)
}

private func read(
    _ pieces: [[UInt8]], _ role: RecordLayer.Role, _ suite: CipherSuite, _ recordsPerKey: UInt64,
    restoresOften: Bool = false
) -> Found {
    var reader = layer(role, suite)
    var ciphers = RecordCiphers()
    ciphers.recordsPerKey = recordsPerKey
    var found = Found()
    var output = ByteBuffer()
    var incoming: [UInt8] = []
    for (number, piece) in pieces.enumerated() where found.end == nil {
        incoming += piece
        var position = 0
        var bytes = incoming.mutableSpan
        reading: while true {
            switch reader.next(&bytes, from: &position, output: &output, &ciphers) {
            case .needsMore: break reading
            case .data(let range): for index in range { found.data.append(bytes[index]) }
            case .ended(let end):
                found.end = end
                break reading
            }
        }
        incoming.removeFirst(position)
        // Restoring derives keys, which takes time.
        guard restoresOften, number < 50 else { continue }
        var writer = StateWriter()
        reader.save(to: &writer)
        var state = StateReader(writer.finish())
        guard let restored = try? RecordLayer(restoring: &state) else {
            preconditionFailure("a saved layer is refused")
        }
        reader = restored
    }
    found.output = output.span.indices.map { output.span[$0] }
    return found
}

/// The other side accepts all that was answered, and learns the end.
private func checkAnswers(
    _ found: Found, _ role: RecordLayer.Role, _ suite: CipherSuite
) throws {
    var other = layer(role == .client ? .server : .client, suite)
    var ciphers = RecordCiphers()
    var output = ByteBuffer()
    var event = RecordEvent.needsMore
    var start = 0
    while start + 5 <= found.output.count {
        let count = 5 + Int(found.output[start + 3]) << 8 + Int(found.output[start + 4])
        var record = Array(found.output[start..<start + count])
        var bytes = record.mutableSpan
        var position = 0
        event = other.next(&bytes, from: &position, output: &output, &ciphers)
        try check(position, equals: count, "read of an answer")
        start += count
        // There was data between them, in the other direction.
        other.emptyRecordCount = 0
        other.keyUpdateDebt = 0
    }
    try check(start, equals: found.output.count, "whole answers")
    switch found.end {
    case nil, .alert, .closed: try check(event, equals: .needsMore, "the other side")
    case .fault(let fault):
        try check(event, equals: .ended(.alert(fault.alert.rawValue)), "the other side")
    }
}

/// Seals what no honest peer would send.
private struct HostilePeer: ~Copyable {
    var reading: PlainReading
    var stream: [UInt8] = []
    private var keys: TrafficKeys
    private var ciphers = RecordCiphers()
    private let suite: CipherSuite

    init(suite: CipherSuite, role: RecordLayer.Role, recordsPerKey: UInt64) {
        self.suite = suite
        keys = layer(role, suite).receiving
        reading = PlainReading(isClient: role == .client, recordsPerKey: recordsPerKey)
    }

    mutating func act(_ input: inout FuzzInput) {
        switch input.byte() % 8 {
        case 0: seal([24, 0, 0, 1, input.byte() % 3], 22, 0)
        case 1: seal(input.take(input.number(in: 0...40)), 22, input.number(in: 0...3))
        case 2: seal(input.take(input.number(in: 0...3)), 21, 0)
        case 3: seal(input.take(input.number(in: 0...3)), input.byte(), input.number(in: 0...20))
        case 4:
            seal([UInt8](repeating: input.byte(), count: input.number(in: 0...16_383)), 23, 0)
        case 5: damage(input.number(in: 0...30), input.byte())
        case 6:
            // From here on nothing is sealed: the rest of the input is the stream's.
            let rest = input.rest()
            stream += rest
            reading.takeBytes(rest)
        default: seal(input.take(input.number(in: 0...5)), 23, input.number(in: 0...5))
        }
    }

    private mutating func seal(_ content: [UInt8], _ type: UInt8, _ paddingCount: Int) {
        let inner = content + [type] + [UInt8](repeating: 0, count: paddingCount)
        stream += sealed(inner)
        if reading.take(inner) { keys.update(suite) }
    }

    /// The last byte goes as the type, whatever it is.
    private mutating func sealed(_ inner: [UInt8]) -> [UInt8] {
        var output = ByteBuffer()
        do throws(RecordFault) {
            try ciphers.seal(
                inner.span.extracting(droppingLast: 1), type: inner[inner.count - 1], keys: &keys,
                suite: suite, into: &output)
        } catch { preconditionFailure("no record can be sealed: \(error)") }
        return output.span.indices.map { output.span[$0] }
    }

    /// A record with a wrong byte, which is not in its length.
    private mutating func damage(_ place: Int, _ change: UInt8) {
        var record = sealed([1, 2, 3, 23])
        let index = [0, 1, 2][place % 3]
        let place = place < 6 ? index : 5 + (place - 6) % (record.count - 5)
        record[place] ^= max(1, change)
        stream += record
        reading.end(.fault(place == 0 ? .unexpectedType : .badTag))
    }
}
