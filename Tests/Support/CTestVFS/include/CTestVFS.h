// A disk under SQLite that fails when a test says so, and that forgets at a crash what was not
// synced: a layer over SQLite's own file system, in a real folder.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct ctestvfs ctestvfs;

/// A disk, which SQLite knows by `name` until it is removed.
ctestvfs *ctestvfs_add(const char *name);
/// All its files must be closed.
void ctestvfs_remove(ctestvfs *disk);

enum ctestvfs_operation { CTESTVFS_WRITE, CTESTVFS_SYNC };

/// After `skipped` more operations of this kind, `count` of them fail with SQLite's result `code`.
/// A write that is `is_short` leaves its first half on the disk.
void ctestvfs_fail(
    ctestvfs *disk, enum ctestvfs_operation operation, long skipped, long count, int code,
    bool is_short);
/// Nothing fails from now on.
void ctestvfs_mend(ctestvfs *disk);

/// How many operations that change something there were: writes, syncs, truncations, deletions.
long ctestvfs_operation_count(ctestvfs *disk);
/// With the operation of this number, counted from 1, the machine loses its power: whatever is
/// done from then on fails, and changes nothing.
void ctestvfs_crash_at(ctestvfs *disk, long number);
/// Whether that has happened.
bool ctestvfs_is_dark(ctestvfs *disk);
/// The machine starts again. Of each sector that was written after its file's last sync, the old
/// or the new state is left, as `seed` says. All files must be closed.
void ctestvfs_restart(ctestvfs *disk, uint64_t seed);
