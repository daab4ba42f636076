// A decoder of bodies and a request's head as plain data, to hand them over to another process in
// the middle of a request.
import Storage

extension BodyDecoder {
    /// Writes the decoder. Together with the body so far and the bytes not consumed yet, it lets
    /// another one continue where this one is.
    package func save(to writer: inout StateWriter) {
        writer.write(state.rawValue)
        writer.write(Int64(remaining))
        writer.write(overhead)
        writer.write(sizeDigitCount)
    }

    /// Reads what ``save(to:)`` wrote.
    package init(from reader: inout StateReader) throws(StateError) {
        self.init(.none)
        guard let state = State(rawValue: try reader.read()) else {
            throw StateError("a body's decoder is damaged")
        }
        self.state = state
        remaining = try reader.readCount()
        overhead = try reader.read()
        sizeDigitCount = try reader.read()
        // A size of 15 digits cannot overflow, and has no more bits than its digits.
        let isSize = state == .size || state == .sizeDigits
        guard sizeDigitCount <= 15, overhead <= Self.overheadLimit + 1,
            remaining < 1 << (isSize ? 4 * Int(sizeDigitCount) : 60)
        else { throw StateError("a body's decoder is damaged") }
    }
}

extension RequestHead {
    /// Writes the bytes as they were received.
    package func save(to writer: inout StateWriter) { writer.write(bytes.span) }

    /// Reads what ``save(to:)`` wrote. It is checked as a client's bytes are.
    package init(from reader: inout StateReader) throws(StateError) {
        let bytes = try reader.readBytes()
        var parser = RequestHeadParser()
        guard bytes.count < UInt32.max,
            parser.parse(bytes.span, limit: Int(UInt32.max)) == .complete(byteCount: bytes.count)
        else { throw StateError("what was saved is no request's head") }
        self.init(parsing: bytes.span)
    }
}
