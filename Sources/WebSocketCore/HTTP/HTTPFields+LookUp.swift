// Finds fields in a head: names are compared without case, lists are split at their commas. This
// code is not in HTTPHead, where it would be generic, and thus slow, for callers in other modules.

extension HTTPFields {
    func field(at index: Int) -> (name: String, value: String) {
        (text(fields[index].name), text(fields[index].value))
    }

    func count(of name: StaticString) -> Int {
        var count = 0
        for index in fields.indices where isField(index, name) { count += 1 }
        return count
    }

    func header(_ name: StaticString) -> String? {
        var joined: String?
        for index in fields.indices where isField(index, name) {
            let value = text(fields[index].value)
            joined = joined.map { $0 + ", " + value } ?? value
        }
        return joined
    }

    func header(_ name: String) -> String? {
        let values = headerValues(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    func headerValues(_ name: StaticString) -> [String] {
        fields.indices.filter { isField($0, name) }.map { text(fields[$0].value) }
    }

    func headerValues(_ name: String) -> [String] {
        let wanted = name.utf8.span
        var values: [String] = []
        for field in fields where bytes.span.extracting(field.name).equals(wanted) {
            values.append(text(field.value))
        }
        return values
    }

    func list(_ name: StaticString, contains token: StaticString) -> Bool {
        for index in fields.indices where isField(index, name) {
            var rest = fields[index].value
            while let member = nextMember(&rest) {
                if bytes.span.extracting(member).equals(token) { return true }
            }
        }
        return false
    }

    func listMembers(_ name: StaticString) -> [String] {
        var members: [String] = []
        for index in fields.indices where isField(index, name) {
            var rest = fields[index].value
            while let member = nextMember(&rest) { members.append(text(member)) }
        }
        return members
    }

    func text(_ range: Range<Int>) -> String {
        bytes.span.extracting(range).text
    }

    /// Whether every member of the list in this field is a token; true for an empty list.
    func listHasOnlyTokens(_ name: StaticString) -> Bool {
        for index in fields.indices where isField(index, name) {
            var rest = fields[index].value
            while let member = nextMember(&rest) {
                for place in member where !HTTPGrammar.isToken(bytes[place]) { return false }
            }
        }
        return true
    }

    @inline(__always)
    func isField(_ index: Int, _ name: StaticString) -> Bool {
        let range = fields[index].name
        return range.count == name.utf8CodeUnitCount && bytes.span.extracting(range).equals(name)
    }

    /// The first field with this name and how many there are.
    func lookUp(_ name: StaticString) -> (first: Range<Int>, count: Int) {
        var first = 0..<0
        var count = 0
        for index in fields.indices where isField(index, name) {
            if count == 0 { first = fields[index].value }
            count += 1
        }
        return (first, count)
    }

    /// Takes the next non-empty member from the front of a list; nil at its end.
    func nextMember(_ rest: inout Range<Int>) -> Range<Int>? {
        let span = bytes.span
        while !rest.isEmpty {
            var end = rest.lowerBound
            while end < rest.upperBound, span[end] != UInt8(ascii: ",") { end += 1 }
            let member = span.trimmed(rest.lowerBound..<end)
            rest = min(end + 1, rest.upperBound)..<rest.upperBound
            if !member.isEmpty { return member }
        }
        return nil
    }
}
