// Sample bytes for compression.
import WireKit

/// Bytes of several kinds, which compress well, a little, and not at all.
enum Sample: CaseIterable {
    case zeros, chat, fewSymbols, random

    func bytes(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
        switch self {
        case .zeros: return [UInt8](repeating: 0, count: count)
        case .random: return random.bytes(count)
        case .fewSymbols: return random.bytes(count).map { UInt8(ascii: "a") + $0 % 5 }
        case .chat:
            var text: [UInt8] = []
            while text.count < count {
                let offset = Int.random(in: 0..<100_000, using: &random)
                text += #"{"type":"message","room":"lobby","offset":\#(offset),"text":""#.utf8
                for _ in 0..<6 {
                    text +=
                        ["hello ", "the train ", "tomorrow ", "window "].randomElement(
                            using: &random)!.utf8
                }
                text += #""}"#.utf8
            }
            return Array(text[..<count])
        }
    }
}
