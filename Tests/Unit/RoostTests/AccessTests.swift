// Rights to publish and to operate the server, as tables.
import ChatRooms
import LinuxReactor
import Testing

@testable import roost

@Suite struct AccessTests {
    private static let access = {
        var access = Access()
        access.publishTokens = ["0123456789abcdef", "fedcba9876543210"]
        access.ownUser = 500
        access.memberGroup = 77
        access.adminGroup = 88
        return access
    }()

    @Test(
        arguments: [
            (0, 0, [], Access.Rank.administrator), (500, 500, [], .administrator),
            (1000, 88, [], .administrator), (1000, 1000, [4, 88], .administrator),
            (1000, 77, [], .member), (1000, 1000, [4, 77], .member), (1000, 1000, [4], .stranger),
            (65_534, 65_534, [65_534], .stranger),
        ] as [(UInt32, UInt32, [UInt32], Access.Rank)])
    func `A user's credentials determine their rank`(
        user: UInt32, group: UInt32, groups: [UInt32], rank: Access.Rank
    ) {
        let credentials = PeerCredentials(process: 1, user: user, group: group, groups: groups)
        #expect(Self.access.rank(of: credentials) == rank)
    }

    @Test func `Without groups, and without credentials, no other user has a rank`() {
        let access = Access(ownUser: 500)
        let other = PeerCredentials(process: 1, user: 1000, group: 0, groups: [0])
        #expect(access.rank(of: other) == .stranger)
        #expect(access.rank(of: nil) == .stranger)
    }

    @Test(
        arguments: [
            ("Bearer 0123456789abcdef", nil), ("bearer fedcba9876543210", nil),
            ("Bearer 0123456789abcdeg", ErrorCode.badToken), ("Bearer 0123456789abcde", .badToken),
            ("Bearer", .badToken), ("Basic 0123456789abcdef", .badToken), ("", .badToken),
            (nil, .badToken),
        ] as [(String?, ErrorCode?)])
    func `A token over the network`(field: String?, refusal: ErrorCode?) {
        var code: ErrorCode?
        do throws(RoomRefusal) {
            _ = try Self.access.publisher(authorization: field)
        } catch {
            code = error.answer.error
        }
        #expect(code == refusal)
    }

    @Test func `Each token is a publisher of its own; without any, publishing is off`() throws {
        let first = try Self.access.publisher(authorization: "Bearer 0123456789abcdef")
        let second = try Self.access.publisher(authorization: "Bearer fedcba9876543210")
        #expect(first != second)
        let off = #expect(throws: RoomRefusal.self) {
            try Access().publisher(authorization: "Bearer 0123456789abcdef")
        }
        #expect(off?.answer.error == .forbidden)
    }

    @Test(
        arguments: [
            (0o600, false), (0o640, false), (0o660, false), (0o400, false), (0o644, true),
            (0o604, true), (0o602, true), (0o601, true), (0o4777, true),
        ] as [(UInt32, Bool)])
    func `A token file that everybody may read or write is refused`(
        permissions: UInt32, isRefused: Bool
    ) {
        let error = #expect(throws: (any Error).self, "\(permissions)") {
            try PublishTokens.check(permissions: permissions, "/etc/t")
            if !isRefused { throw CancellationError() }
        }
        if isRefused { #expect("\(error!)".contains("chmod o= /etc/t")) }
    }

    @Test func `A token file has one token a line`() throws {
        let text = "# for the shop\n0123456789abcdef\n\n  fedcba9876543210\r\n"
        #expect(
            try PublishTokens.parse(Array(text.utf8), "f")
                == ["0123456789abcdef", "fedcba9876543210"])
    }

    @Test(arguments: [
        ("", "f has no publish token."), ("# nothing\n", "f has no publish token."),
        ("ok-this-is-long-enough\nshort\n", "f, line 2: "), ("with a space in it\n", "f, line 1: "),
        ("0123456789abcdé\n", "f, line 1: "),
    ])
    func `A bad token file is reported with its line`(text: String, sentence: String) {
        let error = #expect(throws: (any Error).self) {
            try PublishTokens.parse(Array(text.utf8), "f")
        }
        #expect(error.map { "\($0)".contains(sentence) } == true)
    }

    @Test(arguments: [
        ("/rooms/lobby/messages", "lobby"), ("/rooms/stra%C3%9Fe/messages", "straße"),
        ("/rooms/a%2Fb/messages", "a/b"), ("/rooms//messages", ""), ("/rooms/%FF/messages", ""),
        ("/rooms/lobby", nil), ("/rooms/lobby/messages/", nil), ("/rooms/a/b/messages", nil),
        ("/Rooms/lobby/messages", nil), ("/", nil), ("rooms/x/messages", nil),
    ])
    func `The room in a path`(path: String, room: String?) {
        #expect(RoomRequest(path)?.room == room)
    }
}
