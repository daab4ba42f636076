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
// The clock stops inside this file: only the time between its calls counts, in nanoseconds a
// message or delivery, as the median of `laps` laps. At the end it ends the process. Under
// callgrind with --instr-atstart=no and a --toggle-collect for each function that this file
// exports, only the server's own instructions are counted, and only those of the laps.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_TOGGLE_COLLECT
#endif

enum { FIRST = 1 << 20, ACCEPTED_AT_ONCE = 64, FRAMES = 64 << 10 };

struct client {
    uint64_t token;
    uint32_t interest;
    uint32_t owed; // frames that it waits for before it goes on
    uint8_t stage; // how far its opening has come
    bool has_input, listed; // listed: among the `ready`
    bool speaks, pongs;     // what it has to send
};

static struct {
    char load[16];
    long connections, size, depth, speakers, laps, lap, member_bytes;
} options = {.connections = 100, .size = 32, .depth = 1, .speakers = 1, .laps = 21};

static struct client *clients;
static uint32_t *ready; // clients with input
static long ready_count, accepted, open_count, last_stage;
static int listener = -1, poll_fd = -1;
static uint64_t listener_token;
static bool running, is_chat;
static unsigned char frames[FRAMES];
static size_t frames_length;

static uint64_t counted, outstanding; // deliveries; those still to come before the next publishing
static uint64_t warm_up_count;
static uint64_t own_ticks, left_at, lap_ticks, lap_counted, lap_index;
static double *lap_results; // ticks a message
static double began_seconds;
static uint64_t began_ticks;
static uint64_t pinged_at, worst_ping;
static long rss_before, rss_open;

static int (*real_epoll_ctl)(int, int, int, struct epoll_event *);
static int (*real_epoll_wait)(int, struct epoll_event *, int, int);
static int (*real_accept4)(int, struct sockaddr *, socklen_t *, int);
static int (*real_listen)(int, int), (*real_close)(int), (*real_shutdown)(int, int);
static int (*real_setsockopt)(int, int, int, const void *, socklen_t);
static ssize_t (*real_recv)(int, void *, size_t, int);
static ssize_t (*real_send)(int, const void *, size_t, int);

