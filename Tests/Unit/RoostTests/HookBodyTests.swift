// What programs send to a hook, and in which path.
import Foundation
import TestSupport
import Testing
import WebSocketServer

@testable import roost

@Suite struct HookBodyTests {
    /// The JSON that the chat gets, or the code of the refusal.
    private func message(_ body: [UInt8], _ type: String?) -> String {
        do {
            return String(decoding: try HookBody.message(body.span, type: type), as: UTF8.self)
        } catch {
            return "\(error.answer.error!.name)"
        }
    }

    /// What `curl -F` makes of these fields.
    private static func parts(_ fields: (name: String, value: String)...) -> String {
        fields.map {
            "--x\r\nContent-Disposition: form-data; name=\"\($0.name)\"\r\n\r\n\($0.value)\r\n"
        }.joined() + "--x--\r\n"
    }

    private static let multipart = "multipart/form-data; boundary=x"

    private func text(_ body: String, _ type: String?) -> String? {
        let json = Data(message(Array(body.utf8), type).utf8)
        let object = try? JSONSerialization.jsonObject(with: json) as? [String: Any]
        return object?["text"] as? String
    }

    private static let form = "application/x-www-form-urlencoded"

    @Test(
        arguments: [
            // What `curl -d` sends.
            ("deployed", form, "deployed"), ("a=b&c=%20+d", form, "a=b&c=%20+d"),
            ("payload", form, "payload"), ("load: 100 %", form, "load: 100 %"),
            // What a pipe ends with.
            ("one\ntwo\n", nil, "one\ntwo"), ("one\r\n\r\n", "text/plain", "one"),
            ("\n\n", nil, ""),
            ("", nil, ""), ("  indented", nil, "  indented"),
            (#"a "quoted" \ text"#, nil, #"a "quoted" \ text"#), ("tab\there", nil, "tab\there"),
            ("héllo 👋🏽", "text/plain; charset=utf-8", "héllo 👋🏽"),
            ("\u{1}\u{1F}", nil, "\u{1}\u{1F}"),
            // A text with a brace in front is JSON, unless its type says that it is a text.
            ("{ not JSON", "text/plain", "{ not JSON"), (#"["text"]"#, nil, #"["text"]"#),
            // Slack's forms.
            (#"{"text":"a"}"#, nil, "a"), (#"{"text":"a"}"#, form, "a"),
            (#" {"text":"a"}"#, "APPLICATION/JSON", "a"),
            (#"{"text":"a"}"#, "application/json; charset=utf-8", "a"),
            (#"{"text":"a"}"#, "application/vnd.thing+json", "a"),
            ("payload=%7B%22text%22%3A%22a%20%26+b%2B%22%7D", form, "a & b+"),
            ("payload={\"text\":\"a\"}&x=y", form + ";charset=utf-8", "a"),
            ("payload={\"text\":\"a\"}", "text/plain", "payload={\"text\":\"a\"}"),
            // What `curl -F payload=…` sends, and others with more fields.
            (parts(("payload", #"{"text":"a"}"#)), multipart, "a"),
            (
                parts(("file", "{}\r\n--y"), ("payload", #"{"text":"a\nb"}"#)),
                #"Multipart/Form-Data; charset=utf-8; Boundary="x""#, "a\nb"
            ),
            // Slack's links stay as they are.
            (#"{"text":"<https://example.org|link>"}"#, nil, "<https://example.org|link>"),
            // A message whose text is in its attachments.
            (#"{"attachments":[{"fallback":"a","text":"b"},{"text":"c"},7]}"#, nil, "a\nc"),
            (#"{"text":"","attachments":[{"fallback":"","text":"\"b\""}]}"#, nil, #""b""#),
            (#"{"text":"a","attachments":[{"text":"b"}]}"#, nil, "a"),
        ] as [(String, String?, String)])
    func `A message comes in any of these forms`(_ body: String, _ type: String?, _ said: String) {
        #expect(text(body, type) == said)
    }

    @Test func `An id stays with the text of attachments`() {
        let sent = #"{"attachments":[{"text":"a"}],"id":"\u0037\""}"#
        #expect(message(Array(sent.utf8), nil) == #"{"text":"a","id":"7\""}"#)
    }

    @Test(
        arguments: [
            ([0x61, 0xFF], nil), ([0x7B, 0xC3], "application/json"),
            ([0xED, 0xA0, 0x80], "text/plain"),
            (Array("payload=%".utf8), form), (Array("payload=%FF".utf8), form),
            (Array("--x\r\n".utf8), multipart), (Array(parts(("text", "a")).utf8), multipart),
            (Array(parts(("payload", "{}")).utf8), "multipart/form-data"),
            (Array(parts(("payload", "{}")).utf8.dropLast(7)), multipart),
            (Array(parts(("payload", "z")).utf8).map { $0 == 0x7A ? 0xFF : $0 }, multipart),
            (Array(#"{"attachments":[{"title":"a"}]}"#.utf8), nil),
        ] as [([UInt8], String?)])
    func `What cannot be read is refused`(_ body: [UInt8], _ type: String?) {
        #expect(message(body, type) == "bad_request")
    }

    /// Whatever is sent, the chat gets one text of JSON or nothing, and a text is itself.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func `Every text arrives as it is, and no bytes trap`(_ seed: UInt64) {
        var random = Seeded(seed)
        let types = [
            "multipart/x; boundary=p", nil, "", ";", "text/plain", Self.form, "application/json",
        ]
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                [UInt8](#"{}"\%+&= payload"#.utf8).randomElement(using: &random)!
            }
            _ = message(bytes, types.randomElement(using: &random)!)
            _ = message(
                bytes.map { $0 ^ (UInt8.random(in: 0...9, using: &random) == 0 ? 0x80 : 0) },
                types.randomElement(using: &random)!)
            var scalars = String.UnicodeScalarView()
            for _ in 0..<20 {
                scalars.append(Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &random))!)
            }
            let sent = String(scalars) + "."
            #expect(text(sent, "text/plain").map { Array($0.utf8) } == Array(sent.utf8))
        }
    }

    @Test(
        arguments: [
            ("/hooks/abc", "abc"), ("/hooks/a%2Fb", "a%2Fb"), ("/hooks/a-_.~", "a-_.~"),
            ("/hooks/", nil), ("/hooks", nil), ("/hooks/a/b", nil), ("/hooks//a", nil),
            ("/hooks/a/", nil), ("/Hooks/a", nil), ("/hook/a", nil), ("hooks/a", nil), ("", nil),
        ] as [(String, String?)])
    func `A hook's path has its token and nothing else`(_ path: String, _ token: String?) {
        #expect(HookRequest(path)?.token == token)
    }
}
