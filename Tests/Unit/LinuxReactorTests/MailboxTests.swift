// A mailbox used from many threads.
import Foundation
import LinuxReactor
import Synchronization
import Testing

@Suite struct MailboxTests {
    @Test func `Each sender's items arrive in its order, and none is lost`() {
        let wakes = Mutex(0)
        let mailbox = Mailbox<[Int]>(descriptor: .none) { _ in wakes.withLock { $0 += 1 } }
        let threads = (0..<4).map { sender in
            Thread { for number in 0..<2000 { while !mailbox.post([sender, number]) {} } }
        }
        for thread in threads { thread.start() }
        var received = [Int](repeating: 0, count: 4)
        let deadline = Date(timeIntervalSinceNow: 30)
        while received.reduce(0, +) < 8000, Date() < deadline {
            while let item = mailbox.take() {
                #expect(item[1] == received[item[0]])
                received[item[0]] += 1
            }
        }
        #expect(received == [2000, 2000, 2000, 2000])
        #expect(wakes.withLock { $0 } <= 8000)
    }

    @Test func `A full or closed mailbox refuses, and returns that`() {
        let mailbox = Mailbox<Int>(limit: 2, descriptor: .none) { _ in }
        #expect(mailbox.post(1) && mailbox.post(2))
        #expect(!mailbox.post(3))
        #expect(mailbox.take() == 1)
        #expect(mailbox.count == 1)
        #expect(mailbox.take() == 2)
        #expect(mailbox.take() == nil)
        #expect(mailbox.post(4))
        mailbox.close()
        #expect(!mailbox.post(5))
        #expect(mailbox.take() == nil)
    }
}
