// Writes commands, one argument after the other, straight into a buffer.
import Storage

/// Writes one command: an array of bulk strings, each of which goes straight into the buffer that
/// is sent.
///
/// ```swift
/// output.appendCommand(argumentCount: 3) {
///     $0.append("SET")
///     $0.append(key)
///     $0.append(value.span)
/// }
/// ```
package struct CommandWriter: ~Copyable {
    private var output: ByteBuffer
    private var missing: Int

    fileprivate init(_ output: consuming ByteBuffer, _ argumentCount: Int) {
        precondition(argumentCount > 0, "a command has a name")
        self.output = output
        missing = argumentCount
        self.output.append(UInt8(ascii: "*"))
        self.output.append(decimal: argumentCount)
        self.output.append("\r\n")
    }

    /// Writes an argument of any bytes.
    package mutating func append(_ bytes: Span<UInt8>) {
        begin(bytes.count)
        output.append(bytes)
        output.append("\r\n")
    }

    /// Writes a literal, such as the command's name.
    package mutating func append(_ literal: StaticString) {
        begin(literal.utf8CodeUnitCount)
        output.append(literal)
        output.append("\r\n")
    }

    /// Writes a text.
    package mutating func append(utf8 text: String) {
        begin(text.utf8.count)
        output.append(utf8: text)
        output.append("\r\n")
    }

    /// Writes a number in decimal digits.
    package mutating func append(_ number: Int) {
        begin(Self.decimalByteCount(of: number))
        output.append(decimal: number)
        output.append("\r\n")
    }

    private mutating func begin(_ byteCount: Int) {
        precondition(missing > 0, "more arguments than were announced")
        missing -= 1
        output.append(UInt8(ascii: "$"))
        output.append(decimal: byteCount)
        output.append("\r\n")
    }

    fileprivate consuming func end() -> ByteBuffer {
        precondition(missing == 0, "fewer arguments than were announced")
        return output
    }

    private static func decimalByteCount(of number: Int) -> Int {
        var count = number < 0 ? 2 : 1
        var rest = number.magnitude / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }
}

extension ByteBuffer {
    /// Appends a command of `argumentCount` arguments, its name among them, which `write` must
    /// write: another number of them is a bug of the caller and ends the process.
    package mutating func appendCommand(
        argumentCount: Int, _ write: (inout CommandWriter) -> Void
    ) {
        var taken = ByteBuffer()
        swap(&taken, &self)
        var writer = CommandWriter(taken, argumentCount)
        write(&writer)
        self = writer.end()
    }

    /// Appends a command whose arguments are texts.
    package mutating func appendCommand(_ arguments: [String]) {
        appendCommand(argumentCount: arguments.count) {
            for argument in arguments { $0.append(utf8: argument) }
        }
    }
}
