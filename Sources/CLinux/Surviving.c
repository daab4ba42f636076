// What lets connections survive their process: memory that is left behind, sockets of which copies
// are open elsewhere, and how far the kernel has come with them.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int counts(int descriptor, uint64_t *acknowledged, uint64_t *received) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return -1;
    // Linux has had both since 4.1.
    if (size < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
        return -1;
    *acknowledged = info.tcpi_bytes_acked;
    *received = info.tcpi_bytes_received;
    return 0;
}

int clinux_position(int descriptor, uint64_t *written, uint64_t *read) {
    uint64_t acknowledged, received;
    if (counts(descriptor, &acknowledged, &received) < 0) return -1;
    // The peer may acknowledge and send meanwhile: then it is counted again.
    for (int tries = 0; tries < 16; tries++) {
        uint64_t acknowledged_then = acknowledged, received_then = received;
        int queued = 0, unread = 0;
        if (ioctl(descriptor, SIOCOUTQ, &queued) < 0) return -1;
        if (ioctl(descriptor, SIOCINQ, &unread) < 0) return -1;
        if (counts(descriptor, &acknowledged, &received) < 0) return -1;
        if (acknowledged != acknowledged_then || received != received_then) continue;
        *written = acknowledged + (uint64_t)queued;
        *read = received - (uint64_t)unread;
        return 0;
    }
    return -1;
}

void clinux_end_copies(int descriptor, int reset) {
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    if (reset) connect(descriptor, &nowhere, sizeof nowhere);
    else shutdown(descriptor, SHUT_RDWR);
}

enum { SHARED_SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

int clinux_make_shared(const char *name, size_t size, void **memory) {
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -1;
    if (ftruncate(file, (off_t)size) == 0 && fcntl(file, F_ADD_SEALS, SHARED_SEALS) == 0) {
        *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (*memory != MAP_FAILED) return file;
    }
    int error = errno;
    close(file);
    errno = error;
    return -1;
}

int clinux_map_shared(int descriptor, size_t limit, size_t *size, void **memory) {
    struct stat status;
    int seals = fcntl(descriptor, F_GET_SEALS);
    // Without the seals it could become shorter while it is read.
    if (seals < 0 || (seals & SHARED_SEALS) != SHARED_SEALS || fstat(descriptor, &status) < 0 ||
        status.st_size <= 0 || (size_t)status.st_size > limit) {
        errno = EINVAL;
        return -1;
    }
    *size = (size_t)status.st_size;
    *memory = mmap(NULL, *size, PROT_READ, MAP_SHARED, descriptor, 0);
    return *memory == MAP_FAILED ? -1 : 0;
}
