// What TCP says about the bytes on their way to a peer, and how many of them it keeps here. The
// kernel's header has fields of tcp_info that glibc's lacks, and the two exclude each other.
#include "CLinux.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif

int clinux_limit_unsent(int descriptor, uint32_t byte_count) {
    return setsockopt(
        descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &byte_count, sizeof byte_count);
}

int clinux_delivery(int descriptor, struct clinux_delivery *delivery) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return -1;
    // Linux has had the newest of these fields since 4.10.
    if (size < offsetof(struct tcp_info, tcpi_busy_time) + sizeof info.tcpi_busy_time) return -1;
    delivery->acknowledged = info.tcpi_bytes_acked;
    delivery->under_way = (uint64_t)info.tcpi_unacked * info.tcpi_snd_mss;
    delivery->round_trip = info.tcpi_rtt;
    delivery->least_round_trip = info.tcpi_min_rtt;
    delivery->busy = info.tcpi_busy_time;
    return 0;
}

int clinux_send_buffer(int descriptor) {
    int byte_count = 0;
    socklen_t size = sizeof byte_count;
    if (getsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &byte_count, &size) < 0) return -1;
    return byte_count / 5 * 4; // as many as were set: see below
}

int clinux_set_send_buffer(int descriptor, int byte_count) {
    // The kernel doubles the value for what it needs besides the bytes (socket(7)). That is about a
    // quarter of them, so 5/8 become 5/4.
    byte_count = byte_count / 8 * 5;
    return setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &byte_count, sizeof byte_count);
}

int clinux_free_send_buffer(int descriptor) {
    int lock = 0;
    return setsockopt(descriptor, SOL_SOCKET, SO_BUF_LOCK, &lock, sizeof lock);
}
