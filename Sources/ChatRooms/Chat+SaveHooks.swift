// Saves the hooks, and reads them back. See `Chat+Restore.swift`.
import Storage

extension Chat {
    func saveHooks(_ out: inout StateWriter) {
        // In one order, so that the same chat is always the same bytes.
        let saved = hooks(after: 0, count: Hooks.limit)
        out.write(records: saved.count, saved) { out, hook in
            out.write(hook.number)
            out.write(name: hook.room)
            out.write(name: hook.name)
            out.write(hook.proof.bits)
            out.write(hook.at)
        }
    }

    mutating func restoreHooks(_ reader: inout StateReader) throws(StateError) {
        var last: Int64 = 0
        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            let number: Int64 = try reader.read()
            guard number > last else { throw .damaged }
            last = number
            var hook = Hook(
                room: try reader.readName(), name: try reader.readName(),
                proof: SessionProof(bits: try reader.read()), at: try reader.read())
            try reader.leaveRecord(record)
            hook.number = number
            guard Name.isWritable(hook.room), Name.isWritable(hook.name), hooks.add(hook) != nil
            else { throw .damaged }
        }
    }
}
