// Frames from a peer: the decoder in every cut, the encoder, masking and UTF-8.
import Storage
import WireKit

@testable import WebSocketCore

/// A stream means the same however it is cut, also when the decoder's state is saved and another
/// decoder goes on; it means what a plain reading of RFC 6455 finds in it; and its messages come
/// back when they are encoded for the other side.
func fuzzFrames(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    let flags = input.byte()
    let role = flags & 1 == 0 ? Role.server : .client
    let rules = DecoderRules(
        role: role, messageByteLimit: input.choice([1 << 16, 1 << 20, 300, 1]),
        fragmentLimit: input.choice([128, 3, 1, Int(UInt32.max)]),
        allowsCompression: flags & 2 != 0)
    let sizes = [input.number(in: 1...64), input.number(in: 1...8), input.number(in: 1...300)]
    let bytes = input.rest()

    let whole = try decode([bytes], rules)
    try check(try decode(bytes.map { [$0] }, rules), equals: whole, "byte by byte")
    let cut = pieces(bytes, of: sizes)
    try check(try decode(cut, rules), equals: whole, "cut")
    try check(try decode(cut, rules, handsOver: true), equals: whole, "handed over")

    var (reference, isOpen) = readPlainly(bytes, rules)
    // An incomplete frame may already have shown its violation.
    if isOpen, case .violation? = whole.last { reference.append(whole.last!) }
    try check(whole.count, equals: reference.count, "events, read plainly: \(whole), \(reference)")
    for (event, expected) in zip(whole, reference) {
        if case .violation = event, case .violation = expected { continue }
        try check(event, equals: expected, "event, read plainly")
    }
    try checkEncoding(whole, rules)
    try checkMasking(bytes)
    try checkUTF8(bytes, sizes)
}

private func decode(
    _ pieces: [[UInt8]], _ rules: DecoderRules, handsOver: Bool = false
) throws -> [Recorded] {
    var run = DecoderRun(
        rules.role, messageByteLimit: rules.messageByteLimit, fragmentLimit: rules.fragmentLimit,
        allowsCompression: rules.allowsCompression)
    var received = 0
    for piece in pieces {
        run.receive(piece)
        received += piece.count
        try check(run.mostPending < 14 + 125, "\(run.mostPending) bytes to be presented again")
        try check(run.assemblyCapacity <= 4 * received + 256, "memory for bytes that have not come")
        if handsOver {
            guard let decoder = MessageDecoder(state: run.decoder.state) else {
                throw Failed("an impossible state of a decoder: \(run.decoder.state)")
            }
            run.decoder = decoder
        }
        switch run.events.last {
        case .close?, .violation?: return run.events
        default: continue
        }
    }
    return run.events
}

/// The events of a stream, found frame by frame in complete frames. The second value is true if the
/// stream ends inside a frame.
private func readPlainly(
    _ bytes: [UInt8], _ rules: DecoderRules
) -> (events: [Recorded], isOpen: Bool) {
    var events: [Recorded] = []
    var message: (opcode: UInt8, isCompressed: Bool, bytes: [UInt8], frameCount: Int)?
    var rest = bytes[...]
    func bad() -> (events: [Recorded], isOpen: Bool) {
        (events + [.violation(.reservedBits)], false)
    }
    while true {
        guard let (first, payload) = takeFrame(&rest, rules) else { return (events, true) }
        guard let payload else { return bad() }
        let (isFinal, opcode) = (first & 0x80 != 0, first & 0xF)
        if opcode >= 8 {
            switch opcode {
            case 9: events.append(.ping(payload))
            case 10: events.append(.pong(payload))
            default:
                guard let close = closeEvent(payload) else { return bad() }
                return (events + [close], false)
            }
            continue
        }
        if opcode == 0 {
            guard message != nil else { return bad() }
        } else {
            guard message == nil else { return bad() }
            message = (opcode, first & 0x40 != 0, [], 0)
        }
        message!.bytes += payload
        message!.frameCount += 1
        // A message in one frame does not count as fragments.
        let isFragmented = !isFinal || message!.frameCount > 1
        let limit = byteLimit(rules, isCompressed: message!.isCompressed)
        // Each four bytes that came before this frame allow one frame more.
        let carried = (message!.bytes.count - payload.count) / 4
        guard message!.bytes.count <= limit,
            !isFragmented || message!.frameCount - carried <= max(1, rules.fragmentLimit)
        else { return bad() }
        guard isFinal else {
            if message!.opcode == 1, !message!.isCompressed, !isPrefixOfUTF8(message!.bytes) {
                return bad()
            }
            continue
        }
        let (kind, isCompressed, whole, _) = message!
        message = nil
        if isCompressed {
            events.append(.compressed(whole))
        } else if kind == 2 {
            events.append(.binary(whole))
        } else {
            guard String(validating: whole, as: UTF8.self) != nil else { return bad() }
            events.append(.text(whole))
        }
    }
}

