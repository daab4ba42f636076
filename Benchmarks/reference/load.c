// A load generator for WebSocket servers on this machine: one thread, epoll, closed loops.
//
//     load echo   --connections N --size S --depth D   D messages outstanding on each
//     load fanout --connections N --size S --depth D   one of the N publishes; D outstanding until
//                                                      all of the N have them
//     load slow   (as fanout) --never-read A           beside A members that never read
//     load churn  --connections K --size S             connect, handshake, echo, close: K at a time
//     load idle   --connections N                      open, wait, and measure the server's growth
//
// And: --port P, --pid PID of the server, --seconds S, --warmup S, --text or --chat (JSON as of a
// chat), --deflate (with --chat: fanout and idle over permessage-deflate), --allocations FILE of
// malloc_count; --tls, and with --resume each connection takes a session ticket of an earlier one.
// Prints one line of JSON. The status is not 0 if anything failed.
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "client.h"

enum {
    CONNECTING_AT_ONCE = 256,
    STALL_SECONDS = 5,
    SLOW_WARMUP_BYTES = 12 << 20, // more than both sockets of a member that never reads can hold
    SLOW_WARMUP_SECONDS = 60,
    EVENTS = 1024,
};

static struct {
    const char *mode, *allocations;
    int port, pid, connections, size, depth, never_read;
    double seconds, warmup;
    enum content content;
    bool deflate, tls, resume;
} options = {.connections = 100, .size = 32, .depth = 1, .seconds = 3, .warmup = 0.5};

static struct stream stream;
static struct client *clients; // clients that never read come last
static int client_count, started;
static uint64_t counted, dropped;

// Fan-out: message i is done once all readers have it, and then another may be published.
static uint64_t published, completed, *readers_done;

static bool mode_is(const char *name) { return strcmp(options.mode, name) == 0; }

static void allow(struct client *c, uint64_t messages) {
    c->allowed += messages * stream.masked_size;
    client_send(c);
}

static void echo_got(struct client *c, uint64_t whole) {
    counted += whole;
    allow(c, whole);
}

static void fanout_got(struct client *c, uint64_t whole) {
    counted += whole;
    uint64_t last = c->received / stream.plain_size;
    for (uint64_t i = last - whole; i < last; i++) {
        uint64_t *done = &readers_done[i % options.depth];
        if (++*done < (uint64_t)options.connections) continue;
        *done = 0;
        completed++;
    }
}

static void churn_opened(struct client *c) { allow(c, 1); }
static void churn_got(struct client *c, uint64_t whole) {
    (void)whole;
    client_send_close(c);
}
static void churn_gone(struct client *c) {
    counted++;
    client_connect(c, started++ % stream.ring_count);
}

static void slow_opened(struct client *c) {
    if (c >= clients + options.connections) client_stop_reading(c);
}
static void slow_gone(struct client *c) { dropped += c >= clients + options.connections; }

static void turn(void) {
    static struct epoll_event events[EVENTS];
    static uint64_t progress;
    static double moved;
    int count = epoll_wait(all.epoll_fd, events, EVENTS, 50);
    for (int i = 0; i < count; i++) client_event(events[i].data.ptr, events[i].events);
    if (readers_done && completed + options.depth > published && published > 0) {
        allow(&clients[0], completed + options.depth - published);
        published = completed + options.depth;
    }
    double time = now();
    if (progress != all.progress || moved == 0) {
        progress = all.progress;
        moved = time;
    } else if (time - moved > STALL_SECONDS && !mode_is("idle")) {
        failures[STALLED]++;
    }
}

static bool failed(void) {
    for (int i = 0; i < FAILURE_KINDS; i++)
        if (failures[i]) return true;
    return false;
}

static void open_clients(int count) {
    while (all.open_count < count && !failed()) {
        while (started < count && started - all.open_count < CONNECTING_AT_ONCE) {
            int first = readers_done ? 0 : started % stream.ring_count;
            client_connect(&clients[started++], first);
        }
        turn();
    }
}

static void begin(void) {
    if (mode_is("echo"))
        for (int i = 0; i < client_count; i++) allow(&clients[i], options.depth);
    if (readers_done) {
        published = options.depth;
        allow(&clients[0], options.depth);
    }
    if (mode_is("churn"))
        while (started < client_count) client_connect(&clients[started], started), started++;
}

static void run_for(double seconds, long *rss_peak) {
    double end = now() + seconds, look = 0;
    while (now() < end && !failed()) {
        turn();
        if (!rss_peak || now() < look) continue;
        long rss = server_rss();
        if (rss > *rss_peak) *rss_peak = rss;
        look = now() + 0.1;
    }
}

