// What the sectors of a file held at its last sync, so that a crash can bring some of it back.
#pragma once
#include <sqlite3.h>
#include <stdint.h>

enum { SECTOR_BYTE_COUNT = 512 };

struct old_sector;

struct sectors {
    char *path;
    /// By the number of the sector; null if it was not written since the last sync.
    struct old_sector **old;
    int64_t count;
};

/// The notes of the file at `path`, among `limit` files.
struct sectors *sectors_of(struct sectors *files, int limit, const char *path);
/// Notes what is in a part of the file that is about to be written.
void sectors_note(struct sectors *sectors, sqlite3_file *file, int64_t offset, int64_t count);
/// The file is synced, or gone.
void sectors_forget(struct sectors *sectors);
/// Leaves the old or the new state of each sector that is noted.
void sectors_restart(struct sectors *sectors, uint64_t seed);
void sectors_free(struct sectors *sectors);
