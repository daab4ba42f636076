// The disk of CTestVFS for one test.
import CSQLite
import CTestVFS
import Foundation

@testable import ChatDatabase

/// A disk that fails when a test says so, and forgets at a crash what was not synced.
final class TestDisk: @unchecked Sendable {
    let name = "disk-\(UUID().uuidString)"
    private let disk: OpaquePointer

    init() { disk = ctestvfs_add(name) }

    /// Its databases are closed by now.
    deinit { ctestvfs_remove(disk) }

    /// Options for a database on it, which tries again soon.
    var options: DatabaseOptions {
        var options = DatabaseOptions()
        options.fileSystem = name
        options.pauses = 1_000_000...4_000_000
        return options
    }

    enum Operation: CaseIterable {
        case write, sync

        var code: ctestvfs_operation { self == .write ? CTESTVFS_WRITE : CTESTVFS_SYNC }
    }

    /// After `skipped` more operations, all of this kind fail until ``mend()``.
    func fail(
        _ operation: Operation, after skipped: Int = 0, count: Int = .max, with code: Int32,
        isShort: Bool = false
    ) {
        ctestvfs_fail(disk, operation.code, skipped, count, code, isShort)
    }

    func mend() { ctestvfs_mend(disk) }

    /// The power goes with the operation of this number; 0 is never.
    func crash(at number: Int) { ctestvfs_crash_at(disk, number) }

    var isDark: Bool { ctestvfs_is_dark(disk) }

    func restart(seed: UInt64) { ctestvfs_restart(disk, seed) }
}
