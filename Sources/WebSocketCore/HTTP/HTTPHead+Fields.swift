// What can be asked of the fields of any head.

extension HTTPHead {
    /// How many header fields there are.
    public var fieldCount: Int { fields.count }

    /// The name and value of the field at `index`, in the order in which they came.
    public func field(at index: Int) -> (name: String, value: String) {
        headerFields.field(at: index)
    }

    /// How many fields have this name.
    public func count(of name: StaticString) -> Int {
        headerFields.count(of: name)
    }

    /// The value of the field with this name, or nil if there is none. Several are joined by `, `,
    /// which says the same for every field that is a list (RFC 9110 §5.2).
    public func header(_ name: StaticString) -> String? {
        headerFields.header(name)
    }

    /// The value of the field with this name; for names that are not literals.
    public func header(_ name: String) -> String? {
        headerFields.header(name)
    }

    /// The values of all fields with this name, in the order in which they came.
    public func headerValues(_ name: StaticString) -> [String] {
        headerFields.headerValues(name)
    }

    /// The values of all fields with this name; for names that are not literals.
    public func headerValues(_ name: String) -> [String] {
        headerFields.headerValues(name)
    }

    /// Whether a member of the comma-separated list in this field, over all its lines, is `token`,
    /// compared without case (RFC 9110 §5.6.1).
    public func list(_ name: StaticString, contains token: StaticString) -> Bool {
        headerFields.list(name, contains: token)
    }

    /// The members of the comma-separated list in this field, over all its lines, without empty
    /// ones. Quoted strings are not treated apart: none of the fields that are read so has them.
    public func listMembers(_ name: StaticString) -> [String] {
        headerFields.listMembers(name)
    }

    var bytes: [UInt8] { headerFields.bytes }

    var fields: [HTTPFields.Field] { headerFields.fields }

    func text(_ range: Range<Int>) -> String { headerFields.text(range) }

    func isField(_ index: Int, _ name: StaticString) -> Bool { headerFields.isField(index, name) }

    func lookUp(_ name: StaticString) -> (first: Range<Int>, count: Int) {
        headerFields.lookUp(name)
    }
}
