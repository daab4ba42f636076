// What programs send to a hook, as the JSON object that the chat reads.
import ChatRooms
import WebSocketServer

/// The forms in which other chats take such messages, so that their senders work here too.
enum HookBody {
    /// The message in a body of this type:
    /// - a JSON object with `text` or `attachments`, if the type says JSON, or if the body begins
    ///   with a brace;
    /// - the same in the field `payload` of a form, as Slack's older senders have it;
    /// - else the text itself, whatever type curl gives it.
    static func message(
        _ body: Span<UInt8>, type field: String?
    ) throws(RoomRefusal) -> [UInt8] {
        let type = mediaType(field ?? "")
        if type.hasPrefix("multipart/") {
            let payload = HookForm.payload(multipart: [UInt8](copying: body), type: field ?? "")
            guard let payload else {
                throw RoomRefusal(
                    .badRequest,
                    "Send the text, or a form whose \"payload\" is JSON: {\"text\":\"…\"}.")
            }
            guard let text = String(validating: payload, as: UTF8.self) else { throw notUTF8 }
            return try withText(Array(text.utf8))
        }
        guard let text = String(validating: [UInt8](copying: body), as: UTF8.self) else {
            throw notUTF8
        }
        if type == "application/json" || type.hasSuffix("+json") {
            return try withText(Array(text.utf8))
        }
        if type == "application/x-www-form-urlencoded", text.hasPrefix("payload=") {
            guard let payload = HookForm.payload(urlEncoded: text) else {
                throw RoomRefusal(.badRequest, "\"payload\" is not form-encoded UTF-8.")
            }
            return try withText(payload)
        }
        // "text/plain" is for texts that begin with a brace themselves.
        if type != "text/plain", text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            return try withText(Array(text.utf8))
        }
        return object(text)
    }

    private static var notUTF8: RoomRefusal {
        RoomRefusal(.badRequest, "The message is not UTF-8.")
    }

    /// Slack's senders may leave the text to attachments: then their plain texts are the text, each
    /// on a line of its own.
    private static func withText(_ json: [UInt8]) throws(RoomRefusal) -> [UInt8] {
        guard json.firstRange(of: Array("\"attachments\"".utf8)) != nil, let tree = JSONTree(json),
            tree["text"] == nil || tree["text"] == .null || tree["text"] == .string(""),
            let attachments = tree["attachments"]?.elements, !attachments.isEmpty
        else { return json }
        let texts = attachments.compactMap { attachment in
            ["fallback", "text"].lazy.compactMap { attachment[$0]?.string }.first { !$0.isEmpty }
        }
        guard !texts.isEmpty else {
            throw RoomRefusal(
                .badRequest,
                "\"text\" is missing, and the attachments have no \"fallback\" and no \"text\".")
        }
        return object(texts.joined(separator: "\n"), id: tree["id"]?.string)
    }

    /// `{"text":…}`, without the line ends that commands put behind what they print. The chat
    /// refuses what a message must not have.
    private static func object(_ text: String, id: String? = nil) -> [UInt8] {
        var bytes = Array(text.utf8)
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        var json = Array(#"{"text":"#.utf8) + quoted(bytes)
        if let id { json += Array(#","id":"#.utf8) + quoted(Array(id.utf8)) }
        return json + [UInt8(ascii: "}")]
    }

    /// A string of JSON that stands for just these bytes.
    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var json = [UInt8(ascii: "\"")]
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
            case 0x00..<0x10: json += Array("\\u000\(String(byte, radix: 16))".utf8)
            case 0x10..<0x20: json += Array("\\u00\(String(byte, radix: 16))".utf8)
            default: json.append(byte)
            }
        }
        return json + [UInt8(ascii: "\"")]
    }

    /// The type without its parameters (RFC 9110 §8.3.1).
    private static func mediaType(_ field: String) -> String {
        field.prefix { $0 != ";" }.trimmed.lowercased()
    }
}
