// UNSAFE: libcrypto reads and writes arrays through pointers that are used only inside the closure
// that they are valid in.
//
// What is kept of a password: a hash that costs whoever has stolen it a tenth of a second and
// 32 MiB for each guess.
import CCrypto

/// A password's hash by scrypt (RFC 7914), with its salt and its costs.
struct PasswordHash: Equatable {
    /// The binary logarithm of the costs in memory and time, N.
    var costLog = 15
    /// The block size r: 2^15 blocks of 1,024 bytes are 32 MiB.
    var blockSize = 8
    /// How often, one after the other.
    var parallelization = 1
    private(set) var salt: [UInt8]
    private(set) var key: [UInt8]

    private static let saltByteCount = 16
    private static let keyByteCount = 32
    /// Bounds for what a text may ask for: nobody gets a server to use gigabytes.
    private static let costLogs = 14...17
    private static let memoryByteLimit: UInt64 = 160 << 20

    /// Hashes a password. It takes about a tenth of a second, and memory only for so long.
    init(hashing password: [UInt8], salt: [UInt8] = Self.makeSalt()) {
        self.salt = salt
        key = []
        key = derive(password)
    }

    /// Whether it is the hash of this password. Takes as long as hashing it, and the time does not
    /// depend on how much of it is right.
    func matches(_ password: [UInt8]) -> Bool {
        let other = derive(password)
        return unsafe key.withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { two in
                unsafe one.count == two.count
                    && CRYPTO_memcmp(one.baseAddress, two.baseAddress, one.count) == 0
            }
        }
    }

    private func derive(_ password: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: Self.keyByteCount)
        let status = unsafe result.withUnsafeMutableBufferPointer { out in
            unsafe password.withUnsafeBytes { password in
                unsafe salt.withUnsafeBufferPointer { salt in
                    unsafe EVP_PBE_scrypt(
                        password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count,
                        salt.baseAddress, salt.count, 1 << UInt64(costLog), UInt64(blockSize),
                        UInt64(parallelization), Self.memoryByteLimit, out.baseAddress, out.count)
                }
            }
        }
        // The costs are checked, so it fails only if there is no memory.
        precondition(status == 1, "libcrypto cannot hash a password")
        return result
    }

    private static func makeSalt() -> [UInt8] {
        var source = SystemRandomNumberGenerator()
        return (0..<saltByteCount).map { _ in UInt8.random(in: .min ... .max, using: &source) }
    }

    /// A hash that no password is known to have, to compare with when a name has none.
    static let ofNothing = PasswordHash(
        key: makeSalt() + makeSalt(), salt: makeSalt())

    private init(key: [UInt8], salt: [UInt8]) {
        self.key = key
        self.salt = salt
    }
}

extension PasswordHash {
    /// `scrypt$15$8$1$SALT$HASH`, with the last two in hexadecimal.
    var text: String {
        "scrypt$\(costLog)$\(blockSize)$\(parallelization)$\(Self.hex(salt))$\(Self.hex(key))"
    }

    /// Reads the written form; nil for anything else, and for costs that are too low or too high.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let costLog = Int(parts[1]),
            Self.costLogs.contains(costLog), parts[2] == "8", parts[3] == "1",
            let salt = Self.bytes(parts[4]), salt.count == Self.saltByteCount,
            let key = Self.bytes(parts[5]), key.count == Self.keyByteCount
        else { return nil }
        self.init(key: key, salt: salt)
        self.costLog = costLog
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
