// Files that root reads for a running server: the body of a reload.
import Storage

/// Credentials by their names, as `roost reload` sends them. Bytes and no descriptors: the loop
/// receives them like any other request, and the kernel says that root has sent them.
enum SuppliedFiles {
    /// As much as the body of a request may have, in base64.
    static let byteLimit = 47 * 1024

    /// The body with these files.
    static func text(_ files: [String: [UInt8]]) -> String {
        var object = JSONText()
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            object.add(name, Base64URL.encode(bytes))
        }
        var body = JSONText()
        body.add("files", object)
        return body.text
    }

    /// The files of such a body; nil if it is none. It is read as ``text(_:)`` writes it, and not
    /// by way of strings: those cannot be overwritten. ``wipe(_:)`` the files after their use.
    static func read(_ body: Span<UInt8>) -> [String: [UInt8]]? {
        var position = 0
        guard takes(#"{"files":{"#, body, &position) else { return nil }
        var files: [String: [UInt8]] = [:]
        while !takes("}}", body, &position) {
            guard files.isEmpty || takes(",", body, &position), takes("\"", body, &position),
                let name = upToQuote(body, &position), takes(":\"", body, &position),
                let digits = upToQuote(body, &position),
                let bytes = Base64URL.decode(digits: body.extracting(digits))
            else {
                wipe(&files)
                return nil
            }
            files[String(copying: body.extracting(name))] = bytes
        }
        guard position == body.count else {
            wipe(&files)
            return nil
        }
        return files
    }

    /// Overwrites the files: keys are among them.
    static func wipe(_ files: inout [String: [UInt8]]) {
        // An array of its own, so that nothing else holds the dictionary while it changes.
        for name in Array(files.keys) { files[name]?.wipe() }
        files = [:]
    }

    /// Whether these bytes come next; then they are passed.
    private static func takes(
        _ text: String, _ body: Span<UInt8>, _ position: inout Int
    ) -> Bool {
        var end = position
        for byte in text.utf8 {
            guard end < body.count, body[end] == byte else { return false }
            end += 1
        }
        position = end
        return true
    }

    /// What stands before the next quotation mark, which is passed, too.
    private static func upToQuote(_ body: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
        let start = position
        while position < body.count {
            position += 1
            if body[position - 1] == UInt8(ascii: "\"") { return start..<position - 1 }
        }
        return nil
    }
}
