// Password hashes, and the thread that makes them.
import ChatRooms
import Dispatch
import Foundation
import Testing

@testable import roost

@Suite struct PasswordTests {
    private let salt = (0..<16).map { UInt8($0) }
    private let key = ConnectionKey(slot: 3, generation: 4)

    /// The value is Python's: `hashlib.scrypt(b"correct horse", salt=bytes(range(16)), n=32768,
    /// r=8, p=1, maxmem=1 << 28, dklen=32)`.
    @Test func `It is scrypt`() {
        let hash = PasswordHash(hashing: Array("correct horse".utf8), salt: salt)
        #expect(
            hash.text
                == "scrypt$15$8$1$000102030405060708090a0b0c0d0e0f$5c662628ac4eb1068a287e2aa2a202ae248e98db04d61d3327e7342db6ec7097"
        )
        #expect(hash.matches(Array("correct horse".utf8)))
        #expect(!hash.matches(Array("correct horsf".utf8)) && !hash.matches([]))
    }

    @Test func `Its costs are in the text, and another salt is another hash`() throws {
        let one = PasswordHash(hashing: [1, 2, 3])
        let other = PasswordHash(hashing: [1, 2, 3])
        #expect(one != other)
        let read = try #require(PasswordHash(one.text))
        #expect(read == one && read.matches([1, 2, 3]))
        // Hashes of other costs can be read.
        let cheap = one.text.replacing("scrypt$15", with: "scrypt$14")
        #expect(PasswordHash(cheap)?.matches([1, 2, 3]) == false)
    }

    @Test(arguments: [
        "", "scrypt", "scrypt$15$8$1$00$00", "bcrypt$15$8$1$SALT$KEY", "scrypt$13$8$1$SALT$KEY",
        "scrypt$18$8$1$SALT$KEY", "scrypt$15$9$1$SALT$KEY", "scrypt$15$8$2$SALT$KEY",
        "scrypt$15$8$1$SALT$KEY$", "scrypt$15$8$1$SALT$KEYX", "scrypt$15$8$1$SALTA$KEY",
        "scrypt$-15$8$1$SALT$KEY", "scrypt$15$8$1$$KEY",
    ])
    func `What is no hash is refused`(_ text: String) {
        let salt = String(repeating: "0f", count: 16)
        let written = text.replacing("SALT", with: salt)
            .replacing("KEY", with: String(repeating: "a0", count: 32))
        #expect(PasswordHash(written) == nil)
        #expect(PasswordHash("scrypt$15$8$1$\(salt)$" + String(repeating: "a0", count: 32)) != nil)
    }

    // MARK: The thread

    private func job(_ kind: PasswordJob.Kind, _ password: String, _ hash: String? = nil)
        -> PasswordJob
    {
        PasswordJob(
            kind: kind, connection: key,
            work: PasswordWork(password: Array(password.utf8), hash: hash))
    }

    @Test func `A name without a hash is compared with one all the same`() throws {
        let hash = PasswordHash(hashing: Array("right".utf8)).text
        #expect(PasswordWorker.carryOut(job(.check, "right", hash)) == .checked(key, true))
        #expect(PasswordWorker.carryOut(job(.check, "wrong", hash)) == .checked(key, false))
        #expect(PasswordWorker.carryOut(job(.check, "right")) == .checked(key, false))
        #expect(PasswordWorker.carryOut(job(.check, "right", "nonsense")) == .checked(key, false))
        guard case .hashed(key, let made) = PasswordWorker.carryOut(job(.hash, "new")) else {
            Issue.record("it was not hashed")
            return
        }
        #expect(PasswordHash(made)?.matches(Array("new".utf8)) == true)
        // No less work is done for a name that has none: counted in this thread's own time, which
        // does not go on while it waits for a processor.
        let known = processorTime { _ = PasswordWorker.carryOut(job(.check, "wrong", hash)) }
        let unknown = processorTime { _ = PasswordWorker.carryOut(job(.check, "wrong")) }
        #expect(unknown > known / 4 && known > unknown / 4, "\(known) and \(unknown)")
    }

    private func processorTime(of work: () -> Void) -> UInt64 {
        let start = nanoseconds(CLOCK_THREAD_CPUTIME_ID)
        work()
        return nanoseconds(CLOCK_THREAD_CPUTIME_ID) - start
    }

    private func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    @Test func `Results come in order, and no more jobs are taken than may wait`() async {
        let worker = PasswordWorker()
        #expect(!worker.begin(job(.hash, "nobody is connected")))
        let (results, continuation) = AsyncStream.makeStream(of: PasswordResult.self)
        // The first one is being worked on, and holds the thread until all have been offered.
        let gate = DispatchSemaphore(value: 0)
        worker.connect { result in
            gate.wait()
            gate.signal()
            continuation.yield(result)
        }
        var taken: [UInt32] = []
        for slot in 0..<40 as Range<UInt32> {
            let job = PasswordJob(
                kind: .check, connection: ConnectionKey(slot: slot, generation: 0),
                work: PasswordWork(password: [1], hash: nil))
            if worker.begin(job) { taken.append(slot) }
        }
        // One more if the thread had taken the first one already.
        #expect((32...33).contains(taken.count), "\(taken.count)")
        gate.signal()
        var iterator = results.makeAsyncIterator()
        for slot in taken.prefix(3) {
            let expected = PasswordResult.checked(ConnectionKey(slot: slot, generation: 0), false)
            #expect(await iterator.next() == expected)
        }
        worker.close()
        #expect(!worker.begin(job(.hash, "it is closed")))
    }
}
