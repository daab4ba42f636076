// The first bytes from a client: request heads, the framing of their bodies, and the bodies.
@testable import WebSocketCore

/// A head means the same whole, byte by byte and in two pieces; it means what a plain reading of
/// its lines finds; its body means the same however it is cut.
func fuzzRequestHead(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    let limit = input.choice([8192, 4096, 256, 40])
    let cut = Int(input.byte())
    let bytes = input.rest()
    let whole = try parseHead(bytes, growing: [bytes.count], limit)
    let single = try parseHead(bytes, growing: 0...bytes.count, limit)
    try check(single, equals: whole, "byte by byte")
    let halves = try parseHead(bytes, growing: [min(cut, bytes.count), bytes.count], limit)
    try check(halves, equals: whole, "cut at \(cut)")
    switch whole {
    case .incomplete: try check(bytes.count < limit, "no limit")
    case .rejected(let rejection):
        try check([400, 414, 431, 501, 505].contains(rejection.status.rawValue), "\(rejection)")
    case .complete(let byteCount):
        try check(byteCount <= min(limit, bytes.count), "\(byteCount) bytes of \(bytes.count)")
        try checkHead(
            RequestHead(parsing: bytes.span.extracting(first: byteCount)), bytes, byteCount)
    }
}

private func parseHead(
    _ bytes: [UInt8], growing lengths: some Sequence<Int>, _ limit: Int
) throws -> RequestHeadParser.Progress {
    var parser = RequestHeadParser()
    var progress = RequestHeadParser.Progress.incomplete
    for length in lengths {
        progress = parser.parse(bytes.span.extracting(first: length), limit: limit)
        try check(Int(parser.scanned) <= length, "read beyond the end")
        if progress != .incomplete { break }
    }
    return progress
}

private func checkHead(_ head: RequestHead, _ bytes: [UInt8], _ byteCount: Int) throws {
    try checkFields(head, bytes[..<byteCount])
    // Any reader of the text must agree on the request.
    let line = latin1(bytes[..<byteCount].drop { $0 == 0x0D || $0 == 0x0A }.prefix { $0 != 0x0D })
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    try check(parts.count, equals: 3, "parts of the request line")
    try check(head.methodName, equals: String(parts[0]), "method")
    try check(head.target, equals: String(parts[1]), "target")
    try check("HTTP/1.\(head.minorVersion)", equals: String(parts[2]), "version")
    try checkTarget(head)
    if let query = head.query { try check(head.target.hasSuffix("?" + query), "query") }
    if let decoded = head.decodedPath {
        try check(decoded.utf8.count <= head.path.utf8.count, "decoded path")
        try check(!decoded.utf8.contains(0), "a NUL in a path")
    }
    _ = head.queryItem("after")
    _ = (head.keepsAlive, head.expectsContinue, head.subprotocols, Handshake.isUpgrade(head))
    if let offers = try? head.extensionOffers() { try checkItems(offers) }
    if (try? Handshake.validate(head)) != nil {
        try check(head.method == .get && head.minorVersion == 1, "an invalid handshake")
        try check(head.count(of: "Host"), equals: 1, "hosts of a handshake")
        try check(HostIdentity(ofAuthority: head.authority) != nil, "a handshake for no host")
    }
    guard let framing = try? head.bodyFraming() else { return }
    if framing == .chunked {
        try check(head.count(of: "Content-Length"), equals: 0, "two framings")
    }
    try checkBody(framing, Array(bytes[byteCount...]))
}

/// The path in its normal form, and the host that counts.
private func checkTarget(_ head: RequestHead) throws {
    try check(head.method != .connect, "a tunnel")
    try check(head.path == "*" || head.path.first == "/", "path \(head.path)")
    try check(head.path == "*", equals: head.target == "*", "a question about the server")
    let segments = head.path.split(separator: "/", omittingEmptySubsequences: false)
    try check(!segments.contains { $0 == "." || $0 == ".." }, "dots in \(head.path)")
    let isPlain = !head.target.contains("%") && !head.target.contains("/.")
    try check(!isPlain || head.path == "/" || head.target.contains(head.path), "path")
    // The normal form of a path is its own, and means the same.
    if let again = parse("GET \(head.path) HTTP/1.1\r\n\r\n"), head.path != "*" {
        try check(again.path, equals: head.path, "the normal form again")
        try check(again.decodedPath, equals: head.decodedPath, "the decoded path again")
    }
    guard let range = head.authorityRange else { return }
    try check(Authority(head.bytes.span.extracting(range)) != nil, "authority \(head.authority)")
    try check(head.target.contains("://\(head.authority)"), "authority")
    try check(!head.authority.contains { "@/?#, ".contains($0) }, "authority")
}

private func parse(_ text: String) -> RequestHead? {
    var parser = RequestHeadParser()
    let bytes = Array(text.utf8)
    guard case .complete = parser.parse(bytes.span, limit: 8192) else { return nil }
    return RequestHead(parsing: bytes.span)
}

/// The fields against a plain reading of the lines.
func checkFields(_ head: some HTTPHead, _ bytes: ArraySlice<UInt8>) throws {
    let lines = latin1(bytes.drop { $0 == 0x0D || $0 == 0x0A })
        .split(separator: "\r\n", omittingEmptySubsequences: false).dropFirst().dropLast(2)
    try check(head.fieldCount, equals: lines.count, "fields")
    for (index, line) in lines.enumerated() {
        let field = head.field(at: index)
        guard let colon = line.firstIndex(of: ":") else { throw Failed("a line without a colon") }
        try check(field.name, equals: String(line[..<colon]), "name")
        let value = line[line.index(after: colon)...].utf8
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let trimmed = value.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        let raw = head.headerFields.fields[index].value
        // As the characters of latin-1, of which each was one byte.
        try check(
            latin1(head.bytes[raw]), equals: String(decoding: trimmed, as: UTF8.self), "value")
        try check(head.headerValues(field.name).count >= 1, "a field that is not found")
    }
}

private func latin1(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
}

/// A body read whole, and byte by byte.
func checkBody(_ framing: BodyFraming, _ bytes: [UInt8]) throws {
    for limit in [1 << 16, 20] {
        var (whole, single) = (BodyDecoder(framing), BodyDecoder(framing))
        var body = ByteBuffer()
        var other = ByteBuffer()
        var (end, position) = (0, 0)
        let progress = whole.next(bytes.span, from: &end, into: &body, limit: limit)
        var last = BodyDecoder.Progress.needsMore
        for index in 0...bytes.count where last == .needsMore {
            last = single.next(
                bytes.span.extracting(first: index), from: &position, into: &other, limit: limit)
        }
        try check(last, equals: progress, "body byte by byte")
        try check(body.count <= limit && end <= bytes.count, "a body of \(body.count)")
        switch progress {
        case .complete:
            try check(position, equals: end, "end of the body")
            try check(other.span.array, equals: body.span.array, "body")
            if framing == .chunked {
                try check(
                    unchunked(bytes[..<end]), equals: body.span.array, "a body read plainly")
            }
        case .needsMore: try check(other.span.array, equals: body.span.array, "part of a body")
        case .rejected: break
        }
    }
}

/// The contents of well-formed chunks.
private func unchunked(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var (rest, body) = (bytes, [UInt8]())
    while let end = rest.firstIndex(of: 0x0D) {
        let digits = rest[..<end].prefix { HTTPGrammar.hexValue($0) != nil }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size > 0,
            rest.endIndex - end >= size + 4
        else { break }
        body += rest[(end + 2)..<(end + 2 + size)]
        rest = rest[(end + 4 + size)...]
    }
    return body
}
