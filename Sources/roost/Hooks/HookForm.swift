// Finds what a program posts as a form: the field `payload`, in either of the two encodings.
import WebSocketServer

enum HookForm {
    /// The field in `application/x-www-form-urlencoded`, where it must be the first; nil if it is
    /// not, or if it is not UTF-8.
    static func payload(urlEncoded form: String) -> [UInt8]? {
        guard form.hasPrefix("payload=") else { return nil }
        let space = UInt8(ascii: " ")
        let value = form.dropFirst("payload=".count).utf8.prefix { $0 != UInt8(ascii: "&") }.map {
            $0 == UInt8(ascii: "+") ? space : $0
        }
        return RequestHead.percentDecoded(String(decoding: value, as: UTF8.self)).map {
            Array($0.utf8)
        }
    }

    /// The field in `multipart/form-data` (RFC 7578), wherever it stands; nil if there is none.
    /// `type` is the whole Content-Type.
    static func payload(multipart body: [UInt8], type: String) -> [UInt8]? {
        guard let boundary = parameters(type).first(where: { $0.name == "boundary" })?.value,
            1...70 ~= boundary.utf8.count
        else { return nil }
        let delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter has no line in front.
        var rest = (Array("\r\n".utf8) + body)[...]
        while let begin = rest.firstRange(of: delimiter) {
            rest = rest[begin.upperBound...]
            guard let end = rest.firstRange(of: delimiter)?.lowerBound,
                let head = rest.firstRange(of: Array("\r\n\r\n".utf8)), head.upperBound <= end
            else { continue }
            if isPayload(String(decoding: rest[..<head.lowerBound], as: UTF8.self)) {
                return Array(rest[head.upperBound..<end])
            }
        }
        return nil
    }

    private static func isPayload(_ head: String) -> Bool {
        head.split(whereSeparator: \.isNewline).contains { line in
            line.lowercased().hasPrefix("content-disposition:")
                && parameters(String(line)).contains { $0 == ("name", "payload") }
        }
    }

    /// `name=value` behind the first semicolon and each further one (RFC 9110 §5.6.6). A value
    /// with a semicolon in it is cut there: no field that is looked for has one.
    private static func parameters(_ field: String) -> [(name: String, value: String)] {
        field.split(separator: ";").dropFirst().compactMap { part in
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { return nil }
            var value = halves[1].trimmed
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = value.dropFirst().dropLast()
            }
            return (halves[0].trimmed.lowercased(), String(value))
        }
    }
}