/// The first frame and its payload, which is nil for a violation. Nil if the frame is incomplete.
private func takeFrame(
    _ rest: inout ArraySlice<UInt8>, _ rules: DecoderRules
) -> (first: UInt8, payload: [UInt8]?)? {
    let bytes = Array(rest)
    guard bytes.count >= 2 else { return nil }
    let (first, second) = (bytes[0], bytes[1])
    let isMasked = second & 0x80 != 0
    var (start, length) = (2, UInt64(second & 0x7F))
    if length >= 126 {
        start = length == 126 ? 4 : 10
        guard bytes.count >= start else { return nil }
        length = bytes[2..<start].reduce(0) { $0 << 8 | UInt64($1) }
    }
    let opcode = first & 0xF
    let isShortest = start == 2 || length >= (start == 4 ? 126 : 65536)
    let reserved = first & 0x70
    let mayBeMarked = rules.allowsCompression && (opcode == 1 || opcode == 2)
    let isAllowed =
        [0, 1, 2, 8, 9, 10].contains(opcode) && isMasked == (rules.role == .server)
        && (reserved == 0 || (reserved == 0x40 && mayBeMarked)) && isShortest
        && length <= UInt64(max(byteLimit(rules, isCompressed: rules.allowsCompression), 125))
        && (opcode < 8 || (first & 0x80 != 0 && length <= 125))
    let key = isMasked ? Array(bytes.dropFirst(start).prefix(4)) : [0, 0, 0, 0]
    if isMasked { start += 4 }
    guard isAllowed else { return (first, nil) }
    guard bytes.count >= start, bytes.count - start >= Int(length) else { return nil }
    let end = start + Int(length)
    rest = rest.dropFirst(end)
    return (first, bytes[start..<end].enumerated().map { $1 ^ key[$0 % 4] })
}

/// Incompressible data becomes longer: a sixteenth and 64 bytes more are allowed.
private func byteLimit(_ rules: DecoderRules, isCompressed: Bool) -> Int {
    isCompressed ? rules.messageByteLimit * 17 / 16 + 64 : rules.messageByteLimit
}

private func closeEvent(_ payload: [UInt8]) -> Recorded? {
    if payload.isEmpty { return .close(nil, "") }
    guard payload.count >= 2 else { return nil }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    // RFC 6455 §7.4 and the registry: 1004 to 1006 and 1015 never travel.
    let isAllowed = [1000...1003, 1007...1014, 3000...4999].contains { $0.contains(code) }
    guard isAllowed, let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
        return nil
    }
    return .close(code, reason)
}

/// Whether some valid text begins with these bytes.
private func isPrefixOfUTF8(_ bytes: [UInt8]) -> Bool {
    let endings: [[UInt8]] = [
        [], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xA0, 0x80], [0x90, 0x80, 0x80],
    ]
    return endings.contains { String(validating: bytes + $0, as: UTF8.self) != nil }
}

