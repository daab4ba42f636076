// An epoll instance that one program leaves to the next.
import Glibc
import LinuxReactor
import Testing

@Suite struct KeptPollerTests {
    private static func events(_ poller: inout Poller, _ kernel: inout LinuxKernel) -> [UInt64] {
        var tokens: [UInt64] = []
        poller.wait(timeout: 0, &kernel)
        while let (token, _) = poller.takeEvent() { tokens.append(token) }
        return tokens.sorted()
    }

    @Test func `What is watched there stays watched, with its token`() throws {
        var kernel = LinuxKernel()
        let (first, second) = (try kernel.makeWakeup(), try kernel.makeWakeup())
        let old = try Poller(&kernel)
        try old.watch(first, for: .readable, token: 7, &kernel)
        var new = try Poller(&kernel)
        let closed = new.descriptor
        let before = new.isKept
        new.goOn(with: old.descriptor, &kernel)
        let after = new.isKept
        #expect(!before && after && fcntl(closed.rawValue, F_GETFD) == -1)
        LinuxKernel.wake(first)
        #expect(Self.events(&new, &kernel) == [7])
        // Neither a descriptor that is watched already nor another one is a mistake.
        try new.watchAgain(first, for: .readable, token: 8, &kernel)
        try new.watchAgain(second, for: .readable, token: 9, &kernel)
        LinuxKernel.wake(second)
        #expect(Self.events(&new, &kernel) == [8, 9])
        let answers = [new.forget(first, &kernel), new.forget(first, &kernel)]
        #expect(answers == [true, false])
        #expect(Self.events(&new, &kernel) == [9])
        new.close(&kernel)
        for descriptor in [first, second] { kernel.close(descriptor) }
    }
}
