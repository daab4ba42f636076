// A client's view of its connection, and its sends.
import LinuxReactor
import WireKit

@testable internal import WebSocketServerTesting

/// A client of the simulated network: it parses and decompresses frames, and makes some.
final class SimulatedClient {
    /// A frame as it came; the payload of a compressed one is decompressed.
    struct Frame {
        let opcode: UInt8
        let payload: [UInt8]
        let isCompressed: Bool
    }

    static let handshake = handshake([])

    static func handshake(_ fields: [String]) -> String {
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    let network: SimulatedNetwork
    let socket: Int32
    private var bytes: [UInt8] = []
    private(set) var head: String?
    private(set) var frames: [Frame] = []
    /// The window of the server's compressor.
    private let windowBits: Int
    private let deflater: ReferenceDeflater
    private let keepsContext: Bool

    /// A client; `windowBits` is the server's window, and its own if it keeps context.
    init(
        network: SimulatedNetwork, socket: Int32, windowBits: Int = 15, keptWindowBits: Int? = nil
    ) {
        self.network = network
        self.socket = socket
        self.windowBits = windowBits
        deflater = ReferenceDeflater(windowBits: max(9, keptWindowBits ?? 15))
        keepsContext = keptWindowBits != nil
    }

    /// Everything received so far: the response head and whole frames.
    func read() {
        bytes += network.receive(on: socket)
        if head == nil {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            head = String(decoding: bytes[..<end.upperBound], as: UTF8.self)
            bytes.removeSubrange(..<end.upperBound)
        }
        while let frame = takeFrame() { frames.append(frame) }
    }

    private func takeFrame() -> Frame? {
        guard bytes.count >= 2 else { return nil }
        var (header, count) = (2, Int(bytes[1] & 0x7F))
        if count == 126 { header = 4 } else if count == 127 { header = 10 }
        guard bytes.count >= header else { return nil }
        if header > 2 { count = bytes[2..<header].reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.count >= header + count else { return nil }
        defer { bytes.removeFirst(header + count) }
        let payload = Array(bytes[header..<header + count])
        guard bytes[0] & 0x40 != 0 else {
            return Frame(opcode: bytes[0] & 0xF, payload: payload, isCompressed: false)
        }
        guard let message = referenceInflate(payload, windowBits: windowBits) else {
            preconditionFailure("a frame that a peer cannot decompress")
        }
        return Frame(opcode: bytes[0] & 0xF, payload: message, isCompressed: true)
    }

    /// The frames received since the last time.
    func takeFrames() -> [Frame] {
        read()
        defer { frames = [] }
        return frames
    }

    /// The texts received since the last time.
    func takeTexts() -> [String] {
        takeFrames().filter { $0.opcode == 1 }.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    /// The code of the received Close frame, if any.
    var closeCode: UInt16? {
        read()
        guard let close = frames.last(where: { $0.opcode == 8 }) else { return nil }
        return close.payload.count >= 2
            ? UInt16(close.payload[0]) << 8 | UInt16(close.payload[1]) : 1005
    }

    func send(_ text: String) { send(1, Array(text.utf8)) }

    func send(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) {
        network.send(Self.frame(opcode, payload, isFinal: isFinal), on: socket)
    }

    /// Sends a text compressed, in frames that carry at most `pieceByteCount` bytes.
    func sendCompressed(_ text: String, pieceByteCount: Int = .max) {
        network.send(
            Self.fragments(1, deflate(Array(text.utf8)), pieceByteCount: pieceByteCount),
            on: socket)
    }

    /// The compressed form of a message.
    func deflate(_ message: [UInt8]) -> [UInt8] {
        if !keepsContext { deflater.reset() }
        return deflater.message(message)
    }

    /// A compressed message in frames of at most this many bytes of payload: RSV1 marks the first.
    static func fragments(
        _ opcode: UInt8, _ compressed: [UInt8], pieceByteCount: Int
    ) -> [UInt8] {
        var frames: [UInt8] = []
        var rest = compressed[...]
        repeat {
            let piece = Array(rest.prefix(pieceByteCount))
            rest = rest.dropFirst(pieceByteCount)
            let firstByte = frames.isEmpty ? opcode | 0x40 : 0
            frames += frame(firstByte, piece, isFinal: rest.isEmpty)
        } while !rest.isEmpty
        return frames
    }

    static func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        var frame = [opcode | (isFinal ? 0x80 : 0)]
        switch payload.count {
        case ..<126: frame.append(0x80 | UInt8(payload.count))
        case ..<65536:
            frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            frame.append(0x80 | 127)
            frame += stride(from: 56, through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: payload.count >> $0)
            }
        }
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return frame + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }
}