/// Encodes the decoded messages as our side would send them, and decodes them as the other side.
private func checkEncoding(_ events: [Recorded], _ rules: DecoderRules) throws {
    var output = ByteBuffer()
    var key: UInt32 = 0x37FA_213D
    let other = rules.role == .server ? Role.client : .server
    var expected: [Recorded] = []
    for event in events {
        key = key &* 1_664_525 &+ 1_013_904_223
        let (opcode, payload, isCompressed): (Opcode, [UInt8], Bool)
        switch event {
        case .text(let bytes): (opcode, payload, isCompressed) = (.text, bytes, false)
        case .binary(let bytes): (opcode, payload, isCompressed) = (.binary, bytes, false)
        case .compressed(let bytes): (opcode, payload, isCompressed) = (.binary, bytes, true)
        case .ping(let bytes): (opcode, payload, isCompressed) = (.ping, bytes, false)
        case .pong(let bytes): (opcode, payload, isCompressed) = (.pong, bytes, false)
        case .violation: continue
        case .close(let code, let reason):
            let close = code.map { CloseCode(rawValue: $0) }
            if other == .client {
                output.appendCloseFrame(close, reason: reason)
            } else {
                output.appendMaskedCloseFrame(close, reason: reason, maskingKey: key)
            }
            expected.append(event)
            continue
        }
        // In two frames now and then; control frames are never fragmented.
        let middle = opcode.isControl || key & 1 == 0 ? 0 : payload.count / 2
        for (index, piece) in [payload[..<middle], payload[middle...]].enumerated() {
            if index == 0 && middle == 0 { continue }
            let part = index == 1 && middle > 0 ? Opcode.continuation : opcode
            let isMarked = isCompressed && part != .continuation
            if other == .client {
                output.appendFrame(
                    part, piece.span, isFinal: index == 1, isCompressed: isMarked)
            } else {
                output.appendMaskedFrame(
                    part, piece.span, isFinal: index == 1, isCompressed: isMarked, maskingKey: key)
            }
        }
        expected.append(event)
    }
    let decoded = try decode(
        [output.span.array],
        DecoderRules(
            role: other, messageByteLimit: 1 << 24, fragmentLimit: 4, allowsCompression: true))
    try check(decoded, equals: expected, "encoded for the other side")
}

/// Masking twice gives the original; masking matches RFC 6455 §5.3.
private func checkMasking(_ bytes: [UInt8]) throws {
    let key = bytes.prefix(4).reduce(UInt32(0x0102_0304)) { $0 << 8 ^ UInt32($1) }
    var masked = bytes
    var span = masked.mutableSpan
    Masking.apply(key, to: &span)
    let expected = bytes.enumerated().map { index, byte in
        byte ^ UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (index % 4)))
    }
    try check(masked, equals: expected, "masked")
    var unmasked = ByteBuffer()
    let isASCII = unmasked.append(unmasking: masked.span, key)
    try check(unmasked.span.array, equals: bytes, "unmasked")
    try check(isASCII, equals: bytes.allSatisfy { $0 < 0x80 }, "ASCII")
}

/// The verdict on a text equals Swift's, whatever pieces it comes in, and an error is found at the
/// first invalid byte.
private func checkUTF8(_ bytes: [UInt8], _ sizes: [Int]) throws {
    let isText = String(validating: bytes, as: UTF8.self) != nil
    try check(UTF8Validator.isValid(bytes.span), equals: isText, "UTF-8")
    var validator = UTF8Validator()
    var isPossible = true
    for piece in pieces(bytes, of: sizes) where isPossible {
        isPossible = validator.update(piece.span)
    }
    try check(isPossible && validator.isComplete, equals: isText, "UTF-8 in pieces")
    var (byByte, count) = (UTF8Validator(), 0)
    for byte in bytes {
        guard byByte.update([byte].span) else { break }
        count += 1
    }
    if count < min(bytes.count, 64) {
        try check(!isPrefixOfUTF8(Array(bytes[...count])), "refused too early")
    }
}
