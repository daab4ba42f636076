// The identifiers that the server issues: session tokens and epochs.

import Storage
import Testing

@testable import ChatRooms

@Suite struct IdentifierTests {
    @Test func tokensReadWhatTheyWrite() {
        var random = SeededGenerator(5)
        var tokens = [SessionToken(bits: 0), SessionToken(bits: .max), SessionToken(bits: 1)]
        for _ in 0..<100 {
            let bits = UInt128(random.next()) << 64 | UInt128(random.next())
            tokens.append(SessionToken(bits: bits))
        }
        for token in tokens {
            var written = ByteBuffer()
            token.write(to: &written)
            let text = [UInt8](copying: written.span)
            #expect(text.count == 22)
            #expect(SessionToken(text) == token)
            #expect(SessionToken(text + [65]) == nil)
            #expect(SessionToken(Array(text.dropLast())) == nil)
            #expect(SessionToken([UInt8(ascii: "E")] + text.dropFirst()) == nil)
            #expect(SessionToken(text.dropLast() + [UInt8(ascii: "+")]) == nil)
        }
    }

    @Test func epochsReadWhatTheyWrite() {
        var texts = Set<String>()
        for counter in 1...1000 as ClosedRange<UInt64> {
            let epoch = Epoch(number: Epoch.number(seed: 3, counter: counter))
            texts.insert(epoch.text)
            #expect(Epoch(Array(epoch.text.utf8)) == epoch)
            #expect(
                Epoch(Array(epoch.text.uppercased().utf8)) != epoch
                    || epoch.text == epoch.text.uppercased())
        }
        #expect(texts.count == 1000)
        for text in ["", "-1", "+1", "01", "zzzzzzzzzzzzzzzzzzzz", "é", "Z"] {
            #expect(Epoch(Array(text.utf8)) == nil)
        }
    }
}
