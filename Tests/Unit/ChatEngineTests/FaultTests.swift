// Each fault that can be switched on breaks the rule that it is named after.
import Testing

@testable import ChatEngine

@Suite struct FaultTests {
    /// A scenario that a fault changes: what comes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: @Sendable (inout EngineFaults) -> Void
        let scenario: @Sendable (Desk, EngineRoom) -> String
    }

    static let cases = [
        Case(testDescription: "ignorePredecessor") {
            $0.ignorePredecessor = true
        } scenario: { desk, room in
            desk.pushMessages("5-7 6-7", "x")
            return "\(desk.log(room))"
        },
        Case(testDescription: "keepPushesWhileSyncing") {
            $0.keepPushesWhileSyncing = true
        } scenario: { desk, room in
            desk.cut()
            desk.up()
            desk.pushMessages("2-7 3-7", "x")
            return "\(desk.log(room))"
        },
        Case(testDescription: "neverSayAgain") {
            $0.neverSayAgain = true
        } scenario: { desk, _ in
            desk.cut()
            desk.up()
            desk.answerRead(.tail(false, "1-9", ["1-9=x"]))
            return "\(desk.commands.unanswered.map(\.command))"
        },
        Case(testDescription: "giveBackWithoutIDs") {
            $0.giveBackWithoutIDs = true
        } scenario: { desk, _ in
            desk.cut()
            desk.up()
            desk.answerRead(.tail(false, "1-7", ["1-7=a"]))
            return "\(saying(desk.commands.unanswered[0].command).messages)"
        },
        Case(testDescription: "acknowledgeEarly") {
            $0.acknowledgeEarly = true
        } scenario: { desk, room in
            desk.publish("c", in: room)
            desk.turn()
            desk.answer(.texts("3-7"))
            return "\(desk.events().map(short))"
        },
        Case(testDescription: "twoPutsOutstanding") {
            $0.twoPutsOutstanding = true
        } scenario: { desk, room in
            desk.publish("c", in: room)
            desk.turn()
            desk.publish("d", in: room)
            return "\(desk.turnNames())"
        },
        Case(testDescription: "noProbe") {
            $0.noProbe = true
        } scenario: { desk, _ in
            desk.turn(after: 5 * Desk.second)
            desk.answerBeat(isPushed: false)
            desk.answer(.texts("master", "0"))
            desk.turn(after: Desk.second)
            return "\(desk.events().map(short))"
        },
        Case(testDescription: "noDataChanged") {
            $0.noDataChanged = true
        } scenario: { desk, room in
            desk.turn(after: 5 * Desk.second)
            desk.answerBeat(had: "")
            return "\(desk.isLive(room))"
        },
        Case(testDescription: "resubscribeWithoutTail") {
            $0.resubscribeWithoutTail = true
        } scenario: { desk, room in
            desk.cut()
            desk.up()
            return "\(desk.isLive(room))"
        },
        Case(testDescription: "noRolePoll") {
            $0.noRolePoll = true
        } scenario: { desk, _ in
            "\(desk.turn(after: 5 * Desk.second).map(\.first))"
        },
    ]

    @Test(arguments: cases) func `A fault changes what happens`(_ testCase: Case) {
        let outcomes = [false, true].map { isFaulty in
            let (desk, room) = Desk.live(["1-7=a", "2-7=b"]) {
                if isFaulty { testCase.fault(&$0.faults) }
            }
            return testCase.scenario(desk, room)
        }
        #expect(outcomes[0] != outcomes[1])
    }
}
