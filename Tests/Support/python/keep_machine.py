"""What scenarios want of the machine: a small file system, and a disk and clock that they control.

The shim is loaded into the server (LD_PRELOAD). It fails writes to the database and delays its
syncs, and sets the clock, as a file says that the scenario changes at any time.
"""

import contextlib
import ctypes
import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

CLONE_NEWNS = 0x20000
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* errno of writes, milliseconds of syncs, seconds that are added to the clock */
static volatile long long *wanted;

__attribute__((constructor)) static void begin(void) {
    int file = open(getenv("KEEP_SHIM"), O_RDONLY);
    void *there = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
    if (there != MAP_FAILED) wanted = there;
    close(file);
}

static int is_database(int file) {
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, ".db") != 0;
}

ssize_t pwrite64(int file, const void *data, size_t count, off_t at) {
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
    if (wanted && wanted[0] && is_database(file)) return errno = (int)wanted[0], -1;
    return real(file, data, count, at);
}
ssize_t pwrite(int file, const void *data, size_t count, off_t at) {
    return pwrite64(file, data, count, at);
}

/* Ends at once when nobody wants it any more. */
static void delay(int file) {
    if (!wanted || !wanted[1] || !is_database(file)) return;
    for (long long waited = 0; waited < wanted[1]; waited++) usleep(1000);
}
int fdatasync(int file) { delay(file); return (int)syscall(SYS_fdatasync, file); }
int fsync(int file) { delay(file); return (int)syscall(SYS_fsync, file); }

int clock_gettime(clockid_t clock, struct timespec *now) {
    int status = (int)syscall(SYS_clock_gettime, clock, now);
    int is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    if (wanted && is_wall) now->tv_sec += wanted[2];
    return status;
}
"""


class Skipped(Exception):
    """This machine cannot do it; the sentence says what is missing."""


class Shim:
    """The library, and the file with its orders. Give `environment` to the server."""

    def __init__(self, folder):
        compiler = shutil.which("cc")
        if not compiler:
            raise Skipped("there is no C compiler (cc)")
        library, self.file = Path(folder, "shim.so"), Path(folder, "shim.wanted")
        self.file.write_bytes(bytes(4096))
        made = subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", library, "-x", "c", "-", "-ldl"],
            input=SHIM, text=True, capture_output=True)
        if made.returncode:
            raise Skipped(f"the C compiler makes no library: {made.stderr[:200]}")
        self.environment = {"LD_PRELOAD": str(library), "KEEP_SHIM": str(self.file)}

    def want(self, error=0, sync_ms=0, clock=0):
        with self.file.open("r+b") as file:
            file.write(struct.pack("qqq", error, sync_ms, clock))


@contextlib.contextmanager
def file_system(size):
    """A tmpfs of this size, which nobody else sees; it goes with this process at the latest."""
    if os.geteuid() != 0:
        raise Skipped("a file system of its own needs root")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise Skipped(f"no mount namespace: {os.strerror(ctypes.get_errno())}")
    with tempfile.TemporaryDirectory() as place:
        for arguments in (["--make-rprivate", "/"],
                          ["-t", "tmpfs", "-o", f"size={size},mode=700", "keep", place]):
            done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
            if done.returncode:
                raise Skipped(f"no mount: {done.stderr.strip()}")
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=False)
