// Files that root reads for a running server: the body of a reload.

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

    /// The files of a body; nil if it is none.
    static func read(_ body: String) -> [String: [UInt8]]? {
        guard case .object(let members)? = JSONTree(body)?["files"] else { return nil }
        var files: [String: [UInt8]] = [:]
        for member in members {
            guard let bytes = member.value.string.flatMap({ Base64URL.decode($0) }) else {
                return nil
            }
            files[member.name] = bytes
        }
        return files
    }
}
