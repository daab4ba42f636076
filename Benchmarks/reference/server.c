// The bare server that ours is measured against: the same work with C, epoll and nothing else. It
// is meant to be fast and correct, and does as little as a WebSocket server can:
//
// - one thread, level-triggered epoll, 1024 events a turn, accept4 until EAGAIN;
// - one receive of at most 128 KiB into a shared buffer per readable event;
// - unmasking while copying into the output, one send per connection and turn;
// - no UTF-8 check, no timers, only the limits that keep it alive.
//
//     server echo [PORT [CERTIFICATE KEY]]    every data frame goes back as it came
//     server broadcast [PORT …]               every message goes to every client, in one send per
//                                             turn; a fragmented message ends its connection
//
// PORT 0, the default, takes a free one. The address is printed once it listens, on 127.0.0.1. With
// a certificate and its key, in PEM, it speaks TLS 1.3.
#define _GNU_SOURCE
#include "frames.h"
#include "secure.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RECEIVE = 128 << 10,
    HEAD_LIMIT = 8 << 10,     // of a request
    MESSAGE_LIMIT = 64 << 20, // of a frame's payload
    UNSENT_LIMIT = 1 << 20,   // unsent bytes of one member of a broadcast
    EVENTS = 1024,
};

typedef struct {
    int fd;
    bool open, closing, dead, blocked; // blocked: unsent bytes, EPOLLOUT is armed, no reading
    uint32_t member;                   // its place in `members` once open
    uint32_t input_length;             // an incomplete head or frame, kept from the last receive
    uint32_t unsent_length;
    unsigned char *input, *unsent;
    SSL *ssl; // NULL without TLS
} Connection;

static int epoll_fd, listener;
static bool broadcasting, secured;
static Buffer receive, output, turn_log;
static Connection **members, **graves;
static uint32_t member_count, member_capacity, grave_count, grave_capacity;

static void push(Connection ***list, uint32_t *count, uint32_t *capacity, Connection *c) {
    if (*count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 1024;
        *list = grown(*list, *capacity * sizeof **list);
    }
    (*list)[(*count)++] = c;
}

// Only marks it: this turn's batch may still have an event for it.
static void bury(Connection *c) {
    if (c->dead) return;
    c->dead = true;
    push(&graves, &grave_count, &grave_capacity, c);
}

static void watch(Connection *c, uint32_t events) {
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e)) die("epoll_ctl");
}

// Queues these bytes for the connection. A member that does not read is reset, as a FIN could not
// overtake the bytes that fill its socket.
static void queue(Connection *c, const unsigned char *bytes, size_t count) {
    if (broadcasting && c->unsent_length + count > UNSENT_LIMIT) {
        struct linger reset = {.l_onoff = 1};
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        bury(c);
        return;
    }
    c->unsent = grown(c->unsent, c->unsent_length + count);
    memcpy(c->unsent + c->unsent_length, bytes, count);
    c->unsent_length += count;
    if (!c->blocked) watch(c, EPOLLOUT);
    c->blocked = true;
}

static void deliver(Connection *c, const unsigned char *bytes, size_t count) {
    if (c->dead) return;
    if (c->ssl) { // besides these bytes, what its handshake answers
        secure_write(c->ssl, bytes, count);
        if (c->closing) secure_end(c->ssl);
        struct secure_bytes made = secure_made();
        bytes = made.at, count = made.count;
    }
    if (count == 0) return;
    size_t sent = 0;
    if (!c->blocked) {
        ssize_t n = send(c->fd, bytes, count, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) return bury(c);
        if (n > 0) sent = n;
    }
    if (sent < count) queue(c, bytes + sent, count - sent);
}

static void on_writable(Connection *c) {
    ssize_t n = send(c->fd, c->unsent, c->unsent_length, MSG_NOSIGNAL);
    if (n < 0) {
        if (errno != EAGAIN) bury(c);
        return;
    }
    c->unsent_length -= n;
    memmove(c->unsent, c->unsent + n, c->unsent_length);
    if (c->unsent_length) return;
    free(c->unsent);
    c->unsent = NULL;
    c->blocked = false;
    if (c->closing) return bury(c);
    watch(c, EPOLLIN);
}

