// Failures as sentences that help a person.
import Glibc
import LinuxReactor
import Testing

@Suite struct SystemErrorTests {
    @Test(arguments: [
        (EADDRINUSE, "Address already in use", "choose another port"),
        (EACCES, "Permission denied", "below 1024"),
        (EADDRNOTAVAIL, "Cannot assign requested address", "No network interface"),
        (EMFILE, "Too many open files", "ulimit -n"),
        (ENFILE, "Too many open files in system", "LimitNOFILE="),
    ])
    func `A known remedy is part of the sentence`(number: Int32, text: String, hint: String) {
        let sentence = SystemError(number, "listen on 127.0.0.1:80").description
        #expect(sentence.hasPrefix("Cannot listen on 127.0.0.1:80: \(text). "))
        #expect(sentence.contains(hint))
        #expect(!sentence.contains("\n"))
    }

    @Test(arguments: [(ECONNRESET, "Connection reset by peer"), (EPIPE, "Broken pipe")])
    func `Without a known remedy nothing is added`(number: Int32, text: String) {
        #expect(SystemError(number, "send").description == "Cannot send: \(text).")
    }

    @Test func `An unknown number is still reported`() {
        #expect(SystemError(9999, "do it").description.contains("9999"))
    }
}
