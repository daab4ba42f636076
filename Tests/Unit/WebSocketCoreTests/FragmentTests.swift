// How many frames a message may be in: any number that carry something, few that do not.

import Testing
import WireKit

@testable import WebSocketCore

@Suite struct FragmentTests {
    /// The frames of a binary message cut into pieces.
    private func frames(_ pieces: [[UInt8]]) -> [UInt8] {
        pieces.enumerated().flatMap { index, piece in
            Role.server.frame(
                (index == 0 ? 0x02 : 0x00) | (index == pieces.count - 1 ? 0x80 : 0), piece)
        }
    }

    private func run(_ pieces: [[UInt8]], byteLimit: Int, limit: Int = 128) -> [Recorded] {
        var run = DecoderRun(.server, messageByteLimit: byteLimit, fragmentLimit: limit)
        run.receive(frames(pieces))
        return run.events
    }

    @Test(arguments: [147, 1000, 16_384, 65_536, 262_144])
    func aLargeMessageMayBeInManyFrames(count: Int) {
        let message = [UInt8](repeating: 0x5A, count: 1 << 20)
        let size = message.count / count
        var pieces = (0..<count - 1).map { Array(message[$0 * size..<($0 + 1) * size]) }
        pieces.append(Array(message[((count - 1) * size)...]))
        #expect(run(pieces, byteLimit: 1 << 20) == [.binary(message)])
    }

    /// The rule, said plainly: a frame may come if its number is at most the limit and a fourth of
    /// the bytes before it. Random messages, with empty, tiny and large frames in any order.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func theCountFollowsTheBytes(seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<30 {
            let limit = [1, 3, 128].randomElement(using: &random)!
            let longest = [0, 1, 4, 6, 9, 300].randomElement(using: &random)!
            let count = Int.random(in: 1...400, using: &random)
            let pieces = (0..<count).map { _ in
                random.bytes(Int.random(in: 0...longest, using: &random))
            }
            var (bytes, isAllowed) = (0, true)
            for (index, piece) in pieces.enumerated() {
                if index > 0, index >= limit + bytes / 4 { isAllowed = false }
                bytes += piece.count
            }
            let expected: Recorded =
                isAllowed ? .binary(pieces.flatMap { $0 }) : .violation(.tooManyFragments)
            #expect(run(pieces, byteLimit: 1 << 20, limit: limit) == [expected])
        }
    }

    /// Whatever comes, a message ends after finitely many frames: as many as its bytes allow.
    @Test func emptyFramesEnd() {
        let empty = [[UInt8]](repeating: [], count: 129)
        #expect(run(empty, byteLimit: 1 << 20) == [.violation(.tooManyFragments)])
        #expect(run(Array(empty.dropLast()), byteLimit: 1 << 20) == [.binary([])])
        let paid = [[UInt8](repeating: 1, count: 4000)] + empty + empty
        #expect(run(paid, byteLimit: 4000) == [.binary(paid[0])])
        let many = [paid[0]] + [[UInt8]](repeating: [], count: 1128)
        #expect(run(many, byteLimit: 4000) == [.violation(.tooManyFragments)])
    }

    /// No limit means that the count itself cannot overflow: a hostile server's frames to a client
    /// of ours cost it two bytes each.
    @Test func theCountOfAnUnlimitedMessageStopsAtItsEnd() throws {
        var run = DecoderRun(.client, fragmentLimit: .max)
        run.receive(Role.client.frame(0x02, []))
        var state = run.decoder.state
        state[2] = UInt64(UInt32.max)
        run.decoder = try #require(MessageDecoder(state: state))
        run.receive(Role.client.frame(0x00, []) + Role.client.frame(0x80, [7]))
        #expect(run.events == [.binary([7])])
        #expect(run.decoder.state[2] == UInt64(UInt32.max))
    }
}
