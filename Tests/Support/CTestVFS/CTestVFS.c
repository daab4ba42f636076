// The layer between SQLite and its own file system: counts, fails, goes dark, and notes of each
// sector what it held at its file's last sync.
#define _XOPEN_SOURCE 700
#include "CTestVFS.h"

#include "Sectors.h"
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LIMIT = 8 };

struct fault {
    long skipped, count;
    int code;
    bool is_short;
};

struct ctestvfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    pthread_mutex_t mutex;
    struct fault faults[2];
    long operation_count, crash_at;
    bool is_dark;
    struct sectors files[PATH_LIMIT];
};

struct test_file {
    sqlite3_file base;
    ctestvfs *disk;
    struct sectors *sectors;
};

static ctestvfs *disk_of(sqlite3_vfs *vfs) { return vfs->pAppData; }
static sqlite3_vfs *real_of(sqlite3_vfs *vfs) { return disk_of(vfs)->real; }
static sqlite3_file *real_file(sqlite3_file *file) {
    return (sqlite3_file *)((struct test_file *)file + 1);
}

// What an operation comes to. `dying` is the one with which the power goes.
enum fate { DONE, FAILED, HALF_DONE, DYING, DARK };

static enum fate fate(ctestvfs *disk, int kind, int *code) {
    if (disk->is_dark) return DARK;
    disk->operation_count++;
    if (disk->crash_at > 0 && disk->operation_count >= disk->crash_at) {
        disk->is_dark = true;
        return DYING;
    }
    if (kind < 0) return DONE;
    struct fault *fault = &disk->faults[kind];
    if (fault->count == 0) return DONE;
    if (fault->skipped > 0) {
        fault->skipped--;
        return DONE;
    }
    fault->count--;
    errno = EIO;
    *code = fault->code;
    return fault->is_short ? HALF_DONE : FAILED;
}

static int test_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct test_file *mine = (struct test_file *)file;
    sqlite3_file *real = real_file(file);
    int code = SQLITE_IOERR_WRITE;
    pthread_mutex_lock(&mine->disk->mutex);
    enum fate what = fate(mine->disk, CTESTVFS_WRITE, &code);
    int written = what == DONE || what == DYING ? count : what == HALF_DONE ? count / 2 : 0;
    if (written > 0) {
        sectors_note(mine->sectors, real, offset, written);
        int status = real->pMethods->xWrite(real, bytes, written, offset);
        if (what == DONE) code = status;
    }
    pthread_mutex_unlock(&mine->disk->mutex);
    return code;
}

static int test_sync(sqlite3_file *file, int flags) {
    (void)flags;
    struct test_file *mine = (struct test_file *)file;
    int code = SQLITE_IOERR_FSYNC;
    pthread_mutex_lock(&mine->disk->mutex);
    if (fate(mine->disk, CTESTVFS_SYNC, &code) == DONE) {
        sectors_forget(mine->sectors);
        code = SQLITE_OK;
    }
    pthread_mutex_unlock(&mine->disk->mutex);
    return code;
}

static int test_truncate(sqlite3_file *file, sqlite3_int64 size) {
    struct test_file *mine = (struct test_file *)file;
    sqlite3_file *real = real_file(file);
    int code = SQLITE_IOERR_TRUNCATE;
    pthread_mutex_lock(&mine->disk->mutex);
    if (fate(mine->disk, -1, &code) == DONE) {
        sqlite3_int64 old = 0;
        real->pMethods->xFileSize(real, &old);
        if (old > size) sectors_note(mine->sectors, real, size, old - size);
        code = real->pMethods->xTruncate(real, size);
    }
    pthread_mutex_unlock(&mine->disk->mutex);
    return code;
}

static int test_close(sqlite3_file *file) {
    return real_file(file)->pMethods->xClose(real_file(file));
}

// What goes to the file below as it is.
#define BELOW(file) real_file(file)->pMethods
static int test_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) {
    return BELOW(f)->xRead(real_file(f), to, n, at);
}
static int test_size(sqlite3_file *f, sqlite3_int64 *size) {
    return BELOW(f)->xFileSize(real_file(f), size);
}
static int test_lock(sqlite3_file *f, int l) { return BELOW(f)->xLock(real_file(f), l); }
static int test_unlock(sqlite3_file *f, int l) { return BELOW(f)->xUnlock(real_file(f), l); }
static int test_reserved(sqlite3_file *f, int *r) {
    return BELOW(f)->xCheckReservedLock(real_file(f), r);
}
static int test_control(sqlite3_file *f, int op, void *arg) {
    // Growing a file ahead of its writes would be a change that nobody notes.
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return BELOW(f)->xFileControl(real_file(f), op, arg);
}
static int test_sector_size(sqlite3_file *f) {
    (void)f;
    return SECTOR_BYTE_COUNT;
}
static int test_traits(sqlite3_file *f) {
    (void)f;
    return 0;
}
static int test_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **to) {
    return BELOW(f)->xShmMap(real_file(f), page, size, extend, to);
}
static int test_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    return BELOW(f)->xShmLock(real_file(f), offset, n, flags);
}
static void test_shm_barrier(sqlite3_file *f) { BELOW(f)->xShmBarrier(real_file(f)); }
static int test_shm_unmap(sqlite3_file *f, int remove) {
    return BELOW(f)->xShmUnmap(real_file(f), remove);
}

