// Response heads and dates, to the byte.

import Testing

@testable import WebSocketCore

@Suite struct ResponseTests {
    private func written(_ head: ResponseHead) -> String {
        var output = ByteBuffer()
        head.append(to: &output)
        return text(output)
    }

    @Test func heads() {
        #expect(
            written(ResponseHead(.ok, headers: [("Content-Type", "text/html")], body: .length(12)))
                == "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\(guards)Content-Length: 12\r\n"
                + "Connection: keep-alive\r\n\r\n")
        #expect(
            written(ResponseHead(.ok, body: .chunked, date: "D"))
                == "HTTP/1.1 200 OK\r\nDate: D\r\n\(guards)Transfer-Encoding: chunked\r\n"
                + "Connection: keep-alive\r\n\r\n")
        #expect(
            written(ResponseHead(.ok, body: .untilClose, keepsAlive: false))
                == "HTTP/1.1 200 OK\r\n\(guards)Connection: close\r\n\r\n")
        #expect(
            written(ResponseHead(.noContent, body: .length(3)))
                == "HTTP/1.1 204 No Content\r\n\(guards)Connection: keep-alive\r\n\r\n")
        #expect(
            written(ResponseHead(HTTPStatus(rawValue: 299), body: .length(0)))
                == "HTTP/1.1 299 \r\n\(guards)Content-Length: 0\r\n"
                + "Connection: keep-alive\r\n\r\n")
    }

    private let guards =
        "X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\n"

    /// A response may name them itself, as one for pages of others does; interim ones need none.
    @Test func aResponseMayChangeItsGuards() {
        let open = written(
            ResponseHead(.ok, headers: [("cross-origin-resource-policy", "cross-origin")]))
        #expect(
            open == "HTTP/1.1 200 OK\r\ncross-origin-resource-policy: cross-origin\r\n"
                + "X-Content-Type-Options: nosniff\r\nContent-Length: 0\r\n"
                + "Connection: keep-alive\r\n\r\n")
        let same = written(ResponseHead(.ok, headers: [("X-Content-Type-Options", "nosniff")]))
        #expect(same.ranges(of: "nosniff").count == 1 && same.contains("same-origin"))
        #expect(!written(ResponseHead(HTTPStatus(rawValue: 103))).contains("nosniff"))
    }

    @Test func noValueCanEndItsLine() {
        let head = ResponseHead(.ok, headers: [("X", "a\r\nSet-Cookie: b\n\u{0}\t\u{7f}é")])
        #expect(
            written(head).hasPrefix("HTTP/1.1 200 OK\r\nX: a  Set-Cookie: b  \t é\r\nX-Content-"))
    }

    @Test func chunkSizes() {
        var output = ByteBuffer()
        for count in [1, 15, 16, 255, 256, 4096] {
            output.removeAll()
            let bytes = [UInt8](repeating: 0x61, count: count)
            output.appendChunk(bytes.span)
            let expected = String(count, radix: 16) + "\r\n" + String(repeating: "a", count: count)
            #expect(text(output) == expected + "\r\n")
        }
        output.removeAll()
        output.appendChunk(Span())
        #expect(output.count == 0, "an empty chunk would be the last")
        output.appendLastChunk()
        #expect(text(output) == "0\r\n\r\n")
    }

    @Test func everyNamedStatusHasAPhrase() {
        for code in [
            101, 200, 201, 202, 204, 301, 304, 400, 403, 404, 405, 413, 414, 426, 429, 431,
        ] {
            #expect(HTTPStatus(rawValue: UInt16(code)).reasonPhrase.utf8CodeUnitCount > 0)
        }
        #expect(HTTPStatus.serviceUnavailable.description == "503 Service Unavailable")
    }
}

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
        (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 GMT"),
        (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-5, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (Int.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func knownDates(seconds: Int, expected: String) {
        #expect(HTTPDate.format(secondsSince1970: seconds) == expected)
    }

    /// A calendar that counts day by day.
    @Test func everyDayUntil2420() {
        var (year, month, day) = (1970, 1, 1)
        for dayNumber in 0..<164_359 {
            let date = HTTPDate.date(dayNumber: dayNumber)
            if date != (year, month, day) {
                Issue.record("day \(dayNumber) is \(year)-\(month)-\(day), not \(date)")
                return
            }
            let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(year == 2420)
    }
}
