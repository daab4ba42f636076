// UNSAFE: encrypts session tickets by libssl's callback. Invariants: the pointers of a call are
// libssl's, for a name of 16 bytes and a vector of as many, and are used within it; the keys stand
// in memory that this object owns, and overwrites before it frees or reuses it.

import CSSL
import LibC
import Storage
import Synchronization

/// The keys of a server's session tickets (RFC 5077): the first encrypts, and all are accepted.
///
/// Keys of a file stay as they are. A random key is exchanged for another after 12 hours, and
/// accepted for as long again, which is longer than a ticket is good for. It belongs to the
/// process, so that sessions are resumed after an exchange of certificates, too, and it goes along
/// in a hand-over.
@safe
package final class TicketKeys: @unchecked Sendable {
    /// A key as it stands in a file; nginx reads it in the same way.
    private struct Key {
        var name: InlineArray<16, UInt8>
        var macKey: InlineArray<32, UInt8>
        var cipherKey: InlineArray<32, UInt8>
    }

    static let keyByteCount = 80
    /// How long a ticket is good for.
    static let ticketSeconds = 2 * 3600
    /// How long a random key encrypts.
    static let renewalSeconds = 12 * 3600

    private let keys: UnsafeMutablePointer<Key>
    private let isRandom: Bool
    /// How many of the keys are in use, and when the first of random ones was made.
    private let state: Mutex<(count: Int, madeAt: Int)>
    private let now: @Sendable () -> Int

    /// The random keys of this process.
    package static let ofProcess = TicketKeys(now: uptime)

    /// Keys of a file, at least one.
    init(_ bytes: [UInt8]) throws(TLSSetupError) {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: Self.keyByteCount) else {
            throw .ticketKeyByteCount(bytes.count)
        }
        isRandom = false
        now = Self.uptime
        let count = bytes.count / Self.keyByteCount
        state = Mutex((count, 0))
        unsafe keys = .allocate(capacity: count)
        unsafe UnsafeMutableRawBufferPointer(start: keys, count: bytes.count)
            .copyBytes(from: bytes)
    }

    /// A random key that is renewed by this clock in seconds.
    init(now: @escaping @Sendable () -> Int) {
        isRandom = true
        self.now = now
        state = Mutex((1, now()))
        unsafe keys = .allocate(capacity: 2)
        unsafe Self.randomize(keys)
        unsafe Self.randomize(keys + 1)
    }

    deinit {
        let count = isRandom ? 2 : state.withLock { $0.count }
        unsafe OPENSSL_cleanse(keys, count * MemoryLayout<Key>.stride)
        unsafe keys.deallocate()
    }

    /// The seconds since the machine's start.
    private static let uptime: @Sendable () -> Int = {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return time.tv_sec
    }

    // MARK: Hand-over

    /// Writes random keys with their age: whoever has them can read recorded connections of TLS 1.2
    /// that were resumed with them.
    package func save(to writer: inout StateWriter) {
        precondition(isRandom, "keys of a file are read from the file")
        state.withLock { state in
            writer.write(UInt8(state.count))
            writer.write(Int64(state.madeAt))
            let bytes = unsafe UnsafeRawBufferPointer(
                start: keys, count: state.count * Self.keyByteCount)
            for index in bytes.indices { writer.write(unsafe bytes[index]) }
        }
    }

    /// Goes on with the keys that ``save(to:)`` wrote, on the same machine and since its last
    /// start. Throws for anything that it cannot have written; the keys are as before then.
    package func restore(from reader: inout StateReader) throws(StateError) {
        precondition(isRandom, "keys of a file are read from the file")
        let count = try reader.read(UInt8.self)
        let madeAt = try reader.read(Int64.self)
        guard (1...2).contains(count), 0...Int64(now()) ~= madeAt else {
            throw StateError("\(count) ticket keys, made at \(madeAt), are impossible")
        }
        let range = try reader.readRange(byteCount: Int(count) * Self.keyByteCount)
        state.withLock { state in
            unsafe UnsafeMutableRawBufferPointer(start: keys, count: range.count)
                .copyBytes(from: reader.bytes[range])
            state = (Int(count), Int(madeAt))
        }
    }

    private static func randomize(_ key: UnsafeMutablePointer<Key>) {
        // libssl's handshakes need random bytes as much.
        guard unsafe RAND_bytes(UnsafeMutableRawPointer(key), Int32(Self.keyByteCount)) == 1 else {
            fatalError("libcrypto has no random bytes")
        }
    }

    /// Prepares to encrypt a ticket: writes the key's name and a random vector.
    func encrypt(
        _ name: UnsafeMutablePointer<UInt8>, _ vector: UnsafeMutablePointer<UInt8>,
        _ cipher: OpaquePointer, _ mac: OpaquePointer
    ) -> Int32 {
        state.withLock { state in
            renew(&state)
            guard unsafe RAND_bytes(vector, 16) == 1 else { return -1 }
            unsafe memcpy(name, keys, 16)
            return unsafe use(0, vector, cipher, mac, encrypting: true) ? 1 : -1
        }
    }

    /// Prepares to decrypt a ticket. Returns 0 if no key has its name, 1 if the ticket stays good,
    /// and 2 if the client gets another: because the key is an old one, or with `renewing`. In TLS
    /// 1.3 a client uses a ticket once, and without another it could not resume again.
    func decrypt(
        _ name: UnsafeMutablePointer<UInt8>, _ vector: UnsafeMutablePointer<UInt8>,
        _ cipher: OpaquePointer, _ mac: OpaquePointer, renewing: Bool
    ) -> Int32 {
        state.withLock { state in
            renew(&state)
            for index in 0..<state.count where unsafe memcmp(name, keys + index, 16) == 0 {
                guard unsafe use(index, vector, cipher, mac, encrypting: false) else { return -1 }
                return index == 0 && !renewing ? 1 : 2
            }
            return 0
        }
    }

    /// Puts another random key before the present one, if that is old, and forgets the one before.
    private func renew(_ state: inout (count: Int, madeAt: Int)) {
        let age = now() - state.madeAt
        guard isRandom, age >= Self.renewalSeconds else { return }
        unsafe keys[1] = keys[0]
        unsafe Self.randomize(keys)
        if age >= 2 * Self.renewalSeconds { unsafe Self.randomize(keys + 1) }
        state = (2, now())
    }

    private func use(
        _ index: Int, _ vector: UnsafeMutablePointer<UInt8>, _ cipher: OpaquePointer,
        _ mac: OpaquePointer, encrypting: Bool
    ) -> Bool {
        let key = unsafe UnsafeMutableRawPointer(keys + index)
            .assumingMemoryBound(to: UInt8.self)
        guard unsafe cssl_set_mac_key(mac, key + 16, 32) == 1 else { return false }
        return unsafe EVP_CipherInit_ex(
            cipher, EVP_aes_256_cbc(), nil, key + 48, vector, encrypting ? 1 : 0) == 1
    }
}
