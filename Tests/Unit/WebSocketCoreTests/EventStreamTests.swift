// The format of Server-Sent Events, against a reader as the standard describes it.
import Storage
import Testing
import WireKit

@testable import WebSocketCore

@Suite struct EventStreamTests {
    private func event(_ text: String, id: String = "", name: String = "") -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.appendEvent(Array(text.utf8).span, id: Array(id.utf8).span, name: name)
        return [UInt8](copying: buffer.span)
    }

    private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(
        arguments: [
            ("{}", "", "", "a\r\ndata: {}\n\n\r\n"),
            ("", "", "", "8\r\ndata: \n\n\r\n"),
            ("x", "7-a", "", "11\r\nid: 7-a\ndata: x\n\n\r\n"),
            ("x", "", "reset", "16\r\nevent: reset\ndata: x\n\n\r\n"),
            ("a\nb", "", "", "11\r\ndata: a\ndata: b\n\n\r\n"),
            ("a\r\nb\rc\n", "", "", "20\r\ndata: a\ndata: b\ndata: c\ndata: \n\n\r\n"),
        ] as [(String, String, String, String)])
    func `An event is one chunk, and each line of its text a line of data`(
        text: String, id: String, name: String, expected: String
    ) {
        #expect(string(event(text, id: id, name: name)) == expected)
    }

    @Test func `No ID and no name can inject a field`() {
        let bytes = event("x", id: "1\ndata: y\r\n", name: "a\0\n\nb")
        let events = EventStreamReader(body: bytes).events
        #expect(events == [.init(name: "a   b", data: "x", id: "1 data: y  ")])
    }

    @Test func `Comments and reconnections are no events`() {
        var buffer = ByteBuffer()
        buffer.appendEventComment()
        buffer.appendReconnection(id: Array("42-x".utf8).span, afterMilliseconds: 1500)
        buffer.appendReconnection(id: Span(), afterMilliseconds: nil)
        buffer.appendLastChunk()
        let reader = EventStreamReader(body: [UInt8](copying: buffer.span))
        #expect(reader.events.isEmpty && reader.commentCount == 1 && reader.hasEnded)
        #expect(reader.lastEventID == "42-x" && reader.retry == 1500)
    }

    @Test(arguments: UInt64(1)...40)
    func `Whatever the text, its lines come back, and a log can be walked`(seed: UInt64) {
        var random = SeededRandom(seed)
        let alphabet: [Character] = ["a", ":", " ", "\n", "\r", "\r\n", "é", "0", "\u{2028}"]
        var log = ByteBuffer()
        var expected: [EventStreamReader.Event] = []
        var ends: [Int] = []
        for number in 0..<30 {
            let count = Int.random(in: 0...40, using: &random)
            let text = String((0..<count).map { _ in alphabet.randomElement(using: &random)! })
            let id = number % 3 == 0 ? "" : "\(number)-e"
            log.appendEvent(Array(text.utf8).span, id: Array(id.utf8).span)
            ends.append(log.count)
            // Bytes, since "\r\n" is one Character.
            let lines = Array(text.utf8).lines
            expected.append(
                .init(
                    data: lines.joined(separator: "\n"),
                    id: id.isEmpty ? expected.last?.id ?? "" : id))
        }
        #expect(EventStreamReader(body: [UInt8](copying: log.span)).events == expected)
        var position = 0
        for end in ends {
            let rest = log.span.extracting(position...)
            #expect(EventStream.chunkByteCount(rest) == end - position)
            #expect(EventStream.chunkByteCount(rest.extracting(0..<1)) == nil)
            position = end
        }
    }
}

extension [UInt8] {
    /// The lines, however they end.
    fileprivate var lines: [String] {
        var (lines, line) = ([String](), [UInt8]())
        for (index, byte) in enumerated() {
            if byte == 10, index > 0, self[index - 1] == 13 { continue }
            if byte == 10 || byte == 13 {
                lines.append(String(decoding: line, as: UTF8.self))
                line = []
            } else {
                line.append(byte)
            }
        }
        return lines + [String(decoding: line, as: UTF8.self)]
    }
}
