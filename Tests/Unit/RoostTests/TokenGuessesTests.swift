// Wrong publish tokens of an address.
import LinuxReactor
import Testing
import WebSocketServer

@testable import roost

@Suite struct TokenGuessesTests {
    private let start = Instant(nanoseconds: 1_000_000_000)
    private let guesser = NetworkAddress.ipv4(203, 0, 113, 7, port: 1)
    private let other = NetworkAddress.ipv4(203, 0, 113, 8, port: 1)

    @Test func `Ten at once, then one in six seconds; nobody else waits`() {
        var guesses = TokenGuesses()
        for _ in 0..<10 {
            #expect(guesses.wait(guesser, at: start) == nil)
            _ = guesses.failed(guesser, at: start)
        }
        #expect(guesses.wait(guesser, at: start) == 6)
        #expect(guesses.wait(guesser, at: start + .seconds(4)) == 2)
        #expect(guesses.wait(other, at: start) == nil)
        let later = start + .seconds(6)
        #expect(guesses.wait(guesser, at: later) == nil)
        _ = guesses.failed(guesser, at: later)
        #expect(guesses.wait(guesser, at: later) == 6)
        #expect(guesses.wait(guesser, at: later + .seconds(60)) == nil)
        #expect(guesses.wrongCount == 11 && guesses.limitedCount == 3)
    }

    @Test func `A guesser is logged once a minute`() {
        var guesses = TokenGuesses()
        let logged = (0..<120).filter {
            guesses.failed(guesser, at: start + .seconds($0))
        }
        #expect(logged == [10, 70])
    }

    @Test func `A network of IPv6 is one address, and loopback never waits`() {
        var guesses = TokenGuesses()
        let loopback = NetworkAddress.ipv4(127, 0, 0, 1, port: 1)
        for number in 0..<20 {
            let peer = NetworkAddress(
                family: .ipv6, high: 0x2001_0DB8_0000_0000, low: UInt64(number))
            _ = guesses.failed(peer, at: start)
            _ = guesses.failed(loopback, at: start)
        }
        let peer = NetworkAddress(family: .ipv6, high: 0x2001_0DB8_0000_0000, low: 99)
        #expect(guesses.wait(peer, at: start) == 6)
        #expect(guesses.wait(loopback, at: start) == nil)
    }

    @Test func `It remembers a fixed number of addresses, the newest ones`() {
        var guesses = TokenGuesses()
        func address(_ number: Int) -> NetworkAddress {
            NetworkAddress(family: .ipv4, low: UInt64(0x0A00_0000 + number), port: 1)
        }
        for number in 0..<3 * TokenGuesses.capacity {
            for _ in 0..<10 { _ = guesses.failed(address(number), at: start) }
        }
        #expect(guesses.wait(address(0), at: start) == nil)
        #expect(guesses.wait(address(2 * TokenGuesses.capacity), at: start) == 6)
        #expect(guesses.wait(address(3 * TokenGuesses.capacity - 1), at: start) == 6)
    }
}