static bool load_is(const char *name) { return strcmp(options.load, name) == 0; }
static void enter(void) { own_ticks += __rdtsc() - left_at; }
static void leave(void) { left_at = __rdtsc(); }

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static long rss(void) {
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    if (file) fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

static size_t put_frame(unsigned char *p, int opcode, const char *payload, size_t size) {
    static const unsigned char key[4] = {0x37, 0xfa, 0x21, 0x3d};
    size_t head = 2;
    p[0] = 0x80 | opcode;
    if (size < 126) {
        p[1] = 0x80 | size;
    } else {
        p[1] = 0x80 | 126, p[2] = size >> 8, p[3] = size;
        head = 4;
    }
    memcpy(p + head, key, 4);
    for (size_t i = 0; i < size; i++) p[head + 4 + i] = payload[i] ^ key[i & 3];
    return head + 4 + size;
}

static size_t put_text(unsigned char *p, const char *text) {
    return put_frame(p, 1, text, strlen(text));
}

__attribute__((constructor)) static void prepare(void) {
#define REAL(name) real_##name = dlsym(RTLD_NEXT, #name)
    REAL(epoll_ctl), REAL(epoll_wait), REAL(accept4), REAL(listen), REAL(close), REAL(shutdown);
    REAL(setsockopt), REAL(recv), REAL(send);
    const char *asked = getenv("SIMULATED");
    if (!asked || sscanf(asked, "%15s", options.load) != 1) return;
    const struct { const char *name; long *value; } known[] = {
        {" connections=", &options.connections}, {" size=", &options.size},
        {" depth=", &options.depth}, {" speakers=", &options.speakers}, {" laps=", &options.laps},
        {" lap=", &options.lap},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *found = strstr(asked, known[i].name);
        if (found) *known[i].value = atol(found + strlen(known[i].name));
    }
    is_chat = load_is("chat") || load_is("rooms");
    last_stage = is_chat ? 2 : 0;
    if (!options.lap)
        options.lap = load_is("echo") || load_is("rooms") ? 200000
            : load_is("opening") ? options.connections / (options.laps + 1)
            : options.connections * 4;

    clients = calloc(options.connections, sizeof *clients);
    ready = calloc(options.connections, sizeof *ready);
    lap_results = calloc(options.laps, sizeof *lap_results);
    // Touched now, so that they do not count as the server's.
    for (long i = 0; i < options.connections; i++)
        *(volatile uint32_t *)&clients[i].owed = *(volatile uint32_t *)&ready[i] = 0;
    char payload[FRAMES / 2];
    memset(payload, 'x', sizeof payload);
    payload[options.size] = 0;
    for (long i = 0; i < options.depth && frames_length < FRAMES / 2; i++) {
        char text[FRAMES / 2 + 64];
        if (load_is("chat"))
            snprintf(text, sizeof text, "{\"type\":\"message\",\"room\":\"hall\",\"text\":\"%s\"}",
                     payload);
        if (!is_chat) memcpy(text, payload, options.size + 1);
        if (!load_is("rooms")) frames_length += put_text(frames + frames_length, text);
    }
    struct rlimit files; // numbers only: the limit is what the server goes by
    getrlimit(RLIMIT_NOFILE, &files);
    began_seconds = seconds();
    began_ticks = left_at = __rdtsc();
}

// The bytes that the client sends next, made when they are asked for.
static size_t input(long i, unsigned char *to) {
    struct client *c = &clients[i];
    char text[FRAMES];
    if (running && load_is("rooms")) {
        int n = snprintf(text, sizeof text, "{\"type\":\"message\",\"room\":\"r%ld\",\"text\":\"", i / 2);
        memset(text + n, 'x', options.size);
        strcpy(text + n + options.size, "\"}");
        return put_text(to, text);
    }
    if (running && is_chat && i == options.connections - 1) return put_frame(to, 9, "", 0);
    if (running) {
        memcpy(to, frames, frames_length);
        return frames_length;
    }
    if (c->stage == 0) {
        static const char request[] =
            "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        memcpy(to, request, sizeof request - 1);
        return sizeof request - 1;
    }
    if (c->stage == 1) {
        snprintf(text, sizeof text, "{\"type\":\"login\",\"user\":\"u%ld\",\"join\":false}", i);
        return put_text(to, text);
    }
    bool bystander = load_is("chat") && i == options.connections - 1;
    char room[32] = "hall";
    if (load_is("rooms")) snprintf(room, sizeof room, "r%ld", i / 2);
    snprintf(text, sizeof text, "{\"type\":\"join\",\"room\":\"%s\"}", bystander ? "aside" : room);
    return put_text(to, text);
}

static void wake(long i) {
    struct client *c = &clients[i];
    c->has_input = true;
    if (c->listed) return;
    c->listed = true;
    ready[ready_count++] = i;
}

static void speak(long i) {
    clients[i].speaks = true;
    wake(i);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(void) {
    CALLGRIND_STOP_INSTRUMENTATION;
    if (!running) rss_open = rss();
    // Ticks are calibrated over the whole run: over seconds, a preemption between the two readings
    // of a pair does not matter.
    double tick_ns = (seconds() - began_seconds) * 1e9 / (__rdtsc() - began_ticks);
    qsort(lap_results, options.laps, sizeof *lap_results, by_value);
    printf("{\"load\": \"%s\", \"connections\": %ld, \"size\": %ld, \"depth\": %ld, "
           "\"counted\": %lu, \"own_ns_median\": %.1f, \"bytes_per_connection\": %.0f, "
           "\"worst_ping_ms\": %.1f}\n",
           options.load, options.connections, options.size, options.depth, counted - warm_up_count,
           lap_results[options.laps / 2] * tick_ns,
           (double)(rss_open - rss_before) / options.connections, worst_ping * tick_ns / 1e6);
    fflush(stdout);
    _exit(0);
}

// All clients are connected: the load begins.
static void begin(void) {
    rss_open = rss();
    running = true;
    bool all = load_is("echo") || load_is("rooms");
    long speakers = all ? options.connections : options.speakers;
    for (long i = 0; i < speakers; i++) speak(i);
    if (load_is("chat")) speak(options.connections - 1);
    lap_ticks = own_ticks;
    pinged_at = __rdtsc();
}

static void count(uint64_t frame_count) {
    counted += frame_count;
    if (counted - lap_counted < (uint64_t)options.lap) return;
    // The first lap warms up.
    if (lap_index > 0)
        lap_results[lap_index - 1] = (double)(own_ticks - lap_ticks) / (counted - lap_counted);
    if (lap_index == 0) {
        warm_up_count = counted;
        CALLGRIND_START_INSTRUMENTATION;
        // Callgrind has not seen the entry into send, but will see its return.
        CALLGRIND_TOGGLE_COLLECT;
    }
    lap_ticks = own_ticks;
    lap_counted = counted;
    if ((long)++lap_index > options.laps) report();
}

// The client has got these frames.
static void got(long i, const unsigned char *p, size_t size) {
    struct client *c = &clients[i];
    if (!running && ((const unsigned char *)p)[0] != 0x89) {
        if (c->stage == last_stage) {
            if (c->stage++ == last_stage) open_count++;
            if (load_is("opening")) count(1);
        } else if (c->stage < last_stage) {
            c->stage++;
            speak(i);
        }
        return;
    }
    uint64_t frame_count = 0;
    bool answered = false;
    for (size_t at = 0; at < size;) {
        size_t length = p[at + 1], head = 2;
        if (length == 126) length = p[at + 2] << 8 | p[at + 3], head = 4;
        if (p[at] == 0x89) { // a ping of the server
            c->pongs = true;
            wake(i);
        } else if (p[at] == 0x8A) {
            if (__rdtsc() - pinged_at > worst_ping) worst_ping = __rdtsc() - pinged_at;
            answered = true;
        } else if (is_chat && length > 10 && p[at + head + 9] == 'o') {
            answered = true; // {"type":"ok"
        } else {
            frame_count++;
        }
        at += head + length;
    }
    if (is_chat) {
        if (answered) {
            if (load_is("chat") && i == options.connections - 1) pinged_at = __rdtsc();
            if (load_is("rooms") || i >= options.speakers || options.speakers > 1) speak(i);
        }
    } else if (load_is("echo")) {
        c->owed += frame_count;
        if (c->owed >= (uint32_t)options.depth) c->owed -= options.depth, speak(i);
    }
    if (load_is("fanout") || (load_is("chat") && options.speakers == 1)) {
        uint64_t members = options.connections - is_chat;
        outstanding += frame_count;
        if (outstanding >= members * options.depth)
            outstanding -= members * options.depth, speak(0);
    }
    count(frame_count);
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
        if (c->speaks) got += input(fd - FIRST, (unsigned char *)to + got);
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
    got(fd - FIRST, from, size);
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
