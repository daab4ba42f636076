// Why the chat has not done what an operator wanted.

/// Why an operator's order was not carried out.
public struct OperatorRefusal: Error, Sendable {
    /// For programs.
    public let code: ErrorCode
    /// For people.
    public let sentence: String

    init(_ error: CommandError) {
        code = error.code
        sentence = error.sentence
    }
}
