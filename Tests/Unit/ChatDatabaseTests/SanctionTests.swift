// Bans, mutes and moderators in the file.
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite struct SanctionTests {
    private let sanctions = [
        Sanction(
            kind: .ban, room: "Küche", user: "bob", userNumber: 7, isAccount: true,
            address: .exempt, at: 5, until: 1_795_381_500_123, by: "mod", reason: "“spam”"),
        Sanction(
            kind: .mute, room: nil, user: "carl", userNumber: 8, isAccount: false,
            address: ClientAddress(bits: .max - 5), at: 6, until: nil, by: nil, reason: ""),
    ]

    @Test func `Sanctions come back as they were`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        #expect(desk.state.sanctions == [])
        var batch = StoreBatch()
        var numbered = sanctions
        for index in numbered.indices {
            numbered[index].number = Int64(index + 3)
            batch.items.append(.moderation(.set(numbered[index])))
        }
        desk.submit(batch)
        desk.database.close()
        desk = try Desk(folder)
        #expect(desk.state.sanctions == numbered)
        var change = StoreBatch()
        numbered[1].reason = "again"
        change.items = [.moderation(.ended([3, 99])), .moderation(.set(numbered[1]))]
        desk.submit(change)
        desk.database.close()
        desk = try Desk(folder)
        #expect(desk.state.sanctions == [numbered[1]])
        desk.database.close()
    }

    @Test func `A moderator is one after a restart`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        var user = StoredUser(
            number: 1, key: "mod", name: "mod", password: "scrypt…", seenAt: 1, sessions: [])
        user.isModerator = true
        var batch = StoreBatch()
        batch.items = [.user(user, reply: .nobody)]
        desk.submit(batch)
        desk.database.close()
        desk = try Desk(folder)
        #expect(desk.state.users == [user])
        desk.database.close()
    }
}
