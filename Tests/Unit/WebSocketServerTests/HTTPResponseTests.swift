// The answers that are made in one word.
import Testing
import WebSocketServer

@Suite struct HTTPResponseTests {
    private func kind(_ response: HTTPResponse) -> [String] {
        response.headers.map { "\($0.0): \($0.1)" }
    }

    @Test func `A page is HTML in UTF-8, byte for byte`() {
        let page = Array("<!doctype html><p>\u{E4}".utf8)
        let response = HTTPResponse.html(.ok, page)
        #expect(response.status == .ok && response.body == page)
        #expect(kind(response) == ["Content-Type: text/html; charset=utf-8"])
    }

    @Test func `A sentence is plain text, as a line`() {
        let response = HTTPResponse.text(.notFound, "Nothing.")
        #expect(response.status == .notFound && response.body == Array("Nothing.\n".utf8))
        #expect(kind(response) == ["Content-Type: text/plain; charset=utf-8"])
    }
}
