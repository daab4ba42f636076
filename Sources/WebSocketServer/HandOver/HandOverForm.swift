// The version of the state, and who can read it. ARCHITECTURE ("Versions share the state") has the
// rules for whoever changes what is written.
import Storage

/// The form in which a server writes its state, and the forms that it reads. A program has the one
/// form of ``current``; tests make up others, as of later versions.
package struct HandOverForm: Sendable {
    /// The version of what is written.
    package var version: UInt16
    /// The lowest version of a program that may read it: a reader skips what it does not know, and
    /// below this version that would be wrong.
    package var minimumReaderVersion: UInt16
    /// The lowest version of a state that this program reads.
    package var oldestReadableVersion: UInt16
    /// In tests, what a later version has at the end of each record.
    package var surplus: [UInt8] = []

    /// That of this program.
    package static let current = HandOverForm(
        version: 7, minimumReaderVersion: 7, oldestReadableVersion: 7
    ).changed(as: .current)

    package init(
        version: UInt16, minimumReaderVersion: UInt16, oldestReadableVersion: UInt16,
        surplus: [UInt8] = []
    ) {
        self.version = version
        self.minimumReaderVersion = minimumReaderVersion
        self.oldestReadableVersion = oldestReadableVersion
        self.surplus = surplus
    }

    private func changed(as later: LaterVersion?) -> HandOverForm {
        guard let later else { return self }
        var form = self
        form.version += 1
        form.surplus = Array("later".utf8)
        if later == .form { form.minimumReaderVersion = form.version }
        return form
    }

    /// Writes the head, before everything else.
    func saveHead(to writer: inout StateWriter) {
        writer.write(version)
        writer.write(minimumReaderVersion)
    }

    /// Reads the head, and returns the version of the state; throws if this program cannot read it.
    func restoreHead(from reader: inout StateReader) throws(StateError) -> UInt16 {
        let written: UInt16 = try reader.read()
        guard written >= oldestReadableVersion else {
            throw StateError(
                "the state has version \(written), and this program reads version "
                    + "\(oldestReadableVersion) and later ones")
        }
        let least: UInt16 = try reader.read()
        guard version >= least else {
            throw StateError(
                "the state has version \(written), which programs read from version \(least) on, "
                    + "and this program has version \(version)")
        }
        return written
    }
}
