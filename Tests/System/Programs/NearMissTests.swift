// Methods of a handler that miss a callback: a debug build warns about each at the start.
import Foundation
import TestSupport
import Testing

@Suite struct NearMissTests {
    private static let close =
        "the callback is: onClose(_ id: ConnectionID, _ cause: CloseCause, "
        + "_ io: inout ServerContext)"
    private static let open =
        "the callback is: onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws"

    @Test func `Each miss has a warning with the callback, and nothing else has one`() throws {
        let run = try Run([BuildProducts.path("TestServer"), "misses"])
        let end = run.end()
        #expect(end.status == 0)
        let lines = (end.output + end.errors).split(separator: "\n")
        let warnings = lines.compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard line.contains(" is never called: "),
                let name = words.last(where: { $0.contains(".on") })
            else { return nil }
            return String(line[name.startIndex...])
        }
        let expected = [
            "TooFewArguments.onClose is never called: \(Self.close)",
            "InAnExtension.onOpen is never called: \(Self.open)",
            "OtherType.onClose is never called: \(Self.close)",
            "OtherLabel.onClose is never called: \(Self.close)",
            "OtherOrder.onClose is never called: \(Self.close)",
            "OtherCase.onclose is never called: \(Self.close)",
            "OtherEnding.onClosed is never called: \(Self.close)",
            "NotInout.onOpen is never called: \(Self.open)",
            "Throwing.onClose is never called: \(Self.close)",
            "Waiting.onOpen is never called: \(Self.open)",
            "Returning.onOpen is never called: \(Self.open)",
            "OfTheType.onOpen is never called: \(Self.open)",
            "NotConforming.onRequest is never called: it is a callback of HTTPHandler, to which "
                + "NotConforming does not conform",
            "Unique<Int>.onTick is never called: the callback is: "
                + "onTick(_ io: inout ServerContext)",
        ]
        #expect(warnings == expected)
    }
}
