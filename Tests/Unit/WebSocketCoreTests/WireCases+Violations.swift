// A violation of each rule of the frame layer, with the byte that shows it; limits, UTF-8 and
// compression.

import WireKit

@testable import WebSocketCore

extension WireCase {
    static let violations: [WireCase] =
        [
            WireCase(
                name: "RSV1", bytes: frame(0xC1, hello), events: [.violation(.reservedBits)],
                detectedAt: 1),
            WireCase(
                name: "RSV2", bytes: frame(0xA1, hello), events: [.violation(.reservedBits)],
                detectedAt: 1),
            WireCase(
                name: "RSV3 on ping", bytes: frame(0x99, []), events: [.violation(.reservedBits)],
                detectedAt: 1),
            WireCase(
                name: "fragmented ping", bytes: frame(0x09, []),
                events: [.violation(.fragmentedControl)], detectedAt: 1),
            WireCase(
                name: "fragmented close", bytes: frame(0x08, []),
                events: [.violation(.fragmentedControl)], detectedAt: 1),
            WireCase(
                name: "long ping", bytes: frame(0x89, Array(counting[..<126])),
                events: [.violation(.controlTooLong)], detectedAt: 2),
            WireCase(
                name: "ping in 64-bit form", bytes: frame(0x89, hello, lengthForm: 8),
                events: [.violation(.controlTooLong)], detectedAt: 2),
            WireCase(
                name: "continuation of nothing", bytes: frame(0x80, hello),
                events: [.violation(.unexpectedContinuation)], detectedAt: 1),
            WireCase(
                name: "continuation after the end",
                bytes: frame(0x01, []) + frame(0x80, []) + frame(0x80, []),
                events: [.text([]), .violation(.unexpectedContinuation)], detectedAt: 13),
            WireCase(
                name: "text in a message", bytes: frame(0x01, hello) + frame(0x81, hello),
                events: [.violation(.expectedContinuation)], detectedAt: 12),
            WireCase(
                name: "binary in a message", bytes: frame(0x01, hello) + frame(0x02, hello),
                events: [.violation(.expectedContinuation)], detectedAt: 12),
            WireCase(
                name: "not masked", bytes: Role.client.frame(0x81, hello),
                events: [.violation(.maskMissing)], detectedAt: 2),
            WireCase(
                name: "masked by a server", bytes: frame(0x81, hello),
                events: [.violation(.maskForbidden)], detectedAt: 2, role: .client),
            WireCase(
                name: "125 in 16 bits", bytes: frame(0x82, Array(counting[..<125]), lengthForm: 2),
                events: [.violation(.lengthNotMinimal)], detectedAt: 4),
            WireCase(
                name: "65535 in 64 bits",
                bytes: frame(0x82, Array(counting[..<65535]), lengthForm: 8),
                events: [.violation(.lengthNotMinimal)], detectedAt: 8),
            WireCase(
                name: "length 2^63", bytes: [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
                events: [.violation(.lengthTopBit)], detectedAt: 3),
            WireCase(
                name: "close of one byte", bytes: frame(0x88, [3]),
                events: [.violation(.closeTooShort)], detectedAt: 2),
            WireCase(
                name: "close with 1005", bytes: frame(0x88, [0x03, 0xED]),
                events: [.violation(.invalidCloseCode)]),
            WireCase(
                name: "close with 2999", bytes: frame(0x88, [0x0B, 0xB7]),
                events: [.violation(.invalidCloseCode)]),
            WireCase(
                name: "close with a bad reason", bytes: frame(0x88, [0x03, 0xE8, 0xC3]),
                events: [.violation(.invalidCloseReason)]),
            WireCase(
                name: "good frames before a bad one",
                bytes: frame(0x81, hello) + frame(0x89, [7]) + [0x83],
                events: [.text(hello), .ping([7]), .violation(.reservedOpcode)], detectedAt: 19),
        ]
        + ([0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF] as [UInt8]).map {
            WireCase(
                name: "opcode \($0)", bytes: frame(0x80 | $0, hello),
                events: [.violation(.reservedOpcode)], detectedAt: 1)
        }

    static let limits: [WireCase] = [
        WireCase(
            name: "at the limit", bytes: frame(0x82, hello), events: [.binary(hello)],
            messageByteLimit: 5),
        WireCase(
            name: "over the limit", bytes: frame(0x82, hello),
            events: [.violation(.messageTooBig)], detectedAt: 2, messageByteLimit: 4),
        WireCase(
            name: "16 bits over the limit", bytes: frame(0x82, Array(counting[..<300])),
            events: [.violation(.messageTooBig)], detectedAt: 4, messageByteLimit: 299),
        WireCase(
            name: "high byte over the limit", bytes: frame(0x82, Array(counting[..<300])),
            events: [.violation(.messageTooBig)], detectedAt: 3, messageByteLimit: 200),
        WireCase(
            name: "2^62 over the limit",
            bytes: [0x82, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
            events: [.violation(.messageTooBig)], detectedAt: 3),
        WireCase(
            name: "fragments over the limit", bytes: frame(0x02, hello) + frame(0x80, hello),
            events: [.violation(.messageTooBig)], detectedAt: 13, messageByteLimit: 9),
        WireCase(
            name: "limit is per message",
            bytes: frame(0x02, hello) + frame(0x80, hello)
                + frame(0x82, hello) + frame(0x02, hello) + frame(0x80, hello),
            events: [.binary(hello + hello), .binary(hello), .binary(hello + hello)],
            messageByteLimit: 10),
        WireCase(
            name: "as many fragments as allowed",
            bytes: frame(0x02, []) + frame(0x00, [1]) + frame(0x80, []) + frame(0x02, [])
                + frame(0x00, []) + frame(0x80, [2]),
            events: [.binary([1]), .binary([2])], fragmentLimit: 3),
        WireCase(
            name: "too many fragments",
            bytes: frame(0x02, []) + frame(0x00, []) + frame(0x00, []) + frame(0x00, []),
            events: [.violation(.tooManyFragments)], detectedAt: 19, fragmentLimit: 3),
        WireCase(
            name: "four bytes allow one frame more",
            bytes: frame(0x02, [1, 2, 3]) + frame(0x00, []) + frame(0x00, [4]) + frame(0x00, [])
                + frame(0x00, []),
            events: [.violation(.tooManyFragments)], detectedAt: 29, fragmentLimit: 3),
        WireCase(
            name: "four bytes of one message allow none of the next",
            bytes: frame(0x82, Array(counting[..<400])) + frame(0x02, []) + frame(0x00, [])
                + frame(0x00, []),
            events: [.binary(Array(counting[..<400])), .violation(.tooManyFragments)],
            detectedAt: 421, fragmentLimit: 2),
    ]

    static let texts: [WireCase] = [
        WireCase(name: "greek", bytes: frame(0x81, greek), events: [.text(greek)]),
        WireCase(
            name: "cut in a character",
            bytes: frame(0x01, [0xF0, 0x9F]) + frame(0x80, [0x98, 0x80]),
            events: [.text([0xF0, 0x9F, 0x98, 0x80])]),
        WireCase(
            name: "ends in a character", bytes: frame(0x81, [0xF0, 0x9F, 0x98]),
            events: [.violation(.invalidUTF8)], detectedAt: 9),
        WireCase(
            name: "bad byte in the middle",
            bytes: frame(0x81, hello + [0xFF] + hello), events: [.violation(.invalidUTF8)],
            detectedAt: 12),
        WireCase(
            name: "surrogate", bytes: frame(0x01, [0xED, 0xA0, 0x80]),
            events: [.violation(.invalidUTF8)], detectedAt: 8),
        WireCase(
            name: "above the last scalar", bytes: frame(0x01, greek) + frame(0x80, [0xF4, 0x90]),
            events: [.violation(.invalidUTF8)], detectedAt: 6 + 10 + 8),
        WireCase(
            name: "binary need not be text", bytes: frame(0x82, [0xFF, 0xC0]),
            events: [.binary([0xFF, 0xC0])]),
        WireCase(
            name: "state does not outlive its message",
            bytes: frame(0x02, [0xC3]) + frame(0x80, []) + frame(0x01, [65]) + frame(0x80, [66]),
            events: [.binary([0xC3]), .text([65, 66])]),
    ]

    static let compressed: [WireCase] = [
        WireCase(
            name: "compressed text is not checked", bytes: frame(0xC1, [0xFF, 0xFE]),
            events: [.compressed([0xFF, 0xFE])], allowsCompression: true),
        WireCase(
            name: "compressed fragments", bytes: frame(0x41, [0xFF]) + frame(0x80, [0xFE]),
            events: [.compressed([0xFF, 0xFE])], allowsCompression: true),
        WireCase(
            name: "RSV1 on a continuation", bytes: frame(0x41, [0xFF]) + frame(0xC0, [0xFE]),
            events: [.violation(.reservedBits)], detectedAt: 8, allowsCompression: true),
        WireCase(
            name: "RSV1 on a ping", bytes: frame(0xC9, []), events: [.violation(.reservedBits)],
            detectedAt: 1, allowsCompression: true),
        WireCase(
            name: "RSV1 and RSV2", bytes: frame(0xE1, []), events: [.violation(.reservedBits)],
            detectedAt: 1, allowsCompression: true),
        WireCase(
            name: "plain between compressed",
            bytes: frame(0xC2, [1]) + frame(0x81, hello) + frame(0xC2, [2]),
            events: [.compressed([1]), .text(hello), .compressed([2])], allowsCompression: true),
    ]
}
