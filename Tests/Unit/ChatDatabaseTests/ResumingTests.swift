// A database that one program closes and the next goes on with, without reading it anew.
import Foundation
import Synchronization
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct ResumingTests {
    /// What a resumed database answers.
    private final class Answers: Sendable {
        private let heard = Monitor<[StoreAnswer]>([])

        func add(_ answer: StoreAnswer) {
            heard.withLock(waking: [.opener]) { $0.append(answer) }
        }

        @discardableResult
        func wait<Result>(_ match: (StoreAnswer) -> Result?) -> Result {
            heard.wait(as: .opener) { answers in
                for answer in answers { if let result = match(answer) { return result } }
                return nil
            }!
        }

        func waitForStored(_ number: UInt64) {
            wait { answer -> Bool? in
                if case .stored(let batch) = answer, batch.number == number { true } else { nil }
            }
        }

        func waitForState(_ wanted: StoreState) {
            wait { answer -> Bool? in
                if case .state(let state) = answer, state == wanted { true } else { nil }
            }
        }
    }

    private func resume(
        _ identity: ChatDatabase.Identity, _ folder: Folder, _ answers: Answers
    ) throws -> ChatDatabase {
        var options = DatabaseOptions()
        options.pauses = 1_000_000...10_000_000
        return try ChatDatabase.resume(identity, path: folder.database, options: options) {
            answers.add($0)
        }
    }

    /// A database with 3 messages that was left without a checkpoint.
    private func left(_ folder: Folder) throws -> (ChatDatabase.Identity, TestRoom, Desk) {
        let desk = try Desk(folder)
        var room = desk.room("one")
        desk.submit(desk.batch(in: &room, count: 3, opensRoom: true))
        let identity = desk.database.identity
        #expect(identity.boot.count == 32)
        #expect(identity.schemaVersion == ChatDatabase.schemaVersion)
        desk.database.close(checkpoint: false)
        return (identity, room, desk)
    }

    @Test func `It takes at once what it can store once it is open, and is the same file`() throws {
        let folder = try Folder()
        var (identity, room, desk) = try left(folder)
        let log = try FileManager.default.attributesOfItem(atPath: folder.database + "-wal")
        #expect((log[.size] as? Int ?? 0) > 0, "the log was left as it was")
        for number in 1...3 as ClosedRange<UInt64> {
            let answers = Answers()
            let database = try resume(identity, folder, answers)
            #expect(database.identity == identity)
            var batch = desk.batch(in: &room, count: 2)
            batch.number = number
            database.submit([batch])
            answers.waitForStored(number)
            #expect(database.identity == identity)
            database.close(checkpoint: number == 2)
        }
        let again = try Desk(folder)
        #expect(again.page(room, .before(offset: .max)).entries.count == 9)
        again.database.close()
    }

    @Test func `Another file at its place is never written to`() throws {
        let folder = try Folder()
        var (identity, room, desk) = try left(folder)
        identity.boot = String(repeating: "0", count: 32)
        let answers = Answers()
        let database = try resume(identity, folder, answers)
        database.submit([desk.batch(in: &room, count: 1)])
        answers.waitForState(.fails(.replaced))
        #expect(database.figures.state == .fails(.replaced))
        database.close()
        let again = try Desk(folder)
        #expect(again.page(room, .before(offset: .max)).entries.count == 3)
        again.database.close()
    }

    @Test func `A file that is away is waited for, and none is made; questions fail meanwhile`()
        throws
    {
        let folder = try Folder()
        var (identity, room, desk) = try left(folder)
        let away = folder.path + "/away"
        try FileManager.default.moveItem(atPath: folder.database, toPath: away)
        let answers = Answers()
        let database = try resume(identity, folder, answers)
        answers.waitForState(.fails(.replaced))
        database.ask(
            .room(ticket: 5, key: "one", countLimit: 10, byteLimit: 1 << 20))
        answers.wait { answer -> Bool? in
            if case .failed(ticket: 5) = answer { true } else { nil }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.database))
        var batch = desk.batch(in: &room, count: 1)
        batch.number = 1
        database.submit([batch])
        try FileManager.default.moveItem(atPath: away, toPath: folder.database)
        answers.waitForState(.works)
        answers.waitForStored(1)
        database.close()
    }

    @Test func `While another process has it, that is tried again`() throws {
        let folder = try Folder()
        let (identity, _, _) = try left(folder)
        let lock = try LockFile(forDatabase: folder.database)
        let answers = Answers()
        let database = try resume(identity, folder, answers)
        answers.waitForState(.fails(.locked))
        lock.release()
        answers.waitForState(.works)
        database.close()
    }
}
