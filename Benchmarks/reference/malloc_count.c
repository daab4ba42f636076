// Counts the allocations of a program: LD_PRELOAD this, with MALLOC_COUNT_FILE naming a file of at
// least eight bytes. The count stands in its first eight while the program runs, so that a reader
// can take it before and after. A realloc counts as one, whether it moves or not.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static uint64_t before_start; // allocations of the dynamic linker, before the file is open
static uint64_t *count = &before_start;

__attribute__((constructor)) static void open_file(void) {
    const char *path = getenv("MALLOC_COUNT_FILE");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *page = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || page == MAP_FAILED) {
        perror("malloc_count: MALLOC_COUNT_FILE");
        _exit(127);
    }
    close(fd);
    count = page;
    *count = before_start;
}

static void tick(void) { __atomic_fetch_add(count, 1, __ATOMIC_RELAXED); }

void *malloc(size_t size) {
    tick();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    tick();
    return __libc_calloc(number, size);
}

void *realloc(void *at, size_t size) {
    tick();
    return __libc_realloc(at, size);
}

void *memalign(size_t alignment, size_t size) {
    tick();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **at, size_t alignment, size_t size) {
    *at = memalign(alignment, size);
    return *at ? 0 : ENOMEM;
}
