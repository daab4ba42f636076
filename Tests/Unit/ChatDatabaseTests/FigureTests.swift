// What an operator hears of a database: its figures in words, and what its file's head says.
import ChatRooms
import Foundation
import Testing

@testable import ChatDatabase

@Suite struct FigureTests {
    /// Times in microseconds, and the typical one.
    @Test(
        arguments: [
            ([], 0), ([10], 32), ([40], 64), ([10, 40], 32), ([10, 40, 41], 64),
            ([1500, 1600, 90_000], 2048), ([900_000], 900_000), ([10, 900_000, 900_000], 900_000),
        ] as [([UInt64], UInt64)])
    func `Half of the commits took no longer than the typical time`(
        times: [UInt64], typical: UInt64
    ) {
        var histogram = LatencyHistogram()
        for time in times { histogram.add(time * 1000) }
        #expect(histogram.typical == typical * 1000)
    }

    @Test func `A failure has the sentence of its own reason`() {
        var figures = DatabaseFigures()
        figures.path = "/srv/roost.db"
        figures.lastError = DatabaseError(.failing(.damaged), figures.path, detail: "page 7")
        #expect(figures.sentence(for: .damaged).hasSuffix("[page 7]"))
        for reason in StoreState.Reason.allCases where reason != .damaged {
            let sentence = figures.sentence(for: reason)
            #expect(sentence.contains(figures.path) && !sentence.contains("page 7"), "\(sentence)")
        }
    }

    private func head(_ change: (inout [UInt8]) -> Void) throws -> DatabaseError? {
        let folder = try Folder()
        _ = try Desk(folder).database.close()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.database)))
        change(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: folder.database))
        return FileHead.problem(ofFile: folder.database)
    }

    @Test func `The head of a file says whether it can be used`() throws {
        #expect(try head { _ in } == nil)
        #expect(try head { $0 = [] } == nil, "a server makes a database of it")
        let newer = try #require(try head { $0[63] = 9 })
        #expect(newer.kind == .newer(version: 9))
        for change in [
            { $0[0] = 0x58 }, { $0[71] = 1 }, { $0.replaceSubrange(68..<72, with: [0, 0, 0, 0]) },
            { $0 = Array("words".utf8) }, { $0 = [0] },
        ] as [(inout [UInt8]) -> Void] {
            #expect(try head(change)?.kind == .foreign)
        }
        #expect(FileHead.problem(ofFile: "/no/such/file") == nil)
        let folder = try Folder()
        let desk = try Desk(folder)
        #expect(FileHead.problem(ofFile: folder.database) == nil, "its number is in the log")
        desk.database.close()
        #expect(FileHead.problem(ofFile: "/tmp") == nil)
    }
}
