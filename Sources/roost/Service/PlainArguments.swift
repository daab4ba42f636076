// Flags and their values, read without ArgumentParser, which takes half of the time that a program
// needs to start: a program that takes over has nobody served meanwhile.
import ArgumentParser

/// Arguments that are nothing but `--name value`, `--name=value` and `--name`. All others are for
/// the parser, and so are its errors: whatever is unusual here is none of these.
struct PlainArguments {
    /// Something that is left to the parser.
    struct Unusual: Error {}

    /// By their flags; a flag without a value has an empty place.
    private var values: [Substring: [String?]] = [:]

    init(_ arguments: [String]) throws(Unusual) {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            guard argument.hasPrefix("--"), argument.utf8.count > 2 else { throw Unusual() }
            let text = argument.dropFirst(2)
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                values[text[..<equals], default: []].append(String(text[equals...].dropFirst()))
            } else if index < arguments.count, !arguments[index].hasPrefix("-") {
                values[text, default: []].append(arguments[index])
                index += 1
            } else {
                values[text, default: []].append(nil)
            }
        }
    }

    /// Whether each flag has been taken.
    var isEmpty: Bool { values.isEmpty }

    /// Takes all values of a flag.
    mutating func takeAll<Value: ExpressibleByArgument>(
        _ name: Substring
    ) throws(Unusual) -> [Value] {
        var taken: [Value] = []
        for text in values.removeValue(forKey: name) ?? [] {
            guard let value = text.flatMap({ Value(argument: $0) }) else { throw Unusual() }
            taken.append(value)
        }
        return taken
    }

    /// Takes the value of a flag; nil if it is not there.
    mutating func take<Value: ExpressibleByArgument>(
        _ name: Substring
    ) throws(Unusual) -> Value? {
        let taken: [Value] = try takeAll(name)
        guard taken.count < 2 else { throw Unusual() }
        return taken.first
    }

    /// Takes a flag without a value. Returns whether it is there.
    mutating func takeSwitch(_ name: Substring) throws(Unusual) -> Bool {
        guard let places = values.removeValue(forKey: name) else { return false }
        guard places == [nil] else { throw Unusual() }
        return true
    }
}