// Answers the whole frames at the start of `p` and returns how many bytes they were.
static size_t on_frames(Connection *c, const unsigned char *p, size_t count) {
    size_t at = 0;
    while (count - at >= 2 && !c->closing) {
        const unsigned char *f = p + at;
        uint64_t length = f[1] & 127;
        size_t head = length < 126 ? 6 : length == 126 ? 8 : 14;
        if (count - at < head) break;
        if (head == 8) length = f[2] << 8 | f[3];
        if (head == 14) {
            length = 0;
            for (int i = 0; i < 8; i++) length = length << 8 | f[2 + i];
        }
        int opcode = f[0] & 15;
        bool control = opcode >= 8, whole = f[0] & 128;
        if (f[0] & 0x70 || !(f[1] & 128) || length > MESSAGE_LIMIT ||
            (control ? opcode > 10 || length > 125 || !whole : opcode > 2) ||
            (broadcasting && !control && (!whole || opcode == 0))) {
            bury(c);
            return count;
        }
        if (count - at < head + length) break;
        const unsigned char *key = f + head - 4, *payload = f + head;
        if (!control) {
            append_frame(broadcasting ? &turn_log : &output, f[0], key, payload, length);
        } else if (opcode != 10) { // a close goes back as it came, a ping as a pong
            append_frame(&output, opcode == 9 ? 0x8A : 0x88, key, payload, length);
            c->closing = opcode == 8;
        }
        at += head + length;
    }
    return c->closing ? count : at;
}

// The opening handshake (RFC 6455 §4.2) as soon as the head is whole; then the same as on_frames.
static size_t on_request(Connection *c, unsigned char *p, size_t count) {
    unsigned char *end = memmem(p, count, "\r\n\r\n", 4);
    if (!end) {
        if (count > HEAD_LIMIT) bury(c);
        return 0;
    }
    *end = 0;
    if (!append_acceptance(&output, (char *)p)) {
        static const char refusal[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
                                      "Connection: close\r\n\r\n";
        memcpy(room(&output, sizeof refusal), refusal, sizeof refusal - 1);
        output.length += sizeof refusal - 1;
        c->closing = true;
        return count;
    }
    c->open = true;
    c->member = member_count;
    push(&members, &member_count, &member_capacity, c);
    size_t head = end + 4 - p;
    return head + on_frames(c, p + head, count - head);
}

// The rest of a receive waits for the next receive.
static void keep(Connection *c, const unsigned char *bytes, size_t count) {
    if (count > 0) {
        c->input = grown(c->input, count);
        memcpy(c->input, bytes, count);
    } else if (c->input) {
        free(c->input);
        c->input = NULL;
    }
    c->input_length = count;
}

static ssize_t receive_into(unsigned char *p, Connection *c) {
    if (!c->ssl) return recv(c->fd, p, RECEIVE, 0);
    ssize_t n = secure_take(c->fd);
    return n > 0 ? secure_read(c->ssl, p, SECURE_CONTENT) : n;
}

static void on_readable(Connection *c) {
    size_t kept = c->input_length;
    receive.length = 0;
    unsigned char *p = room(&receive, kept + SECURE_CONTENT);
    ssize_t n = receive_into(p + kept, c);
    if (n < 0 && errno == EAGAIN) return deliver(c, NULL, 0);
    if (n <= 0) return bury(c);
    if (kept) memcpy(p, c->input, kept);
    size_t count = kept + n;
    output.length = 0;
    size_t used = c->open ? on_frames(c, p, count) : on_request(c, p, count);
    keep(c, p + used, count - used);
    deliver(c, output.at, output.length);
    if (c->closing && !c->blocked) bury(c);
}

static void on_connections(void) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && errno == EAGAIN) return;
        if (fd < 0 && errno == ECONNABORTED) continue;
        if (fd < 0) die("accept4");
        Connection *c = grown(NULL, sizeof *c);
        *c = (Connection){.fd = fd, .ssl = secured ? secure_new(true) : NULL};
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
    }
}

static void end_turn(void) {
    if (turn_log.length)
        for (uint32_t i = 0; i < member_count; i++)
            deliver(members[i], turn_log.at, turn_log.length);
    turn_log.length = 0;
    for (uint32_t i = 0; i < grave_count; i++) {
        Connection *c = graves[i];
        if (c->open) {
            members[c->member] = members[--member_count];
            members[c->member]->member = c->member;
        }
        close(c->fd);
        free(c->input);
        free(c->unsent);
        secure_free(c->ssl);
        free(c);
    }
    grave_count = 0;
}

static void listen_on(uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int yes = 1;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); // accepted ones inherit it
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        die("listen");
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &e)) die("epoll_ctl");
    printf("ws%s://127.0.0.1:%d\n", secured ? "s" : "", ntohs(address.sin_port));
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc < 2 || (strcmp(argv[1], "echo") && strcmp(argv[1], "broadcast"))) {
        fprintf(stderr, "usage: server echo|broadcast [PORT [CERTIFICATE KEY]]\n");
        return 2;
    }
    broadcasting = argv[1][0] == 'b';
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    secured = argc > 4;
    if (secured) secure_server(argv[3], argv[4]);
    listen_on(argc > 2 ? atoi(argv[2]) : 0);
    static struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(epoll_fd, events, EVENTS, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; i++) {
            Connection *c = events[i].data.ptr;
            if (!c) on_connections();
            else if (c->dead) continue;
            else if (c->blocked) on_writable(c);
            else on_readable(c);
        }
        end_turn();
    }
}
