// Masking keys are the key stream of ChaCha20 (RFC 8439).
import Testing

@testable import WebSocketCore

@Suite struct MaskingKeysTests {
    /// 00, 01 … 1f, as words in little-endian order.
    static let seed = SIMD8<UInt32>(
        0x0302_0100, 0x0706_0504, 0x0B0A_0908, 0x0F0E_0D0C, 0x1312_1110, 0x1716_1514,
        0x1B1A_1918, 0x1F1E_1D1C)

    @Test func `The block of RFC 8439 §2.3.2`() {
        let keys = MaskingKeys(
            seed: Self.seed, nonce: SIMD3(0x0900_0000, 0x4A00_0000, 0), counter: 1)
        let expected = SIMD16<UInt32>(
            0xE4E7_F110, 0x1559_3BD1, 0x1FDD_0F50, 0xC471_20A3, 0xC7F4_D1C7, 0x0368_C033,
            0x9AAA_2204, 0x4E6C_D4C3, 0x4664_82D2, 0x09AA_9F07, 0x05D7_C214, 0xA202_8BD9,
            0xD19C_12B5, 0xB94E_16DE, 0xE883_D0CB, 0x4E3C_50A2)
        #expect(keys.makeBlock() == expected)
    }

    @Test func `The first two blocks of RFC 8439 A.1, one key after the other`() {
        var keys = MaskingKeys(seed: InlineArray(repeating: 0))
        let expected: [UInt32] = [
            0xADE0_B876, 0x903D_F1A0, 0xE56A_5D40, 0x28BD_8653, 0xB819_D2BD, 0x1AED_8DA0,
            0xCCEF_36A8, 0xC70D_778B, 0x7C59_41DA, 0x8D48_5751, 0x3FE0_2477, 0x374A_D8B8,
            0xF4B8_436A, 0x1CA1_1815, 0x69B6_87C3, 0x8665_EEB2, 0xBEE7_079F, 0x7A38_5155,
            0x7C97_BA98, 0x0D08_2D73, 0xA029_0FCB, 0x6965_E348, 0x3E53_C612, 0xED7A_EE32,
            0x7621_B729, 0x434E_E69C, 0xB033_71D5, 0xD539_D874, 0x281F_ED31, 0x45FB_0A51,
            0x1F0A_E1AC, 0x6F4D_794B,
        ]
        #expect((0..<32).map { _ in keys.next() } == expected)
    }

    @Test func `The seed's bytes are words in little-endian order`() {
        var keys = MaskingKeys(seed: InlineArray { UInt8($0) })
        var same = MaskingKeys(seed: Self.seed, nonce: SIMD3(repeating: 0), counter: 0)
        #expect((0..<64).map { _ in keys.next() } == (0..<64).map { _ in same.next() })
    }

    @Test func `The stream does not repeat when its block counter wraps around`() {
        var keys = MaskingKeys(seed: Self.seed, nonce: SIMD3(repeating: 0), counter: .max - 1)
        let last = (0..<16).map { _ in keys.next() }
        let beginning = MaskingKeys(seed: Self.seed, nonce: SIMD3(repeating: 0), counter: 0)
            .makeBlock()
        let next = (0..<32).map { _ in keys.next() }
        #expect(
            last[0]
                == MaskingKeys(
                    seed: Self.seed, nonce: SIMD3(repeating: 0), counter: .max - 1
                ).makeBlock()[0])
        for index in 0..<16 { #expect(next[index] != beginning[index]) }
        #expect(Set(last + next).count == 48)
    }
}
