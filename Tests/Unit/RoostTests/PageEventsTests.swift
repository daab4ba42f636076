// Pages of history as event streams read them.
import Testing
import WebSocketServer

@testable import roost

@Suite struct PageEventsTests {
    private func events(_ page: String) -> PageEvents { PageEvents(Array(page.utf8).span) }

    @Test func `Messages come with their bytes and their places`() {
        // The text of a message may look like anything, the end of the page too.
        let first = #"{"type":"message","room":"a","offset":41,"text":"}],\"offset\":1,\\"}"#
        let second = #"{"type":"message","offset":42,"reactions":{"x":["ann",[1]]},"text":"é"}"#
        let page =
            #"{"type":"history","room":"a","epoch":"e1","offset":50,"messages":["#
            + #"\#(first),\#(second)]"#
            + #","more":true,"recovered":true}"#
        let found = events(page)
        let bytes = Array(page.utf8)
        #expect(
            found.messages.map { String(decoding: bytes[$0.range], as: UTF8.self) }
                == [first, second])
        #expect(found.messages.map(\.place.id) == ["41-e1", "42-e1"])
        #expect(found.newest.id == "50-e1" && found.room == #""a""#)
        #expect(found.isMore && found.isRecovered == true)
    }

    /// An entry names its epoch where it differs from the entry's before it, and the page that of
    /// its first entry where that is not its own.
    @Test func `Each message has the epoch of its own entry`() {
        let found = events(
            #"{"type":"history","room":"a","epoch":"c","first_epoch":"a","offset":9,"messages":["#
                + #"{"offset":6},{"offset":7,"epoch":"b"},{"offset":8},{"epoch":"c","offset":9}"#
                + #"],"more":false,"recovered":false}"#)
        #expect(found.messages.map(\.place.id) == ["6-a", "7-b", "8-b", "9-c"])
        #expect(found.newest.id == "9-c" && !found.isMore && found.isRecovered == false)
    }

    @Test func `A page without messages has a place`() {
        let found = events(
            #"{"type":"history","room":"a","epoch":"e","offset":0,"messages":[],"more":false}"#)
        #expect(found.messages.isEmpty && found.newest.id == "0-e" && found.isRecovered == nil)
    }

    @Test(
        arguments: [
            ("[]", []), ("[1]", ["1"]),
            (
                #"["a,b","\"]",{},[[]],-1.5e3,true]"#,
                [
                    #""a,b""#, #""\"]""#, "{}", "[[]]", "-1.5e3", "true",
                ]
            ),
            (
                #"{"a":1,"\"":{"b":[{"c":"}"}]},"":null}"#,
                ["a=1", #"\"={"b":[{"c":"}"}]}"#, "=null"]
            ),
        ] as [(String, [String])])
    func `Pieces are found by where they stand`(text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        var pieces = JSONPieces(bytes.span, at: 0)
        var found: [String] = []
        while let (key, value) = pieces.next(in: bytes.span) {
            let isMember = text.hasPrefix("{")
            found.append(
                (isMember ? bytes.span.text(key) + "=" : "") + bytes.span.text(value))
        }
        #expect(found == expected)
    }
}
