// Answers of the store on their way to a chat that comes to rest.
import ChatRooms
import LinuxReactor
import Testing

@testable import roost

@Suite struct StoreMailTests {
    private let mail = StoreMail()
    private let mailbox = Mailbox<ChatMail>(descriptor: FileDescriptor(rawValue: -1)) { _ in }

    private func post() { mail.post(.state(.works)) }

    private func receive() {
        _ = mailbox.take()
        mail.leftMailbox()
    }

    @Test func `None goes past another that is still in the mailbox`() {
        post()
        mail.deliver(to: mailbox)
        post()
        #expect(mailbox.count == 2 && !mail.gather())
        receive()
        #expect(!mail.gather())
        post()
        #expect(mailbox.count == 2)
        receive()
        receive()
        #expect(mail.gather())
        post()
        #expect(mailbox.count == 0 && mail.take().count == 1)
        post()
        #expect(mail.endGathering().count == 1)
        post()
        #expect(mailbox.count == 1)
    }

    @Test func `What a mailbox has refused is not in it`() {
        mail.deliver(to: mailbox)
        mailbox.close()
        post()
        #expect(mail.gather())
    }
}