static const sqlite3_io_methods methods = {
    2, test_close, test_read, test_write, test_truncate, test_sync, test_size, test_lock,
    test_unlock, test_reserved, test_control, test_sector_size, test_traits, test_shm_map,
    test_shm_lock, test_shm_barrier, test_shm_unmap, 0, 0};

static int test_open(
    sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out) {
    ctestvfs *disk = disk_of(vfs);
    struct test_file *mine = (struct test_file *)file;
    mine->base.pMethods = 0;
    mine->disk = disk;
    if (disk->is_dark) return SQLITE_CANTOPEN;
    int status = disk->real->xOpen(disk->real, path, real_file(file), flags, out);
    if (status != SQLITE_OK) return status;
    pthread_mutex_lock(&disk->mutex);
    mine->sectors = sectors_of(disk->files, PATH_LIMIT, path);
    pthread_mutex_unlock(&disk->mutex);
    mine->base.pMethods = &methods;
    return SQLITE_OK;
}

static int test_delete(sqlite3_vfs *vfs, const char *path, int syncs) {
    ctestvfs *disk = disk_of(vfs);
    int code = SQLITE_IOERR_DELETE;
    pthread_mutex_lock(&disk->mutex);
    if (fate(disk, -1, &code) == DONE) {
        // A deletion is not forgotten: SQLite syncs the folder where it matters.
        sectors_forget(sectors_of(disk->files, PATH_LIMIT, path));
        code = disk->real->xDelete(disk->real, path, syncs);
    }
    pthread_mutex_unlock(&disk->mutex);
    return code;
}

static int test_access(sqlite3_vfs *v, const char *path, int flags, int *out) {
    return real_of(v)->xAccess(real_of(v), path, flags, out);
}
static int test_full_path(sqlite3_vfs *v, const char *path, int n, char *out) {
    return real_of(v)->xFullPathname(real_of(v), path, n, out);
}
static int test_random(sqlite3_vfs *v, int n, char *out) {
    return real_of(v)->xRandomness(real_of(v), n, out);
}
static int test_sleep(sqlite3_vfs *v, int n) { return real_of(v)->xSleep(real_of(v), n); }
static int test_time(sqlite3_vfs *v, double *out) {
    return real_of(v)->xCurrentTime(real_of(v), out);
}
static int test_last_error(sqlite3_vfs *v, int n, char *out) {
    (void)v, (void)n, (void)out;
    return 0;
}

ctestvfs *ctestvfs_add(const char *name) {
    ctestvfs *disk = calloc(1, sizeof(ctestvfs));
    disk->real = sqlite3_vfs_find("unix");
    pthread_mutex_init(&disk->mutex, 0);
    disk->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct test_file) + disk->real->szOsFile,
        .mxPathname = disk->real->mxPathname,
        .zName = strdup(name),
        .pAppData = disk,
        .xOpen = test_open,
        .xDelete = test_delete,
        .xAccess = test_access,
        .xFullPathname = test_full_path,
        .xRandomness = test_random,
        .xSleep = test_sleep,
        .xCurrentTime = test_time,
        .xGetLastError = test_last_error,
    };
    sqlite3_vfs_register(&disk->vfs, 0);
    return disk;
}

void ctestvfs_remove(ctestvfs *disk) {
    sqlite3_vfs_unregister(&disk->vfs);
    for (int index = 0; index < PATH_LIMIT; index++) sectors_free(&disk->files[index]);
    pthread_mutex_destroy(&disk->mutex);
    free((void *)disk->vfs.zName);
    free(disk);
}

void ctestvfs_fail(
    ctestvfs *disk, enum ctestvfs_operation operation, long skipped, long count, int code,
    bool is_short) {
    pthread_mutex_lock(&disk->mutex);
    disk->faults[operation] = (struct fault){skipped, count, code, is_short};
    pthread_mutex_unlock(&disk->mutex);
}

void ctestvfs_mend(ctestvfs *disk) {
    pthread_mutex_lock(&disk->mutex);
    memset(disk->faults, 0, sizeof disk->faults);
    pthread_mutex_unlock(&disk->mutex);
}

long ctestvfs_operation_count(ctestvfs *disk) {
    pthread_mutex_lock(&disk->mutex);
    long count = disk->operation_count;
    pthread_mutex_unlock(&disk->mutex);
    return count;
}

void ctestvfs_crash_at(ctestvfs *disk, long number) {
    pthread_mutex_lock(&disk->mutex);
    disk->crash_at = number;
    pthread_mutex_unlock(&disk->mutex);
}

bool ctestvfs_is_dark(ctestvfs *disk) {
    pthread_mutex_lock(&disk->mutex);
    bool is_dark = disk->is_dark;
    pthread_mutex_unlock(&disk->mutex);
    return is_dark;
}

void ctestvfs_restart(ctestvfs *disk, uint64_t seed) {
    pthread_mutex_lock(&disk->mutex);
    for (int index = 0; index < PATH_LIMIT; index++) {
        sectors_restart(&disk->files[index], seed + (uint64_t)index);
    }
    disk->is_dark = false;
    disk->operation_count = disk->crash_at = 0;
    pthread_mutex_unlock(&disk->mutex);
}
