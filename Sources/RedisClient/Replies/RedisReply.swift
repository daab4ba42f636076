// A received value: a view of the bytes where they lie.
import Storage

/// A value that Redis has sent: a view of the received bytes, without a copy.
///
/// It cannot outlive the call that it is passed to; the compiler enforces that. To keep it, copy
/// what is needed of it. Properties that its type does not have are nil, so that a value can be
/// asked for what is expected of it.
public struct RedisReply: ~Escapable {
    /// The type; an attribute is never one, see ``attributes``.
    package let type: ReplyType
    /// Whether it is a null, of RESP3 or of RESP2.
    public let isNull: Bool
    /// The bytes of a string, an error or a number as they were sent, without their framing and
    /// the format of a verbatim string. Of an aggregate the bytes of all its values.
    public let bytes: Span<UInt8>
    /// The format of a verbatim string, such as `txt` or `mkd`; otherwise empty.
    public let format: Span<UInt8>
    private let valueCount: Int
    private let attributeBytes: Span<UInt8>
    private let attributeCount: Int

    /// A view of exactly the bytes that ``ReplyScanner`` has found to be one reply, or of one value
    /// among them. Other bytes are a bug of the caller and end the process.
    @_lifetime(copy value)
    package init(_ value: Span<UInt8>) {
        var position = 0
        var header = ReplyHeader(checked: value, at: 0)
        var attributes = 0..<0
        var attributeCount = 0
        while header.type == .attribute {
            position = value.endOfValues(header.valueCount, from: header.end)
            // Of several in a row the last one is the nearest.
            attributes = header.end..<position
            attributeCount = header.valueCount
            header = ReplyHeader(checked: value, at: position)
        }
        attributeBytes = value.extracting(attributes)
        self.attributeCount = attributeCount
        type = header.type
        isNull = header.isNull
        valueCount = header.valueCount
        let isVerbatim = header.type == .verbatimString
        format = value.extracting(isVerbatim ? header.end..<header.end + 3 : 0..<0)
        switch header.type.form {
        case .line: bytes = value.extracting(header.line)
        case .body where header.isNull: bytes = value.extracting(0..<0)
        case .body:
            let start = header.end + (isVerbatim ? 4 : 0)
            bytes = value.extracting(start..<header.end + header.count)
        case .elements: bytes = value.extracting(header.end...)
        }
    }

    // MARK: Errors

    /// Whether it is an error.
    public var isError: Bool { type == .simpleError || type == .bulkError }

    /// The text of an error, its code first.
    public var error: String? { isError ? String(copying: bytes) : nil }

    /// Whether it is an error with this code, which is its first word: `NOAUTH`, `MOVED` …
    public func isError(_ code: StaticString) -> Bool {
        guard isError, bytes.begins(with: code) else { return false }
        let count = code.utf8CodeUnitCount
        return bytes.count == count || bytes[count] == UInt8(ascii: " ")
    }

    // MARK: Scalars

    /// The text of a string that is no error and no null; invalid UTF-8 is replaced with U+FFFD.
    /// Each access copies; see ``bytes``.
    public var text: String? { isString ? String(copying: bytes) : nil }

    /// Whether it is a string of any of the three types, and no null.
    public var isString: Bool {
        switch type {
        case .simpleString, .verbatimString: true
        case .bulkString: !isNull
        default: false
        }
    }

    /// Whether it is a string of exactly these bytes.
    public func isString(_ literal: StaticString) -> Bool {
        isString && bytes.count == literal.utf8CodeUnitCount && bytes.begins(with: literal)
    }

    /// The value of an integer.
    public var integer: Int? { type == .integer ? bytes.integer : nil }

    /// The value of a double, which may be infinite or not a number.
    public var double: Double? { type == .double ? Double(String(copying: bytes)) : nil }

    /// The value of a boolean.
    public var boolean: Bool? { type == .boolean ? bytes[0] == UInt8(ascii: "t") : nil }

    // MARK: Aggregates

    /// Whether it consists of values.
    public var isAggregate: Bool {
        if case .elements = type.form { return !isNull }
        return false
    }

    /// The values of an array, a set or a push; of a map its keys, each followed by its value. Of
    /// other types there are none.
    public var values: RedisValues {
        @_lifetime(copy self)
        get { isAggregate ? RedisValues(bytes, count: valueCount) : RedisValues(Span(), count: 0) }
    }

    /// Keys and values of the attribute that stands before this value; mostly there are none.
    public var attributes: RedisValues {
        @_lifetime(copy self)
        get { RedisValues(attributeBytes, count: attributeCount) }
    }
}

extension ReplyHeader {
    /// The first line of a value that a scanner has passed.
    init(checked bytes: Span<UInt8>, at position: Int) {
        var end = position + 1
        while bytes[end] != 0x0D { end += 1 }
        do throws(ReplyFault) {
            try self.init(bytes, position + 1..<end)
        } catch {
            preconditionFailure("bytes that no scanner has passed")
        }
    }

    /// How many values follow, keys of maps included.
    var valueCount: Int {
        if case .elements(let perElement) = type.form { return count * perElement }
        return 0
    }
}
