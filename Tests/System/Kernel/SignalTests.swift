// Signals of a process with many threads: every source gets each of them, and afterwards all is as
// it was. No other test uses SIGUSR1 and SIGUSR2 in this process.
import Foundation
import Glibc
import LinuxReactor
import Synchronization
import TestSupport
import Testing
import WebSocketServer

/// How often the program's own handler was called.
private let ownCalls = Atomic<Int>(0)

@Suite(.serialized) struct SignalTests {
    /// Runs `body` on a thread of its own that was not started by this one, and waits for it.
    private func onAnotherThread(_ body: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        Thread {
            body()
            done.signal()
        }.start()
        done.wait()
    }

    /// What comes within ten seconds. The descriptor may still be readable for earlier signals.
    private func wait(for source: SignalSource, _ kernel: inout LinuxKernel) throws -> Signal? {
        var poller = try Poller(&kernel)
        try poller.watch(source.descriptor, for: .readable, token: 5, &kernel)
        let end = kernel.monotonicNow() + .seconds(10)
        var signal = source.next(&kernel)
        while signal == nil, kernel.monotonicNow() < end {
            poller.wait(timeout: 100_000_000, &kernel)
            _ = poller.takeEvent()
            signal = source.next(&kernel)
        }
        poller.close(&kernel)
        return signal
    }

    private func handler(of signal: Int32) -> UInt {
        var action = sigaction()
        sigaction(signal, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
    }

    @Test func `Signals are read like other events`() throws {
        var kernel = LinuxKernel()
        let source = try SignalSource([.user1, .user2], &kernel)
        #expect(source.next(&kernel) == nil)
        #expect(pthread_kill(pthread_self(), SIGUSR2) == 0)
        #expect(pthread_kill(pthread_self(), SIGUSR1) == 0)
        let first = try wait(for: source, &kernel)
        let both = [first, source.next(&kernel)]
        #expect(Set(both) == [.user1, .user2])
        #expect(source.next(&kernel) == nil)
        // It is not readable any more.
        var poller = try Poller(&kernel)
        try poller.watch(source.descriptor, for: .readable, token: 5, &kernel)
        poller.wait(timeout: 0, &kernel)
        let nothing = poller.takeEvent()
        #expect(nothing == nil)
        source.close(&kernel)
        poller.close(&kernel)
    }

    @Test func `Every source gets a signal, whichever thread takes it`() throws {
        var kernel = LinuxKernel()
        let sources = try (0..<3).map { _ in try SignalSource([.user1], &kernel) }
        let other = try SignalSource([.user2], &kernel)
        for _ in 0..<50 {
            onAnotherThread {
                var set = sigset_t()
                sigemptyset(&set)
                sigaddset(&set, SIGUSR1)
                pthread_sigmask(SIG_UNBLOCK, &set, nil)
                pthread_kill(pthread_self(), SIGUSR1)
            }
            for source in sources { #expect(source.next(&kernel) == .user1) }
        }
        kill(getpid(), SIGUSR1)
        for source in sources { #expect(try wait(for: source, &kernel) == .user1) }
        #expect(other.next(&kernel) == nil)
        for source in sources + [other] { source.close(&kernel) }
    }

    @Test func `The program's handler is in force again when the last source has ended`() throws {
        var before = sigaction()
        var own = sigaction()
        own.__sigaction_handler.sa_handler = { _ in ownCalls.add(1, ordering: .relaxed) }
        sigaction(SIGUSR1, &own, &before)
        defer { sigaction(SIGUSR1, &before, nil) }
        let installed = handler(of: SIGUSR1)
        ownCalls.store(0, ordering: .relaxed)
        var kernel = LinuxKernel()
        let (first, second) = (
            try SignalSource([.user1], &kernel), try SignalSource([.user1], &kernel)
        )
        pthread_kill(pthread_self(), SIGUSR1)
        #expect(first.next(&kernel) == .user1)
        first.close(&kernel)
        pthread_kill(pthread_self(), SIGUSR1)
        #expect(second.next(&kernel) == .user1)
        #expect(ownCalls.load(ordering: .relaxed) == 0)
        second.close(&kernel)
        #expect(handler(of: SIGUSR1) == installed)
        pthread_kill(pthread_self(), SIGUSR1)
        #expect(ownCalls.load(ordering: .relaxed) == 1)
    }

    @Test func `A handler that the program installs later stays`() throws {
        var before = sigaction()
        sigaction(SIGUSR1, nil, &before)
        defer { sigaction(SIGUSR1, &before, nil) }
        var kernel = LinuxKernel()
        let source = try SignalSource([.user1], &kernel)
        var own = sigaction()
        own.__sigaction_handler.sa_handler = { _ in ownCalls.add(1, ordering: .relaxed) }
        sigaction(SIGUSR1, &own, nil)
        let installed = handler(of: SIGUSR1)
        // A source that is made now wants the signal, and gets it.
        let next = try SignalSource([.user1], &kernel)
        pthread_kill(pthread_self(), SIGUSR1)
        #expect(source.next(&kernel) == .user1 && next.next(&kernel) == .user1)
        source.close(&kernel)
        next.close(&kernel)
        #expect(handler(of: SIGUSR1) == installed)
    }

    @Test(arguments: [SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, 0, 65, -1])
    func `A signal that can't be watched is one sentence, and nothing is left over`(number: Int32)
        throws
    {
        var kernel = LinuxKernel()
        let before = handler(of: SIGUSR2)
        let error = try #require(throws: SystemError.self) {
            _ = try SignalSource([.user2, Signal(rawValue: number)], &kernel)
        }
        #expect("\(error)".hasPrefix("Cannot watch for the signals \(SIGUSR2), \(number): "))
        #expect(handler(of: SIGUSR2) == before)
    }

    @Test func `Sources come and go while signals rain on other threads`() throws {
        var kernel = LinuxKernel()
        let lasting = try SignalSource([.user1], &kernel)
        let shared = SharedFlag()
        let threads = (0..<3).map { _ in
            let done = DispatchSemaphore(value: 0)
            Thread {
                var set = sigset_t()
                sigemptyset(&set)
                sigaddset(&set, SIGUSR1)
                pthread_sigmask(SIG_UNBLOCK, &set, nil)
                while !shared.isSet { pthread_kill(pthread_self(), SIGUSR1) }
                done.signal()
            }.start()
            return done
        }
        let count = try descriptorCount()
        for round in 0..<3000 {
            let sources = try (0..<(1 + round % 3)).map { _ in
                try SignalSource([.user1], &kernel)
            }
            // Descriptors of the same numbers, on which no stray write may land.
            for source in sources { source.close(&kernel) }
            let wakeup = try kernel.makeWakeup()
            var value: UInt64 = 0
            #expect(read(wakeup.rawValue, &value, 8) < 0, "a signal was written there")
            kernel.close(wakeup)
        }
        shared.set()
        for thread in threads { thread.wait() }
        #expect(try descriptorCount() <= count)
        #expect(lasting.next(&kernel) == .user1)
        lasting.close(&kernel)
    }

    private func descriptorCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            let link = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\($0)")
            return link?.contains("eventfd") == true
        }.count
    }
}

/// A flag that threads share.
private final class SharedFlag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