static void parse(int argc, char **argv) {
    static const struct option known[] = {
        {"port", 1, 0, 'p'},       {"pid", 1, 0, 'i'},         {"connections", 1, 0, 'n'},
        {"size", 1, 0, 's'},       {"depth", 1, 0, 'd'},       {"never-read", 1, 0, 'a'},
        {"seconds", 1, 0, 't'},    {"warmup", 1, 0, 'w'},      {"text", 0, 0, 'x'},
        {"allocations", 1, 0, 'm'}, {"chat", 0, 0, 'j'},       {"deflate", 0, 0, 'z'},
        {"tls", 0, 0, 'l'},        {"resume", 0, 0, 'r'},      {0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'p': options.port = atoi(optarg); break;
        case 'i': options.pid = atoi(optarg); break;
        case 'n': options.connections = atoi(optarg); break;
        case 's': options.size = atoi(optarg); break;
        case 'd': options.depth = atoi(optarg); break;
        case 'a': options.never_read = atoi(optarg); break;
        case 't': options.seconds = atof(optarg); break;
        case 'w': options.warmup = atof(optarg); break;
        case 'x': options.content = TEXT; break;
        case 'j': options.content = CHAT; break;
        case 'l': options.tls = true; break;
        case 'r': options.resume = true; break;
        case 'z': options.deflate = true; break;
        case 'm': options.allocations = optarg; break;
        default: exit(2);
        }
    }
    options.mode = optind < argc ? argv[optind] : "";
    bool known_mode = mode_is("echo") || mode_is("fanout") || mode_is("slow") ||
                      mode_is("churn") || mode_is("idle");
    if (!known_mode || options.port <= 0 || options.connections < 1 || options.depth < 1 ||
        options.size < 1 || options.never_read < 0) {
        fprintf(stderr, "usage: load echo|fanout|slow|churn|idle --port P ..., see load.c\n");
        exit(2);
    }
}

static void prepare(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    watch_server(options.pid, options.allocations);
    stream = make_stream(options.size, options.content, options.depth);
    clients_init(options.port, &stream);
    all.compressed = options.deflate;
    all.secured = options.tls;
    if (options.tls) secure_client(options.resume);
    client_count = options.connections + options.never_read;
    clients = calloc(client_count, sizeof *clients);
    if (mode_is("echo")) all.got = echo_got;
    if (mode_is("fanout") || mode_is("slow")) {
        all.got = fanout_got;
        all.opened = slow_opened;
        all.gone = slow_gone;
        readers_done = calloc(options.depth, sizeof *readers_done);
    }
    if (mode_is("churn")) {
        all.opened = churn_opened;
        all.got = churn_got;
        all.gone = churn_gone;
    }
}

// Members that never read cost sends until their sockets are full. The measured rate is that of the
// others from then on, so the warm-up lasts until all were dropped, or must be full.
static void fill_slow_members(void) {
    double end = now() + SLOW_WARMUP_SECONDS;
    uint64_t enough = SLOW_WARMUP_BYTES / stream.plain_size;
    while (now() < end && !failed() && dropped < (uint64_t)options.never_read &&
           completed < enough)
        run_for(0.1, NULL);
}

int main(int argc, char **argv) {
    parse(argc, argv);
    prepare();
    struct report r = {.mode = options.mode, .connections = options.connections,
                       .size = options.size, .depth = options.depth};
    r.unit = mode_is("echo") ? "messages" : mode_is("churn") ? "cycles" : "deliveries";
    r.rss_before = server_rss();
    if (mode_is("idle")) r.unit = "connections";
    if (mode_is("idle")) { // what the server loads for its first connection is reported separately
        open_clients(1);
        r.rss_first = server_rss();
    }
    if (!mode_is("churn")) open_clients(client_count);
    // Time for the server to free the memory that it used to open them.
    if (mode_is("idle")) run_for(options.warmup, NULL);
    r.rss_open = r.rss_peak = server_rss();
    if (!failed()) begin();
    if (options.never_read) fill_slow_members();
    run_for(options.warmup, &r.rss_peak);
    uint64_t counted_before = counted;
    r.start = read_all();
    run_for(options.seconds, &r.rss_peak);
    r.end = read_all();
    r.count = mode_is("idle") ? (uint64_t)all.open_count : counted - counted_before;
    r.dropped = dropped;
    return print_report(&r);
}
