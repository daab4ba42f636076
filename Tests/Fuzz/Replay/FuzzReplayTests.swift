// The committed corpora, through the same targets as in fuzzing: what was reached once stays right.
import Foundation
import Testing

@Suite struct FuzzReplayTests {
    /// An input that traps ends the process. `Tests/Fuzz/fuzz.py replay Tests/Fuzz/Corpora/*` finds
    /// out which it is.
    @Test(arguments: FuzzTarget.allCases)
    func `What fuzzing has found worth keeping`(target: FuzzTarget) throws {
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

    /// An input a line, in base64.
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
