// What is wrong with a database, as far as its files show it, and what to type. Computed from facts
// alone.
import ChatDatabase
import CommandLineOptions

/// What keeps a server from its database, or will at its next start.
struct DatabaseDiagnosis: Equatable {
    /// What the log beside the file takes, unless somebody reads for long.
    static let logByteCount = 8 << 20

    /// One sentence for each thing that a person has to mend; none if nothing is wrong.
    let problems: [String]

    /// Looks for what is wrong. `byteLimit` is what the server keeps the database below, if it is
    /// known; else the default.
    init(_ facts: DatabaseFacts, byteLimit: Int?) {
        var problems: [String] = []
        if let problem = facts.problem { problems.append("\(problem)") }
        if let file = facts.files.first, file.path == facts.path, !file.isRegular {
            problems.append("\(DatabaseError(.noPlace, facts.path))")
        }
        if facts.isFileSystemReadOnly {
            problems.append(
                "the file system of \(facts.path) can only be read: look at why "
                    + "(journalctl -k, findmnt -T \(Self.quoted(facts.path)))")
        }
        problems += Self.rights(facts)
        if let sentence = Self.space(facts, byteLimit) { problems.append(sentence) }
        self.problems = problems
    }

    /// What the server's user cannot write. Its process says which user that is, else the folder:
    /// systemd gives it to the user of the unit.
    private static func rights(_ facts: DatabaseFacts) -> [String] {
        guard let folder = facts.folder, (facts.server ?? folder.owner) != 0 else { return [] }
        let user = facts.server ?? folder.owner
        let name = SystemUser.name(ofUser: user)
        let strange = ([folder] + facts.files).filter {
            // Perhaps the user is in the group: nobody is accused without need.
            $0.owner != user && $0.mode & 0o022 == 0
        }
        var sentences: [String] = []
        if let first = strange.first {
            let list = strange.map { quoted($0.path) }.joined(separator: " ")
            sentences.append(
                "\(first.path) belongs to \(SystemUser.name(ofUser: first.owner)), and the server "
                    + "runs as \(name), which cannot write it: chown \(name) \(list)")
        }
        let closed = facts.files.filter { $0.owner == user && $0.mode & 0o200 == 0 }
        if let first = closed.first {
            let list = closed.map { quoted($0.path) }.joined(separator: " ")
            sentences.append("\(first.path) cannot be written by \(name): chmod u+w \(list)")
        }
        if folder.owner == user, folder.mode & 0o300 != 0o300 {
            sentences.append(
                "\(name) can make no files in \(folder.path): chmod u+rwx \(quoted(folder.path))")
        }
        return sentences
    }

    /// Whether the database can grow up to its limit.
    private static func space(_ facts: DatabaseFacts, _ byteLimit: Int?) -> String? {
        guard let free = facts.freeByteCount, let all = facts.fileSystemByteCount,
            facts.files.first?.path == facts.path
        else { return nil }
        let limit = byteLimit ?? DatabaseOptions.Retention.defaultByteCount(ofFileSystem: all)
        let present = facts.files.reduce(0) { $0 + $1.byteCount }
        let missing = limit + logByteCount - present
        guard free < missing else { return nil }
        return
            "the file system of \(facts.path) has \(Figures.bytes(free)) free, and the database may "
            + "take \(Figures.bytes(missing)) more, up to the \(Figures.bytes(limit)) of "
            + "history-size: make space there, or lower history-size"
    }

    /// The path for a shell.
    static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case 0x2B...0x3A, 0x40...0x5A, 0x5F, 0x61...0x7A: byte != 0x2C
            default: false
            }
        }
        return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }
}
