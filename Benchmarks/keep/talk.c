// Clients of the chat of `roost serve`: one thread, epoll, on the connections of ../reference.
//
//     talk say     --connections N --rooms R --rate M     M messages a second in all, an open loop:
//                                                         each is sent when it is due
//     talk resume  --connections N --rooms R --epoch E --since OFFSET --missed K
//                                                         all connect, log in, and fetch the K
//                                                         messages behind that place, page by page
//
// Client i is in room keep-(i mod R) and reads all that comes. And: --port P, --pid PID of the
// server, --seconds S, --warmup S, --size BYTES of a text. Prints one line of JSON. The status is
// not 0 if anything failed: a refusal, a message that is missing, comes twice or out of order.
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "person.h"

enum { CONNECTING_AT_ONCE = 256, EVENTS = 1024, PAGE = 200, PATIENCE = 30 };

static struct {
    const char *mode, *epoch;
    int port, pid, connections, rooms, size, since, missed;
    double rate, seconds, warmup;
} options = {.connections = 200, .rooms = 1, .rate = 1000, .size = 64, .seconds = 5, .warmup = 1};

static struct person *people;
static int started, ready_count;
static uint64_t sent, acknowledged, refused, delivered, disordered;
static double measure_from, measure_until, entered; // when the last one was logged in
static float *times; // milliseconds
static size_t time_count, time_room;

static bool resumes(void) { return !strcmp(options.mode, "resume"); }
static int number_of(const struct person *p) { return (int)(p - people); }
static int room_of(const struct person *p) { return number_of(p) % options.rooms; }

static void record(double seconds) {
    if (time_count < time_room) times[time_count++] = (float)(seconds * 1e3);
}

static bool failed(void) {
    for (int i = 0; i < FAILURE_KINDS; i++)
        if (failures[i]) return true;
    return false;
}

// MARK: What the chat says

static void opened(struct client *c) {
    person_send((struct person *)c, "{\"type\":\"login\",\"user\":\"talker%d\",\"join\":false}",
                number_of((struct person *)c));
}

static void join(struct person *p) {
    if (resumes())
        person_send(p, "{\"type\":\"join\",\"room\":\"keep-%d\",\"since\":{\"epoch\":\"%s\","
                       "\"offset\":%d},\"more\":true,\"limit\":%d}",
                    room_of(p), options.epoch, options.since, PAGE);
    else person_send(p, "{\"type\":\"join\",\"room\":\"keep-%d\",\"limit\":1}", room_of(p));
}

// Each message of a page follows the one before it; then the next page is asked for.
static void take_page(struct person *p, const char *bytes, size_t count) {
    static const char offset[] = "\"offset\":", list[] = "\"messages\":[";
    const char *end = bytes + count, *at = memmem(bytes, count, list, sizeof list - 1);
    int before = p->offset;
    while (at && (at = memmem(at, end - at, offset, sizeof offset - 1))) {
        at += sizeof offset - 1;
        disordered += atoi(at) != ++p->offset;
    }
    if (p->offset - options.since >= options.missed) {
        record(now() - p->began);
        ready_count++;
    } else if (p->offset > before) {
        int left = options.missed - (p->offset - options.since);
        person_send(p, "{\"type\":\"history\",\"room\":\"keep-%d\",\"after\":%d,\"limit\":%d}",
                    room_of(p), p->offset, left < PAGE ? left : PAGE);
    } else {
        refused++;
    }
}

static void take_ok(struct person *p) {
    double due;
    if (!person_answered(p, &due)) {
        disordered++;
        return;
    }
    acknowledged++;
    if (due >= measure_from && due < measure_until) record(now() - due);
}

static bool is(const char *bytes, size_t count, const char *type) {
    static const char start[] = "{\"type\":\"";
    size_t length = strlen(type);
    return count > sizeof start + length && !memcmp(bytes, start, sizeof start - 1) &&
           !memcmp(bytes + sizeof start - 1, type, length) &&
           bytes[sizeof start - 1 + length] == '"';
}

static void take_text(struct person *p, const char *bytes, size_t count) {
    if (is(bytes, count, "message")) {
        delivered++;
    } else if (is(bytes, count, "ok")) {
        take_ok(p);
    } else if (is(bytes, count, "welcome")) {
        entered = now();
        join(p);
    } else if (is(bytes, count, "history")) {
        take_page(p, bytes, count);
    } else if (is(bytes, count, "joined")) {
        static const char recovered[] = "\"recovered\":true";
        if (!resumes()) ready_count++;
        else if (memmem(bytes, count, recovered, sizeof recovered - 1)) take_page(p, bytes, count);
        else refused++;
    } else if (is(bytes, count, "error")) {
        double due;
        person_answered(p, &due);
        if (refused++ == 0) fprintf(stderr, "talk: %.*s\n", (int)count, bytes);
    }
}

// MARK: The course of a run

static void connect_more(void) {
    int most = options.connections;
    while (started < most && started - all.open_count < CONNECTING_AT_ONCE && !failed()) {
        struct person *p = &people[started++];
        p->began = now();
        p->offset = options.since;
        client_connect(&p->client, 0);
    }
}

static void turn(int milliseconds) {
    static struct epoll_event events[EVENTS];
    int count = epoll_wait(all.epoll_fd, events, EVENTS, milliseconds);
    for (int i = 0; i < count; i++) client_event(events[i].data.ptr, events[i].events);
    for (int i = 0; i < started; i++) person_flush(&people[i]);
}

static void wait_until_ready(void) {
    double end = now() + PATIENCE;
    while (ready_count < options.connections && !failed() && refused == 0 && now() < end) {
        connect_more();
        turn(50);
    }
    if (ready_count < options.connections && !failed()) failures[STALLED]++;
}

