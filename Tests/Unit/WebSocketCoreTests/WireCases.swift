// Bytes on the wire and their meaning: valid traffic, and a violation of each rule.

import Testing
import WireKit

@testable import WebSocketCore

struct WireCase: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var events: [Recorded]
    /// How many bytes suffice to see the violation; nil if not specified.
    var detectedAt: Int?
    var role = Role.server
    var messageByteLimit = 1 << 20
    var fragmentLimit = 128
    var allowsCompression = false

    var testDescription: String { name }

    static let all = valid + examples + violations + limits + texts + compressed
}

/// The events of a new decoder for `pieces`.
func record(_ wireCase: WireCase, _ pieces: [[UInt8]]) -> [Recorded] {
    var run = DecoderRun(
        wireCase.role, messageByteLimit: wireCase.messageByteLimit,
        fragmentLimit: wireCase.fragmentLimit, allowsCompression: wireCase.allowsCompression)
    for piece in pieces {
        run.receive(piece)
        switch run.events.last {
        case .close?, .violation?: return run.events
        default: continue
        }
    }
    return run.mostPending < 14 + 125 ? run.events : []
}

extension WireCase {
    static func frame(_ first: UInt8, _ payload: [UInt8], lengthForm: Int? = nil) -> [UInt8] {
        Role.server.frame(first, payload, lengthForm: lengthForm)
    }

    static let hello = Array("Hello".utf8)
    static let counting = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
    static let greek = Array("κόσμε".utf8)

    static let valid: [WireCase] = [
        WireCase(name: "nothing", bytes: [], events: []),
        WireCase(name: "text", bytes: frame(0x81, hello), events: [.text(hello)]),
        WireCase(name: "empty text", bytes: frame(0x81, []), events: [.text([])]),
        WireCase(name: "empty binary", bytes: frame(0x82, []), events: [.binary([])]),
        WireCase(
            name: "125 bytes", bytes: frame(0x82, Array(counting[..<125])),
            events: [.binary(Array(counting[..<125]))]),
        WireCase(
            name: "126 bytes", bytes: frame(0x82, Array(counting[..<126])),
            events: [.binary(Array(counting[..<126]))]),
        WireCase(
            name: "65535 bytes", bytes: frame(0x82, Array(counting[..<65535])),
            events: [.binary(Array(counting[..<65535]))]),
        WireCase(
            name: "65536 bytes", bytes: frame(0x82, Array(counting[..<65536])),
            events: [.binary(Array(counting[..<65536]))]),
        WireCase(
            name: "many in one", bytes: frame(0x81, hello) + frame(0x82, [1]) + frame(0x81, []),
            events: [.text(hello), .binary([1]), .text([])]),
        WireCase(
            name: "two fragments", bytes: frame(0x01, hello) + frame(0x80, greek),
            events: [.text(hello + greek)]),
        WireCase(
            name: "empty fragments",
            bytes: frame(0x01, []) + frame(0x00, []) + frame(0x00, hello) + frame(0x80, []),
            events: [.text(hello)]),
        WireCase(
            name: "only empty fragments", bytes: frame(0x02, []) + frame(0x80, []),
            events: [.binary([])]),
        WireCase(
            name: "control frames between fragments",
            bytes: frame(0x01, hello) + frame(0x89, [1, 2]) + frame(0x00, hello) + frame(0x8A, [])
                + frame(0x80, hello) + frame(0x81, hello),
            events: [.ping([1, 2]), .pong([]), .text(hello + hello + hello), .text(hello)]),
        WireCase(
            name: "ping of 125", bytes: frame(0x89, Array(counting[..<125])),
            events: [.ping(Array(counting[..<125]))]),
        WireCase(name: "empty close", bytes: frame(0x88, []), events: [.close(nil, "")]),
        WireCase(
            name: "close with code", bytes: frame(0x88, [0x03, 0xE8]), events: [.close(1000, "")]),
        WireCase(
            name: "close with reason", bytes: frame(0x88, [0x0B, 0xB8] + greek),
            events: [.close(3000, "κόσμε")]),
        WireCase(
            name: "close in a message", bytes: frame(0x01, hello) + frame(0x88, [0x03, 0xE9]),
            events: [.close(1001, "")]),
        WireCase(
            name: "frames to a client",
            bytes: Role.client.frame(0x81, greek) + [0x01, 1, 65]
                + Role.client.frame(0x89, [9]) + [0x80, 1, 66] + Role.client.frame(0x82, [0xFF]),
            events: [.text(greek), .ping([9]), .text([65, 66]), .binary([0xFF])], role: .client),
    ]

    /// RFC 6455 §5.7.
    static let examples: [WireCase] = [
        WireCase(
            name: "§5.7 unmasked text", bytes: [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F],
            events: [.text(hello)], role: .client),
        WireCase(
            name: "§5.7 masked text",
            bytes: [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58],
            events: [.text(hello)]),
        WireCase(
            name: "§5.7 fragmented text",
            bytes: [0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F],
            events: [.text(hello)], role: .client),
        WireCase(
            name: "§5.7 ping", bytes: [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F],
            events: [.ping(hello)], role: .client),
        WireCase(
            name: "§5.7 masked pong",
            bytes: [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58],
            events: [.pong(hello)]),
        WireCase(
            name: "§5.7 256 bytes", bytes: [0x82, 0x7E, 0x01, 0x00] + counting[..<256],
            events: [.binary(Array(counting[..<256]))], role: .client),
        WireCase(
            name: "§5.7 64 KiB", bytes: [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + counting[..<65536],
            events: [.binary(Array(counting[..<65536]))], role: .client),
    ]
}
