// After a crash right after its start a server pauses before it starts again, and only then.
import Foundation
import Testing

@testable import roost

@Suite struct CrashPauseTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

    @Test func `The first start and one after an orderly end do not wait`() throws {
        try withFolder { folder in
            let pause = CrashPause(folders: folder)
            #expect(!pause.isDue(at: now()))
            pause.mark()
            pause.end()
            #expect(!pause.isDue(at: now()))
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left == [])
        }
    }

    @Test func `Only a server that lasted for less than five seconds is waited for`() throws {
        try withFolder { folder in
            CrashPause(folders: folder).mark()
            // Without its `end`, the server that made it has crashed.
            let next = CrashPause(folders: folder)
            let start = now()
            #expect(next.isDue(at: start))
            #expect(next.isDue(at: start + CrashPause.shortLife - 2))
            #expect(!next.isDue(at: start + CrashPause.shortLife + 1))
            // The clock was set back by a minute.
            #expect(!next.isDue(at: start - 60))
        }
    }

    @Test func `Each start counts anew`() throws {
        try withFolder { folder in
            let file = "\(folder)/running"
            CrashPause(folders: folder).mark()
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: file)
            let next = CrashPause(folders: folder)
            #expect(!next.isDue(at: now()))
            next.mark()
            #expect(CrashPause(folders: folder).isDue(at: now()))
        }
    }

    @Test func `It needs systemd's folder, and survives a folder that is gone`() throws {
        for folders in [nil, "", "/nonexistent/roost"] {
            let pause = CrashPause(folders: folders)
            pause.mark()
            #expect(!pause.isDue(at: now()))
            pause.end()
        }
        try withFolder { folder in
            CrashPause(folders: "\(folder):/nonexistent").mark()
            #expect(CrashPause(folders: "\(folder):/other").isDue(at: now()))
        }
    }
}
