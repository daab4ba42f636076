// Readings of the clock, of /proc and of the allocation counter, and the line of JSON.
#include "measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

uint64_t failures[FAILURE_KINDS];
static const char *const failure_names[FAILURE_KINDS] = {
    "connect_failed",  "handshake_refused", "handshake_wrong", "closed_by_server",
    "ended_by_server", "reset_by_server",   "wrong_bytes",     "stalled",
    "socket_error",
};
static int server_pid;
static const volatile uint64_t *allocation_count;

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

void watch_server(int pid, const char *allocation_file) {
    server_pid = pid;
    if (!allocation_file) return;
    int fd = open(allocation_file, O_RDONLY | O_CLOEXEC);
    void *page = mmap(NULL, sizeof(uint64_t), PROT_READ, MAP_SHARED, fd, 0);
    if (fd < 0 || page == MAP_FAILED) {
        perror(allocation_file);
        exit(2);
    }
    close(fd);
    allocation_count = page;
}

static bool read_proc(const char *name, char *into, size_t size) {
    if (!server_pid) return false;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", server_pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, into, size - 1);
    if (n < 0) {
        fprintf(stderr, "load: no server at pid %d\n", server_pid);
        exit(1);
    }
    close(fd);
    into[n] = 0;
    return true;
}

static double server_cpu(void) {
    char stat[1024];
    unsigned long user = 0, system = 0;
    if (!read_proc("stat", stat, sizeof stat)) return 0;
    char *after_name = strrchr(stat, ')'); // the name may hold spaces
    sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

long server_rss(void) {
    char status[8192];
    long kib = 0;
    if (!read_proc("status", status, sizeof status)) return 0;
    char *line = strstr(status, "VmRSS:");
    if (line) sscanf(line, "VmRSS: %ld", &kib);
    return kib;
}

struct reading read_all(void) {
    struct rusage own;
    getrusage(RUSAGE_SELF, &own);
    return (struct reading){
        .wall = now(),
        .own_cpu = own.ru_utime.tv_sec + own.ru_stime.tv_sec +
                   (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6,
        .server_cpu = server_cpu(),
        .allocations = allocation_count ? *allocation_count : 0,
    };
}

int print_report(const struct report *r) {
    double wall = r->end.wall - r->start.wall, cpu = r->end.server_cpu - r->start.server_cpu;
    printf("{\"mode\": \"%s\", \"connections\": %d, \"size\": %d, \"depth\": %d, ", r->mode,
           r->connections, r->size, r->depth);
    printf("\"unit\": \"%s\", \"count\": %lu, \"seconds\": %.3f, \"per_second\": %.0f, ", r->unit,
           r->count, wall, wall > 0 ? r->count / wall : 0);
    if (server_pid) {
        printf("\"server_cpu_seconds\": %.2f, \"per_server_cpu_second\": %.0f, ", cpu,
               cpu > 0 ? r->count / cpu : 0);
        printf("\"rss_before_kib\": %ld, \"rss_first_kib\": %ld, ", r->rss_before, r->rss_first);
        printf("\"rss_open_kib\": %ld, \"rss_peak_kib\": %ld, ", r->rss_open, r->rss_peak);
    }
    if (allocation_count)
        printf("\"allocations\": %lu, ", r->end.allocations - r->start.allocations);
    printf("\"dropped\": %lu, \"load_cpu_share\": %.2f, \"failures\": {", r->dropped,
           wall > 0 ? (r->end.own_cpu - r->start.own_cpu) / wall : 0);
    int kinds = 0;
    for (int i = 0; i < FAILURE_KINDS; i++)
        if (failures[i])
            printf("%s\"%s\": %lu", kinds++ ? ", " : "", failure_names[i], failures[i]);
    printf("}}\n");
    return kinds > 0;
}
