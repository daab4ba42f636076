// What programs send to a hook, as the JSON object that the chat reads.
import ChatRooms
import WebSocketServer

/// The three forms in which other chats take such messages, so that their senders work here too.
enum HookBody {
    /// The message in a body of this type:
    /// - a JSON object with `text`, if the type says JSON, or if the body begins with a brace;
    /// - the same in the field `payload` of a form, as Slack's older senders have it;
    /// - else the text itself, whatever type curl gives it.
    static func message(
        _ body: Span<UInt8>, type field: String?
    ) throws(RoomRefusal) -> [UInt8] {
        let type = mediaType(field ?? "")
        if type.hasPrefix("multipart/") {
            throw RoomRefusal(.badRequest, "Send the text itself, or JSON like {\"text\":\"…\"}.")
        }
        guard let text = String(validating: [UInt8](copying: body), as: UTF8.self) else {
            throw RoomRefusal(.badRequest, "The message is not UTF-8.")
        }
        if type == "application/json" || type.hasSuffix("+json") { return Array(text.utf8) }
        if type == "application/x-www-form-urlencoded", text.hasPrefix("payload=") {
            return try payload(text.dropFirst("payload=".count))
        }
        // "text/plain" is for texts that begin with a brace themselves.
        if type != "text/plain", text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            return Array(text.utf8)
        }
        return object(text)
    }

    private static func payload(_ form: Substring) throws(RoomRefusal) -> [UInt8] {
        let space = UInt8(ascii: " ")
        let value = form.utf8.prefix { $0 != UInt8(ascii: "&") }.map {
            $0 == UInt8(ascii: "+") ? space : $0
        }
        guard let json = RequestHead.percentDecoded(String(decoding: value, as: UTF8.self)) else {
            throw RoomRefusal(.badRequest, "\"payload\" is not form-encoded UTF-8.")
        }
        return Array(json.utf8)
    }

    /// `{"text":…}`, without the line ends that commands put behind what they print. The chat
    /// refuses what a message must not have.
    private static func object(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        var json = Array(#"{"text":""#.utf8)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
            case 0x00..<0x10: json += Array("\\u000\(String(byte, radix: 16))".utf8)
            case 0x10..<0x20: json += Array("\\u00\(String(byte, radix: 16))".utf8)
            default: json.append(byte)
            }
        }
        return json + Array(#""}"#.utf8)
    }

    /// The type without its parameters (RFC 9110 §8.3.1).
    private static func mediaType(_ field: String) -> String {
        field.prefix { $0 != ";" }.trimmed.lowercased()
    }
}
