// A kernel in memory, in place of the real one: for the cost of a server by itself, and for a
// million connections in one process.
//
//     LD_PRELOAD=simulated.so SIMULATED="echo connections=100 size=32 depth=16" SERVER ...
//
// The sockets that the server accepts are numbers. Each has a client that does at once what a real
// client would do over a network; sends are always taken whole. Loads:
//
//     echo     every connection has `depth` messages outstanding
//     fanout   one connection publishes `depth` messages as soon as all have the last ones
//     chat     the same in the room `hall` of the chat, all logged in, with `speakers` members that
//              each have one message outstanding, and a bystander that is pinged all the time
//     rooms    the chat again: two in each room, both talking
//     opening  `connections` are opened, and nothing is said: a handshake counts as a message
//
// This file has the system calls, simulated_clients.c the clients and the figures. The clock stops
// inside of them: only the time between calls counts, in nanoseconds a message or delivery, as the
// median of `laps` laps. At the end the process ends. Under callgrind with --instr-atstart=no and a
// --toggle-collect for each exported function, only the server's own instructions are counted, and
// only those of the laps.
#define _GNU_SOURCE
#include "simulated.h"
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <x86intrin.h>

enum { FIRST = 1 << 20, ACCEPTED_AT_ONCE = 64 };

static int listener = -1, poll_fd = -1;
static uint64_t listener_token, left_at;

static int (*real_epoll_ctl)(int, int, int, struct epoll_event *);
static int (*real_epoll_wait)(int, struct epoll_event *, int, int);
static int (*real_accept4)(int, struct sockaddr *, socklen_t *, int);
static int (*real_listen)(int, int), (*real_close)(int), (*real_shutdown)(int, int);
static int (*real_setsockopt)(int, int, int, const void *, socklen_t);
static ssize_t (*real_recv)(int, void *, size_t, int);
static ssize_t (*real_send)(int, const void *, size_t, int);

static void enter(void) { own_ticks += __rdtsc() - left_at; }
static void leave(void) { left_at = __rdtsc(); }

__attribute__((constructor)) static void prepare(void) {
#define REAL(name) real_##name = dlsym(RTLD_NEXT, #name)
    REAL(epoll_ctl), REAL(epoll_wait), REAL(accept4), REAL(listen), REAL(close), REAL(shutdown);
    REAL(setsockopt), REAL(recv), REAL(send);
    prepare_clients();
    left_at = __rdtsc();
}

static int next_events(struct epoll_event *events, int most) {
    int found = 0;
    if (accepted < options.connections && accepted == open_count) {
        events[found++] = (struct epoll_event){.events = EPOLLIN, .data.u64 = listener_token};
        return found;
    }
    if (!running && accepted == options.connections && open_count == accepted) begin();
    long kept = 0;
    for (long at = 0; at < ready_count; at++) {
        long i = ready[at];
        struct client *c = &clients[i];
        if (!c->has_input || !(c->interest & EPOLLIN) || found == most) {
            c->listed = c->has_input && (c->interest & EPOLLIN);
            if (c->listed) ready[kept++] = i;
            continue;
        }
        events[found++] = (struct epoll_event){.events = EPOLLIN, .data.u64 = c->token};
        ready[kept++] = i;
    }
    ready_count = kept;
    return found;
}

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout) {
    if (!clients || fd != poll_fd) return real_epoll_wait(fd, events, most, timeout);
    enter();
    static int stalled;
    int found = next_events(events, most);
    if (found || timeout == 0) {
        stalled = 0;
    } else {
        usleep(1000);
        if (++stalled > 5000) {
            fprintf(stderr, "simulated: nothing happens: %ld accepted, %ld open, %lu counted\n",
                    accepted, open_count, counted);
            _exit(1);
        }
    }
    leave();
    return found;
}

int epoll_ctl(int fd, int operation, int of, struct epoll_event *event) {
    if (!clients || of < FIRST) {
        if (of == listener && operation == EPOLL_CTL_ADD) {
            poll_fd = fd;
            listener_token = event->data.u64;
        }
        return real_epoll_ctl(fd, operation, of, event);
    }
    enter();
    struct client *c = &clients[of - FIRST];
    if (event) c->interest = event->events, c->token = event->data.u64;
    if (c->has_input && c->interest & EPOLLIN) wake(of - FIRST);
    leave();
    return 0;
}

int listen(int fd, int backlog) {
    listener = fd;
    return real_listen(fd, backlog);
}

int accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags) {
    if (!clients) return real_accept4(fd, peer, size, flags);
    enter();
    int accepted_fd = -1;
    if (accepted == 0) rss_before = rss();
    if (accepted < options.connections && accepted - open_count < ACCEPTED_AT_ONCE) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        if (peer) memcpy(peer, &address, sizeof address), *size = sizeof address;
        speak(accepted);
        accepted_fd = FIRST + accepted++;
    } else {
        errno = EAGAIN;
    }
    leave();
    return accepted_fd;
}

ssize_t recv(int fd, void *to, size_t size, int flags) {
    if (fd < FIRST) return real_recv(fd, to, size, flags);
    enter();
    struct client *c = &clients[fd - FIRST];
    ssize_t got = -1;
    if (c->has_input) {
        c->has_input = false;
        got = 0;
        if (c->pongs) got = put_frame(to, 10, "", 0);
        if (c->speaks) got += client_input(fd - FIRST, (unsigned char *)to + got);
        c->pongs = c->speaks = false;
    } else {
        errno = EAGAIN;
    }
    leave();
    return got;
}

ssize_t send(int fd, const void *from, size_t size, int flags) {
    if (fd < FIRST) return real_send(fd, from, size, flags);
    enter();
    client_got(fd - FIRST, from, size);
    leave();
    return size;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size) {
    return fd < FIRST ? real_setsockopt(fd, level, name, value, size) : 0;
}

int shutdown(int fd, int how) { return fd < FIRST ? real_shutdown(fd, how) : 0; }

int close(int fd) {
    if (fd < FIRST) return real_close(fd);
    fprintf(stderr, "simulated: connection %d was closed\n", fd - FIRST);
    _exit(1);
}

int getrlimit(__rlimit_resource_t resource, struct rlimit *limit) {
    int (*real)(__rlimit_resource_t, struct rlimit *) = dlsym(RTLD_NEXT, "getrlimit");
    int result = real(resource, limit);
    if (resource == RLIMIT_NOFILE && clients) limit->rlim_cur = limit->rlim_max = 4 << 20;
    return result;
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit) {
    int (*real)(__rlimit_resource_t, const struct rlimit *) = dlsym(RTLD_NEXT, "setrlimit");
    return resource == RLIMIT_NOFILE && clients ? 0 : real(resource, limit);
}
