// The notes of sectors, and a crash that leaves each of them old or new.
#define _XOPEN_SOURCE 700
#include "Sectors.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct old_sector {
    /// Fewer than a sector has at the end of the file, and 0 behind it.
    int count;
    unsigned char bytes[SECTOR_BYTE_COUNT];
};

struct sectors *sectors_of(struct sectors *files, int limit, const char *path) {
    for (int index = 0; index < limit; index++) {
        if (!files[index].path) files[index].path = strdup(path);
        if (strcmp(files[index].path, path) == 0) return &files[index];
    }
    abort();
}

void sectors_note(struct sectors *sectors, sqlite3_file *file, int64_t offset, int64_t count) {
    int64_t first = offset / SECTOR_BYTE_COUNT;
    int64_t end = (offset + count + SECTOR_BYTE_COUNT - 1) / SECTOR_BYTE_COUNT;
    if (end > sectors->count) {
        sectors->old = realloc(sectors->old, (size_t)end * sizeof *sectors->old);
        size_t added = (size_t)(end - sectors->count);
        memset(sectors->old + sectors->count, 0, added * sizeof *sectors->old);
        sectors->count = end;
    }
    sqlite3_int64 size = 0;
    file->pMethods->xFileSize(file, &size);
    for (int64_t number = first; number < end; number++) {
        if (sectors->old[number]) continue;
        struct old_sector *old = calloc(1, sizeof *old);
        int64_t start = number * SECTOR_BYTE_COUNT;
        int64_t there = size > start ? size - start : 0;
        old->count = (int)(there < SECTOR_BYTE_COUNT ? there : SECTOR_BYTE_COUNT);
        if (old->count > 0) file->pMethods->xRead(file, old->bytes, old->count, start);
        sectors->old[number] = old;
    }
}

void sectors_forget(struct sectors *sectors) {
    for (int64_t number = 0; number < sectors->count; number++) {
        free(sectors->old[number]);
        sectors->old[number] = 0;
    }
}

static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

void sectors_restart(struct sectors *sectors, uint64_t seed) {
    int file = sectors->path && sectors->count > 0 ? open(sectors->path, O_RDWR) : -1;
    if (file < 0) return sectors_forget(sectors);
    // Of eight crashes, one forgets everything, and one nothing.
    uint64_t state = seed, kind = next(&state) % 8;
    off_t size = lseek(file, 0, SEEK_END), end = 0;
    for (int64_t number = 0; number < sectors->count; number++) {
        struct old_sector *old = sectors->old[number];
        off_t start = number * SECTOR_BYTE_COUNT, stop = start + SECTOR_BYTE_COUNT;
        bool is_old = old && (kind == 0 || (kind != 1 && next(&state) % 2 == 0));
        if (is_old) {
            // Where something behind it is left, a sector that was not there holds zeros.
            if (pwrite(file, old->bytes, SECTOR_BYTE_COUNT, start) < 0) abort();
            if (old->count > 0) end = start + old->count;
        } else if (start < size) {
            end = stop < size ? stop : size;
        }
    }
    if (size > sectors->count * SECTOR_BYTE_COUNT) end = size;
    if (ftruncate(file, end) < 0) abort();
    close(file);
    sectors_forget(sectors);
}

void sectors_free(struct sectors *sectors) {
    sectors_forget(sectors);
    free(sectors->old);
    free(sectors->path);
}
