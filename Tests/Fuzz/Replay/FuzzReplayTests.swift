// Replays the committed corpora through the fuzzing targets, so that found cases stay fixed.
import Foundation
import Testing

@Suite struct FuzzReplayTests {
    /// An input that traps ends the process. `Tests/Fuzz/fuzz.py replay Tests/Fuzz/Corpora/*` finds
    /// which one.
    @Test(arguments: FuzzTarget.allCases)
    func `The committed inputs pass`(target: FuzzTarget) throws {
        let inputs = try Self.corpus(of: target)
        #expect(inputs.count >= 10, "the corpus is lost")
        for input in inputs {
            do {
                try target.run(input.span)
            } catch {
                Issue.record("\(Data(input).base64EncodedString()): \(error)")
            }
        }
    }

    /// One input a line, in base64.
    static func corpus(of target: FuzzTarget) throws -> [[UInt8]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let path = folder.appending(path: "../Corpora/\(target.rawValue).txt")
        let lines = try String(contentsOf: path, encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("#") }
        return try lines.map { line in
            guard let data = Data(base64Encoded: String(line)) else {
                throw Failed("not base64: \(line)")
            }
            return [UInt8](data)
        }
    }
}
