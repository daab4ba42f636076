// The clients of the simulated kernel: how they open, what they send, and how frames are counted.
#define _GNU_SOURCE
#include "simulated.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

enum { FRAMES = 64 << 10 };

struct options options = {.connections = 100, .size = 32, .depth = 1, .speakers = 1, .laps = 21};

struct client *clients;
uint32_t *ready;
long ready_count, accepted, open_count;
bool running;
uint64_t counted, own_ticks;
long rss_before;

static long last_stage;
static bool is_chat;
static unsigned char frames[FRAMES];
static size_t frames_length;

static uint64_t outstanding; // deliveries still to come before the next publishing
static uint64_t warm_up_count, lap_ticks, lap_counted, lap_index;
static double *lap_results; // ticks a message
static double began_seconds;
static uint64_t began_ticks;
static uint64_t pinged_at, worst_ping;
static long rss_open;

static bool load_is(const char *name) { return strcmp(options.load, name) == 0; }

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

long rss(void) {
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    if (file) fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

size_t put_frame(unsigned char *p, int opcode, const char *payload, size_t size) {
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

void prepare_clients(void) {
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
        *(volatile uint32_t *)&clients[i].received = *(volatile uint32_t *)&ready[i] = 0;
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
    began_ticks = __rdtsc();
}

size_t client_input(long i, unsigned char *to) {
    struct client *c = &clients[i];
    char text[FRAMES];
    if (running && load_is("rooms")) {
        int n = snprintf(text, sizeof text,
                         "{\"type\":\"message\",\"room\":\"r%ld\",\"text\":\"", i / 2);
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

void wake(long i) {
    struct client *c = &clients[i];
    c->has_input = true;
    if (c->listed) return;
    c->listed = true;
    ready[ready_count++] = i;
}

void speak(long i) {
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

void begin(void) {
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

void client_got(long i, const unsigned char *p, size_t size) {
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
        c->received += frame_count;
        if (c->received >= (uint32_t)options.depth) c->received -= options.depth, speak(i);
    }
    if (load_is("fanout") || (load_is("chat") && options.speakers == 1)) {
        uint64_t members = options.connections - is_chat;
        outstanding += frame_count;
        if (outstanding >= members * options.depth)
            outstanding -= members * options.depth, speak(0);
    }
    count(frame_count);
}
