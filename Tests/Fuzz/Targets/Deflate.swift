// Compressed messages: hostile ones, our own, and a peer's.
import Storage
import WireKit

@testable import WebSocketCore

/// Hostile bytes inflate to the same output as in zlib, within the bounds; our compressed messages
/// inflate again, in our own decompressor and in zlib; so do a peer's messages with context.
func fuzzDeflate(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    switch input.byte() % 3 {
    case 0: try inflateHostile(&input)
    case 1: try roundTrip(&input)
    default: try inflatePeer(&input)
    }
}

private func inflateHostile(_ input: inout FuzzInput) throws {
    let opcode = input.choice([Opcode.binary, .text])
    let limits = InflateLimits(
        messageByteLimit: input.choice([1 << 16, 100, 4000, 0]),
        ratioLimit: input.choice([256, 10, 1]), ratioFreeByteCount: input.choice([1 << 16, 200, 0]))
    let before = input.take(input.number(in: 0...40))
    let payload = input.rest()
    let reference = referenceInflate(payload)

    var output = ByteBuffer()
    output.append(before.span)
    let capacity = output.capacity
    var inflater = Inflater()
    // Twice: a bad message must not change the result of the next one.
    for turn in 1...2 {
        var violation: ProtocolViolation.Kind?
        do {
            try inflater.inflate(payload.span, as: opcode, into: &output, limits: limits)
        } catch {
            violation = error.kind
        }
        let allowance = limits.allowance(for: payload.count)
        try check(
            output.capacity <= capacity + 2 * (before.count + allowance) + 4096,
            "\(output.capacity) bytes of memory for \(allowance)")
        let message = output.span.array[before.count...]
        try check(output.span.array.starts(with: before), "what was there before")
        if let violation {
            try check(message.isEmpty, "part of a bad message is left")
            switch violation {
            // Blocks may follow a final block here; plain zlib ends with it.
            case .invalidDeflate: try check(reference == nil, "zlib takes it, turn \(turn)")
            case .messageTooBig, .ratioTooHigh:
                if let reference { try check(reference.count > allowance, "\(violation)") }
            case .invalidUTF8:
                let isText = reference.map { String(validating: $0, as: UTF8.self) != nil }
                try check(opcode == .text && isText != true, "UTF-8")
            default: throw Failed("\(violation)")
            }
        } else {
            try check(message.count <= allowance, "\(message.count) bytes of \(allowance)")
            if let reference { try check(Array(message), equals: reference, "turn \(turn)") }
            output.removeLast(message.count)
        }
    }
}

private func roundTrip(_ input: inout FuzzInput) throws {
    let level = input.number(in: 1...9)
    let memoryLevel = input.number(in: 1...9)
    let windowBits = input.number(in: 8...15)
    let key = input.bool() ? input.word() : nil
    let repeats = input.choice([1, 1, 5, 100])
    let sizes = [input.number(in: 1...200), input.number(in: 1...50)]
    let seed = input.rest()
    let message = [[UInt8]](repeating: seed, count: repeats).flatMap { $0 }

    var pool = DeflaterPool(level: level, memoryLevel: memoryLevel)
    var output = ByteBuffer()
    let isCompressed = pool.appendFrame(
        .binary, message.span, windowBits: windowBits, maskingKey: key, to: &output)
    let rules = DecoderRules(
        role: key == nil ? .client : .server, messageByteLimit: message.count, fragmentLimit: 1,
        allowsCompression: true)
    var run = DecoderRun(
        rules.role, messageByteLimit: rules.messageByteLimit, fragmentLimit: 1,
        allowsCompression: true)
    for piece in pieces(output.span.array, of: sizes) { run.receive(piece) }
    switch run.events.first {
    case .binary(let bytes)? where !isCompressed && run.events.count == 1:
        try check(bytes, equals: message, "plain")
    case .compressed(let payload)? where isCompressed && run.events.count == 1:
        try check(payload.count < message.count, "no gain")
        let limits = InflateLimits(
            messageByteLimit: message.count, ratioLimit: 2000, ratioFreeByteCount: 0)
        var inflated = ByteBuffer()
        var inflater = Inflater()
        try inflater.inflate(payload.span, as: .binary, into: &inflated, limits: limits)
        try check(inflated.span.array, equals: message, "decompressed")
        let window = max(windowBits, 9)
        try check(referenceInflate(payload, windowBits: window), equals: message, "zlib's")
        if windowBits == 8 { try check(message.count <= 256, "a window that zlib does not have") }
    default: throw Failed("\(run.events)")
    }
}

/// A conversation: messages of a peer that refers to earlier messages.
private func inflatePeer(_ input: inout FuzzInput) throws {
    let windowBits = input.number(in: 9...15)
    let deflater = ReferenceDeflater(windowBits: windowBits, level: input.number(in: 1...9))
    var inflater = Inflater()
    var context = InflateContext(windowBits: windowBits)
    let limits = InflateLimits(messageByteLimit: 1 << 20, ratioLimit: 2000)
    var last: [UInt8] = []
    while !input.isAtEnd {
        let flags = input.byte()
        var message = input.take(Int(flags & 0x3F))
        if flags & 0x40 != 0 { message = message + last + message }
        last = Array(message.prefix(1 << 14))
        let payload = deflater.message(message)
        var output = ByteBuffer()
        try inflater.inflate(
            payload.span, as: .binary, context: &context, into: &output, limits: limits)
        try check(output.span.array, equals: message, "with context")
        try check(context.bytes.count <= 1 << windowBits, "a context of \(context.bytes.count)")
        // Another process takes over.
        if flags & 0x80 != 0 {
            context = InflateContext(windowBits: windowBits, bytes: context.bytes.span)
            inflater = Inflater()
        }
    }
}
