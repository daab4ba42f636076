// The counts of a run of the load generator, and their output: one line of JSON.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// All failures; any of them makes the exit status 1.
enum failure {
    CONNECT_FAILED,
    HANDSHAKE_REFUSED, // no 101
    HANDSHAKE_WRONG,   // an invalid 101: the wrong Sec-WebSocket-Accept, or too long
    CLOSED_BY_SERVER,  // an unexpected close frame
    ENDED_BY_SERVER,   // end of stream without one
    RESET_BY_SERVER,
    WRONG_BYTES, // not the expected message
    STALLED,     // nothing moved for five seconds
    SOCKET_ERROR,
    FAILURE_KINDS,
};
extern uint64_t failures[FAILURE_KINDS];

// One reading of everything that is compared between the start and the end of measuring.
struct reading {
    double wall, own_cpu, server_cpu; // seconds
    uint64_t allocations;             // of the server, if malloc_count.c counts them
};

double now(void);
void watch_server(int pid, const char *allocation_file); // 0 and NULL: do not
struct reading read_all(void);
long server_rss(void); // KiB

struct report {
    const char *mode, *unit;
    int connections, size, depth;
    uint64_t count;                 // of `unit`, while measured
    // In KiB: without connections, with one (idle only), with all open, and the maximum.
    long rss_before, rss_first, rss_open, rss_peak;
    uint64_t dropped;               // members that never read, and were dropped for it
    struct reading start, end;
};
int print_report(const struct report *r); // the exit status
