// Access to the header fields of any head.

extension HTTPHead {
    /// How many header fields there are.
    public var fieldCount: Int { fields.count }

    /// The name and value of the field at `index`, in the order received. `index` is below
    /// ``fieldCount``; anything else ends the process.
    public func field(at index: Int) -> (name: String, value: String) {
        headerFields.field(at: index)
    }

    /// How many fields have this name.
    public func count(of name: StaticString) -> Int {
        headerFields.count(of: name)
    }

    /// The value of the field with this name, or nil if there is none. Several values are joined by
    /// `, `, which means the same for every field that is a list (RFC 9110 §5.2).
    public func header(_ name: StaticString) -> String? {
        headerFields.header(name)
    }

    /// The value of the field with this name; for names that are not literals.
    public func header(_ name: String) -> String? {
        headerFields.header(name)
    }

    /// The values of all fields with this name, in the order received.
    public func headerValues(_ name: StaticString) -> [String] {
        headerFields.headerValues(name)
    }

    /// The values of all fields with this name; for names that are not literals.
    public func headerValues(_ name: String) -> [String] {
        headerFields.headerValues(name)
    }

    /// Whether `token` is in the comma-separated list of this field, over all its lines, compared
    /// without case (RFC 9110 §5.6.1).
    public func list(_ name: StaticString, contains token: StaticString) -> Bool {
        headerFields.list(name, contains: token)
    }

    /// The non-empty members of the comma-separated list in this field, over all its lines. Quoted
    /// strings get no special treatment: no field that is read with this has them.
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
