// Which pages may connect: the Origin and the host of a handshake, and an entry of the list.
import WebSocketServer

@testable import WebSocketCore

/// The input is an Origin, a host and an entry of a list, with NULs between them. What is admitted
/// is what a plain reading admits, which takes a text apart from its ends and compares whole bytes.
func fuzzOrigins(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    let parts = input.rest().split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    let (origin, host) = (parts[0], parts.count > 1 ? parts[1] : "")
    let entry = parts.count > 2 ? parts[2] : ""

    let page = plainOrigin(origin)
    let isSame = page.map { $0.isWeb && $0.host == plainHost(ofAuthority: host) } ?? false
    try check(
        OriginPolicy.sameHost.admits(origin: origin, host: host), equals: isSame, "the same host")
    try check(OriginPolicy.any.admits(origin: origin, host: host), "any page")
    try check(OriginPolicy.sameHost.admits(origin: nil, host: host), "no page")

    let policy = OriginPolicy.hosts([entry])
    let isAdmitted = policy.admits(origin: origin, host: host)
    if isSame { try check(isAdmitted, "a list admits the same host") }
    if OriginPolicy.flaw(in: entry) != nil {
        try check(isAdmitted, equals: isSame, "an entry with a flaw admits a page")
    } else {
        // What an entry stands for is admitted.
        let own = entry.contains("://") ? entry : "http://\(entry)"
        try check(policy.admits(origin: own, host: "x"), "\(own) is not admitted by its entry")
        try check(
            !OriginPolicy.hosts(["x"]).admits(origin: own + "/", host: "x"), "an Origin with a path"
        )
    }
    // A page that is admitted has one host, and nothing that could be read as another.
    if isAdmitted {
        try check(origin.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(origin)")
        try check(!origin.contains { "@\\/?#,%".contains($0) && $0 != "/" }, "\(origin)")
        try check(origin.utf8.count { $0 == 0x2F }, equals: 2, "slashes in \(origin)")
    }
}

private struct PlainOrigin {
    let isWeb: Bool
    let host: [UInt8]?
}

private func plainOrigin(_ text: String) -> PlainOrigin? {
    let bytes = Array(text.utf8)
    guard let middle = bytes.firstRange(of: Array("://".utf8)), middle.lowerBound > 0 else {
        return nil
    }
    let scheme = bytes[..<middle.lowerBound].map(lower)
    guard (0x61...0x7A).contains(scheme[0]),
        scheme.allSatisfy({ isAlphanumeric($0) || [0x2B, 0x2D, 0x2E].contains($0) })
    else { return nil }
    let rest = Array(bytes[middle.upperBound...])
    guard let (host, port) = plainSplit(rest), !rest.contains(0x25), rest.last != 0x3A,
        port.first != 0x30
    else { return nil }
    return PlainOrigin(
        isWeb: ["http", "https"].contains { $0.utf8.elementsEqual(scheme) }, host: host)
}

private func plainHost(ofAuthority text: String) -> [UInt8]? { plainSplit(Array(text.utf8))?.host }

/// The host, an IPv6 address as its eight groups, and the digits of the port.
private func plainSplit(_ bytes: [UInt8]) -> (host: [UInt8], port: [UInt8])? {
    var (host, port) = (bytes, [UInt8]())
    if let colon = bytes.lastIndex(of: 0x3A), bytes.last != 0x5D {
        port = Array(bytes[(colon + 1)...])
        host = Array(bytes[..<colon])
    }
    guard port.allSatisfy({ (0x30...0x39).contains($0) }),
        port.isEmpty
            || Int(String(decoding: port.drop { $0 == 0x30 }.suffix(9), as: UTF8.self)) ?? 0
                <= 65535,
        port.drop(while: { $0 == 0x30 }).count <= 5
    else { return nil }
    if host.first == 0x5B {
        guard host.last == 0x5D else { return nil }
        return plainAddress(String(decoding: host.dropFirst().dropLast(), as: UTF8.self))
            .map { ($0, port) }
    }
    guard !host.isEmpty else { return nil }
    var index = 0
    while index < host.count {
        let isEncoded =
            host[index] == 0x25 && index + 2 < host.count && isHex(host[index + 1])
            && isHex(host[index + 2])
        guard
            isEncoded || isAlphanumeric(host[index]) || "-._~!$&'()*+;=".utf8.contains(host[index])
        else { return nil }
        index += isEncoded ? 3 : 1
    }
    return (host.map(lower), port)
}

/// The groups of an IPv6 address, the last two of which may be an IPv4 address.
private func plainAddress(_ text: String) -> [UInt8]? {
    guard text.utf8.allSatisfy({ isHex($0) || $0 == 0x3A || $0 == 0x2E }) else { return nil }
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2, !text.contains(":::") else { return nil }
    var parts: [[UInt8]] = []
    for (index, half) in halves.enumerated() {
        var bytes: [UInt8] = []
        let groups =
            half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
        for (place, group) in groups.enumerated() {
            if group.contains(".") {
                guard index == halves.count - 1, place == groups.count - 1 else { return nil }
                let numbers = group.split(separator: ".", omittingEmptySubsequences: false)
                guard numbers.count == 4 else { return nil }
                for number in numbers {
                    guard let value = UInt8(number), String(value) == number else { return nil }
                    bytes.append(value)
                }
            } else {
                guard (1...4).contains(group.count), let value = UInt16(group, radix: 16) else {
                    return nil
                }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
        }
        parts.append(bytes)
    }
    if parts.count == 1 { return parts[0].count == 16 ? [0] + parts[0] : nil }
    let gap = 16 - parts[0].count - parts[1].count
    return gap >= 2 ? [0] + parts[0] + [UInt8](repeating: 0, count: gap) + parts[1] : nil
}

private func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(lower(byte)) || (0x30...0x39).contains(byte)
}

private func isHex(_ byte: UInt8) -> Bool {
    (0x61...0x66).contains(lower(byte)) || (0x30...0x39).contains(byte)
}