static void say(uint64_t number, double due) {
    struct person *p = &people[number % options.connections];
    char text[4096];
    int length = snprintf(text, sizeof text, "number %lu ", number);
    for (; length < options.size; length++) text[length] = 'a' + (length * 7 + number) % 26;
    text[length] = 0;
    if (!person_asks(p, due)) return client_fail(&p->client, STALLED); // thousands unanswered
    person_send(p, "{\"type\":\"message\",\"room\":\"keep-%d\",\"text\":\"%s\"}", room_of(p), text);
    sent++;
}

static void run_schedule(struct reading *first, struct reading *last, uint64_t counts[2]) {
    double start = now(), latest = 0;
    measure_from = start + options.warmup;
    measure_until = measure_from + options.seconds;
    uint64_t next = 0;
    for (double time = start; time < measure_until && !failed(); time = now()) {
        if (first->wall == 0 && time >= measure_from) {
            *first = read_all();
            counts[0] = acknowledged;
        }
        for (double due; (due = start + next / options.rate) <= time; next++) {
            if (time - due > latest) latest = time - due;
            say(next, due);
        }
        turn(1);
    }
    *last = read_all();
    counts[1] = acknowledged;
    double end = now() + 10;
    while (acknowledged + refused < sent && !failed() && now() < end) turn(50);
    end = now() + 5;
    uint64_t expected = acknowledged * (options.connections / options.rooms);
    while (delivered < expected && !failed() && now() < end) turn(50);
    if (!failed() && (acknowledged + refused != sent || delivered != expected)) {
        fprintf(stderr, "talk: %lu sent, %lu acknowledged, %lu refused; %lu of %lu deliveries\n",
                sent, acknowledged, refused, delivered, expected);
        disordered++;
    }
    printf("\"latest_ms\": %.1f, ", latest * 1e3);
}

// MARK: The report

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double percentile(double share) {
    return time_count ? times[(size_t)(share * (time_count - 1))] : 0;
}

static int report(const struct reading *first, const struct reading *last, uint64_t count) {
    double wall = last->wall - first->wall;
    qsort(times, time_count, sizeof *times, by_size);
    printf("\"count\": %lu, \"seconds\": %.3f, \"server_cpu_seconds\": %.2f, ", count, wall,
           last->server_cpu - first->server_cpu);
    printf("\"from\": %.6f, \"entered\": %.6f, \"until\": %.6f, ", first->wall, entered,
           last->wall);
    printf("\"p50_ms\": %.2f, \"p99_ms\": %.2f, \"max_ms\": %.2f, ", percentile(0.5),
           percentile(0.99), percentile(1));
    printf("\"delivered\": %lu, \"refused\": %lu, \"disordered\": %lu, ", delivered, refused,
           disordered);
    printf("\"load_cpu_share\": %.2f, \"failures\": %d}\n",
           wall > 0 ? (last->own_cpu - first->own_cpu) / wall : 0, failed());
    if (failures[CLOSED_BY_SERVER]) fprintf(stderr, "talk: closed by the server\n");
    return failed() || refused || disordered;
}

static void parse(int argc, char **argv) {
    static const struct option known[] = {
        {"port", 1, 0, 'p'},   {"pid", 1, 0, 'i'},    {"connections", 1, 0, 'n'},
        {"rooms", 1, 0, 'r'},  {"rate", 1, 0, 'm'},   {"size", 1, 0, 's'},
        {"epoch", 1, 0, 'e'},  {"since", 1, 0, 'o'},  {"missed", 1, 0, 'k'},
        {"seconds", 1, 0, 't'}, {"warmup", 1, 0, 'w'}, {0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'p': options.port = atoi(optarg); break;
        case 'i': options.pid = atoi(optarg); break;
        case 'n': options.connections = atoi(optarg); break;
        case 'r': options.rooms = atoi(optarg); break;
        case 'm': options.rate = atof(optarg); break;
        case 's': options.size = atoi(optarg); break;
        case 'e': options.epoch = optarg; break;
        case 'o': options.since = atoi(optarg); break;
        case 'k': options.missed = atoi(optarg); break;
        case 't': options.seconds = atof(optarg); break;
        case 'w': options.warmup = atof(optarg); break;
        default: exit(2);
        }
    }
    options.mode = optind < argc ? argv[optind] : "";
    bool is_fit = options.connections > 0 && options.rooms > 0 && options.port > 0 &&
                  options.connections % options.rooms == 0 && options.size < 4000 &&
                  options.rate > 0;
    if (!is_fit || (strcmp(options.mode, "say") && !(resumes() && options.epoch))) {
        fprintf(stderr, "usage: talk say|resume --port P ..., see talk.c\n");
        exit(2);
    }
}

int main(int argc, char **argv) {
    parse(argc, argv);
    watch_server(options.pid, NULL);
    struct stream stream = make_stream(1, TEXT, 1); // not sent: what is said is made in place
    clients_init(options.port, &stream);
    all.opened = opened;
    person_take_text = take_text;
    all.bytes = person_received;
    people = calloc(options.connections, sizeof *people);
    time_room = resumes() ? options.connections : options.rate * options.seconds + 1;
    times = malloc(time_room * sizeof *times);
    if (!people || !times) abort();
    struct reading first = {0}, last = {0};
    uint64_t counts[2] = {0, 0};
    printf("{");
    if (resumes()) first = read_all();
    wait_until_ready();
    if (resumes()) {
        last = read_all();
        counts[1] = ready_count;
    } else if (!failed() && refused == 0) {
        delivered = 0;
        run_schedule(&first, &last, counts);
    }
    return report(&first, &last, counts[1] - counts[0]);
}
