// Readers that poll: their requests, how they read responses, when they ask again.
import Foundation
import Testing

@testable import bench

@Suite struct PollingTests {
    private static let stamps = (0..<3).map {
        Stamp(due: UInt64(64 * (1000 + $0)), sender: 7, sequence: UInt32($0))
    }
    private static let payload = Payload(byteCount: 32, run: 9)

    /// A response of the server with some of the stamps as messages.
    private static func answer(
        _ stamps: [Stamp], offset: Int, more: Bool, status: Int = 200, run: UInt16 = 9
    ) -> [UInt8] {
        let messages = stamps.enumerated().map { index, stamp in
            var text: [UInt8] = []
            Payload(byteCount: 32, run: run).append(stamp, to: &text)
            return
                #"{"offset":\#(offset + index + 1),"text":"\#(String(decoding: text, as: UTF8.self))"}"#
        }
        let body =
            #"{"epoch":"e","offset":\#(offset),"more":\#(more),"messages":[\#(messages.joined(separator: ","))]}"#
        return Array(
            "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }

    @Test func `Responses are complete however they arrive, one after another`() throws {
        let first = Self.answer(Self.stamps, offset: 40, more: true)
        let second = Self.answer([], offset: 43, more: false)
        let bytes = first + second
        for size in [1, 2, 7, 64, first.count - 1, first.count] {
            var exchange = HTTPExchange()
            var answers: [HTTPExchange.Answer] = []
            var start = 0
            while start < bytes.count {
                // No request is sent before the response to the last: one read never has parts of
                // two.
                let end = min(start + size, start < first.count ? first.count : bytes.count)
                let part = Array(bytes[start..<end])
                if let answer = try exchange.take(part.span, Self.payload) {
                    answers.append(answer)
                }
                start = end
            }
            #expect(
                answers == [
                    .init(
                        status: 200, offset: 43, stamps: Self.stamps, isIntact: true,
                        isLast: false),
                    .init(status: 200, offset: 43, stamps: [], isIntact: true, isLast: true),
                ], "in parts of \(size)")
        }
    }

    @Test func `Messages of another run are not taken for this one's`() throws {
        var exchange = HTTPExchange()
        let answer = try exchange.take(
            Self.answer(Self.stamps, offset: 1, more: false, run: 8).span, Self.payload)
        #expect(answer?.stamps.isEmpty == true && answer?.offset == 4)
        // Nobody else talks in a room of this run.
        #expect(answer?.isIntact == false)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "SSH-2.0\r\n\r\n",
    ])
    func `A response without a known length is malformed`(text: String) {
        var exchange = HTTPExchange()
        #expect(throws: HTTPExchange.Malformed.self) {
            try exchange.take(Array(text.utf8).span, Self.payload)
        }
    }

    @Test func `A request asks after the last offset, and waits only if asked to`() {
        func text(_ offset: Int?, _ wait: Double?) -> String {
            let request = HTTPExchange.request(room: "r", host: "h:1", after: offset, waiting: wait)
            return String(decoding: request, as: UTF8.self)
        }
        #expect(text(nil, 30).hasPrefix("GET /rooms/r/messages?limit=1 HTTP/1.1\r\nHost: h:1\r\n"))
        #expect(text(41, nil).hasPrefix("GET /rooms/r/messages?after=41&limit=200 HTTP/1.1"))
        #expect(text(41, 30).hasPrefix("GET /rooms/r/messages?after=41&limit=200&wait=30 HTTP/1.1"))
    }

    @Test func `A polling reader keeps its interval however long a response takes`() {
        let second: UInt64 = 1_000_000_000
        var reader = PollingReader()
        reader.begin(.every(3), at: 100 * second, share: 0.5)
        #expect(!reader.isDue(101 * second + second / 2 - 1))
        #expect(reader.isDue(101 * second + second / 2))
        // With more messages: at once. Then at the next multiple of the interval.
        let late = 109 * second
        reader.answered(.every(3), isLast: false, late, isDraining: false)
        #expect(reader.isDue(late))
        reader.answered(.every(3), isLast: true, late, isDraining: false)
        #expect(!reader.isDue(late) && reader.isDue(110 * second + second / 2))
        // When draining no reader waits until it is due.
        reader.answered(.every(3), isLast: true, late, isDraining: true)
        #expect(reader.isDue(late + second / 5))
        reader.isAsking = true
        #expect(!reader.isDue(.max))
    }

    @Test func `Fields are found after their names`() {
        let text = #"{"offset":12,"x":[{"offset":3},{"offset":},{"off":4}],"offset":567"#
        let bytes = Array(text.utf8)
        let key = Array(#""offset":"#.utf8)
        #expect(bytes.span.numbers(after: key) == [12, 3, 567])
        #expect(bytes.span.number(after: key) == 12)
        #expect(bytes.span.number(after: Array(#""y":"#.utf8)) == nil)
        #expect(text.field("x") == nil)
        #expect(#"{"a":"b","session":"s1"}"#.field("session") == "s1")
    }
}
