// Typed access to a command's fields. An optional field that is `null` counts as absent.

extension CommandFields {
    /// A string that may be absent.
    @inline(__always)
    func string(ifPresent field: Field) throws(CommandError) -> JSONValue? {
        let value = self[field]
        switch value.kind {
        case .string: return value
        case .missing, .null: return nil
        default: throw CommandError(field, "must be a string.")
        }
    }

    @inline(__always)
    func string(_ field: Field) throws(CommandError) -> JSONValue {
        guard let value = try string(ifPresent: field) else {
            throw CommandError(field, "is missing.")
        }
        return value
    }

    func bool(_ field: Field, default standard: Bool) throws(CommandError) -> Bool {
        switch self[field].kind {
        case .true: true
        case .false: false
        case .missing, .null: standard
        default: throw CommandError(field, "must be true or false.")
        }
    }

    /// A whole number from 0 up that may be absent.
    func number(ifPresent field: Field, _ bytes: Span<UInt8>) throws(CommandError) -> Int? {
        let value = self[field]
        switch value.kind {
        case .missing, .null: return nil
        case .number:
            if let number = value.integer(in: bytes), number >= 0 {
                return number
            }
            fallthrough
        default: throw CommandError(field, "must be a whole number, 0 or more.")
        }
    }

    /// How many messages the client wants: 50 by default, and at most 200.
    func messageLimit(_ bytes: Span<UInt8>) throws(CommandError) -> Int {
        min(try number(ifPresent: .limit, bytes) ?? 50, Chat.pageMessageLimit)
    }

    /// The client's position in a room; nil if it gives none.
    func since(_ bytes: Span<UInt8>) throws(CommandError) -> (epoch: Epoch?, offset: Int)? {
        let value = self[.since]
        switch value.kind {
        case .missing, .null: return nil
        case .object: break
        default: throw CommandError(.since, "must be an object with epoch and offset.")
        }
        let part = bytes.extracting(value.range)
        var fields = CommandFields()
        if case .duplicate(let field) = fields.read(part) {
            throw CommandError(field, "stands there twice.")
        }
        let epoch = try fields.string(.epoch)
        guard let offset = try fields.number(ifPresent: .offset, part) else {
            throw CommandError(.offset, "is missing.")
        }
        return (Epoch(epoch.textBytes(in: part)), offset)
    }
}
