// Looking up header fields: names without case, lists over all lines of a name (RFC 9110 §5.2,
// §5.3).

extension HTTPHead {
    /// How many header fields there are.
    public var fieldCount: Int { fields.count }

    /// The name and value of the field at `index`, in the order in which they came.
    public func field(at index: Int) -> (name: String, value: String) {
        (text(fields[index].name), text(fields[index].value))
    }

    /// How many fields have this name.
    public func count(of name: StaticString) -> Int {
        var count = 0
        for index in fields.indices where isField(index, name) { count += 1 }
        return count
    }

    /// The value of the field with this name, or nil if there is none. Several are joined by `, `,
    /// which says the same for every field that is a list (RFC 9110 §5.2).
    public func header(_ name: StaticString) -> String? {
        var joined: String?
        for index in fields.indices where isField(index, name) {
            let value = text(fields[index].value)
            joined = joined.map { $0 + ", " + value } ?? value
        }
        return joined
    }

    /// The value of the field with this name; for names that are not literals.
    public func header(_ name: String) -> String? {
        let values = headerValues(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The values of all fields with this name, in the order in which they came.
    public func headerValues(_ name: StaticString) -> [String] {
        fields.indices.filter { isField($0, name) }.map { text(fields[$0].value) }
    }

    /// The values of all fields with this name; for names that are not literals.
    public func headerValues(_ name: String) -> [String] {
        let wanted = name.utf8.span
        var values: [String] = []
        for field in fields where bytes.span.extracting(field.name).equals(wanted) {
            values.append(text(field.value))
        }
        return values
    }

    /// Whether a member of the comma-separated list in this field, over all its lines, is `token`,
    /// compared without case (RFC 9110 §5.6.1).
    public func list(_ name: StaticString, contains token: StaticString) -> Bool {
        for index in fields.indices where isField(index, name) {
            var rest = fields[index].value
            while let member = nextMember(&rest) {
                if bytes.span.extracting(member).equals(token) { return true }
            }
        }
        return false
    }

    /// The members of the comma-separated list in this field, over all its lines, without empty
    /// ones. Quoted strings are not treated apart: none of the fields that we read has them.
    public func listMembers(_ name: StaticString) -> [String] {
        var members: [String] = []
        for index in fields.indices where isField(index, name) {
            var rest = fields[index].value
            while let member = nextMember(&rest) { members.append(text(member)) }
        }
        return members
    }

    var bytes: [UInt8] { headerFields.bytes }

    var fields: [HTTPFields.Field] { headerFields.fields }

    func text(_ range: Range<Int>) -> String {
        bytes.span.extracting(range).text
    }

    /// Whether every member of the list in this field is a token; so is an empty list.
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

    /// Takes the next member that is not empty from the front of a list.
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
