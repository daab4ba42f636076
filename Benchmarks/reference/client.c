// The life of one connection: connect, handshake, messages, close; every surprise is counted.
#define _GNU_SOURCE
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_LIMIT = 2048, PER_SOURCE = 28000, RECEIVE = 256 << 10 };

struct clients all;
static unsigned char received[RECEIVE];

void clients_init(int port, const struct stream *stream) {
    all.port = port;
    all.stream = stream;
    all.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
}

static void watch(struct client *c, int operation, uint32_t events) {
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(all.epoll_fd, operation, c->fd, &e)) {
        perror("epoll_ctl");
        exit(1);
    }
}

static void leave(struct client *c) {
    all.open_count -= c->state >= OPEN;
    all.progress++;
    c->state = GONE;
    close(c->fd);
    free(c->head);
    c->head = NULL;
    secure_free(c->ssl);
    free(c->unsent);
    c->ssl = NULL, c->unsent = NULL;
    if (all.gone) all.gone(c);
}

void client_fail(struct client *c, enum failure kind) {
    failures[kind]++;
    leave(c);
}

// Sends records, behind those that wait; what the socket does not take waits. False: an error.
static bool send_made(struct client *c) {
    struct secure_bytes made = secure_made();
    ssize_t n = c->unsent_count ? 0 : send(c->fd, made.at, made.count, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return false;
    made.at += n > 0 ? n : 0, made.count -= n > 0 ? n : 0;
    if (made.count == 0) return true;
    c->unsent = realloc(c->unsent, c->unsent_count + made.count);
    memcpy(c->unsent + c->unsent_count, made.at, made.count);
    c->unsent_count += made.count;
    return true;
}

// As send(2); with TLS all of the bytes, if there is no error.
static ssize_t put(struct client *c, const void *bytes, size_t count) {
    if (!c->ssl) return send(c->fd, bytes, count, MSG_NOSIGNAL);
    secure_write(c->ssl, bytes, count);
    return send_made(c) ? (ssize_t)count : -1;
}

static ssize_t get(struct client *c) {
    if (!c->ssl) return recv(c->fd, received, sizeof received, 0);
    ssize_t n = secure_take(c->fd);
    return n > 0 ? secure_read(c->ssl, received, sizeof received) : n;
}

void client_connect(struct client *c, int first) {
    *c = (struct client){.state = CONNECTING};
    c->sent = c->allowed = (uint64_t)first * all.stream->masked_size;
    c->received = (uint64_t)first * all.stream->plain_size;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) {
        perror("socket");
        exit(1);
    }
    int yes = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // The port is chosen with the whole address pair: 28,000 ports for each source, not in all.
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    int last = 1 + all.source_count++ / PER_SOURCE % 250;
    struct sockaddr_in source = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last)};
    struct sockaddr_in server = {.sin_family = AF_INET,
                                 .sin_port = htons(all.port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(c->fd, (struct sockaddr *)&source, sizeof source)) return client_fail(c, SOCKET_ERROR);
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS)
        return client_fail(c, CONNECT_FAILED);
    watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void send_request(struct client *c) {
    // The key and the accept value of RFC 6455 §1.3: the server cannot know that the key never
    // changes.
    static const char plain[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                "Sec-WebSocket-Version: 13\r\n\r\n";
    static const char offer[] = "Sec-WebSocket-Extensions: permessage-deflate; "
                                "client_max_window_bits\r\n\r\n";
    char request[sizeof plain + sizeof offer];
    size_t count = sizeof plain - 1;
    memcpy(request, plain, sizeof plain);
    if (all.compressed) { // in place of the empty line
        memcpy(request + count - 2, offer, sizeof offer);
        count += sizeof offer - 3;
    }
    ssize_t n = put(c, request, count);
    if (n != (ssize_t)count) return client_fail(c, SOCKET_ERROR);
    c->state = UPGRADING;
    watch(c, EPOLL_CTL_MOD, EPOLLIN);
}

// Shakes hands, from the connected socket on: each time that something has come.
static void secure(struct client *c) {
    ssize_t n = c->ssl ? get(c) : -1;
    if (!c->ssl) {
        c->state = SECURING;
        c->resumes = secure_could_resume();
        c->ssl = secure_new(false);
        n = secure_read(c->ssl, received, sizeof received);
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
    }
    if (n >= 0 || errno != EAGAIN) return client_fail(c, HANDSHAKE_REFUSED);
    if (!send_made(c)) return client_fail(c, SOCKET_ERROR);
    if (!secure_is_open(c->ssl)) return;
    if (c->resumes && !secure_has_resumed(c->ssl)) return client_fail(c, HANDSHAKE_WRONG);
    send_request(c);
}

static void connected(struct client *c) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) return client_fail(c, CONNECT_FAILED);
    if (all.secured) secure(c);
    else send_request(c);
}

// Opening twenty thousand connections may take longer than a server's ping interval.
static void answer_ping(struct client *c) {
    static const unsigned char pong[] = {0x8A, 0x80, 0, 0, 0, 0};
    if (put(c, pong, sizeof pong) != sizeof pong) client_fail(c, SOCKET_ERROR);
}

// Compressed frames are counted by their headers and not inflated.
static void count_frames(struct client *c, const unsigned char *p, size_t count) {
    uint64_t whole = 0;
    while (count > 0) {
        if (c->frame_left > 0) {
            size_t piece = c->frame_left < count ? c->frame_left : count;
            c->frame_left -= piece, p += piece, count -= piece;
            whole += c->frame_left == 0;
            continue;
        }
        unsigned char *head = c->frame_head;
        head[c->frame_head_length++] = *p++, count--;
        if (c->frame_head_length < 2 || (head[1] == 126 && c->frame_head_length < 4)) continue;
        if (head[0] == 0x89 && head[1] == 0) { // a ping after a long silence
            c->frame_head_length = 0;
            answer_ping(c);
            continue;
        }
        // FIN, RSV1 and text or binary, of less than 64 KiB.
        if (head[0] == 0x88) return client_fail(c, CLOSED_BY_SERVER);
        if ((head[0] & 0xFC) != 0xC0 || head[1] > 126) return client_fail(c, WRONG_BYTES);
        c->frame_left = head[1] < 126 ? head[1] : head[2] << 8 | head[3];
        c->frame_head_length = 0;
    }
    c->received += whole * all.stream->plain_size;
    if (whole && all.got) all.got(c, whole);
}

static void take_frames(struct client *c, const unsigned char *p, size_t count) {
    if (all.bytes && c->state == OPEN) return all.bytes(c, p, count);
    if (all.compressed && c->state == OPEN) return count_frames(c, p, count);
    size_t frame = all.stream->plain_size;
    bool at_boundary = c->received % frame == 0;
    if (c->state == OPEN && at_boundary && count == 2 && p[0] == 0x89 && p[1] == 0)
        return answer_ping(c); // alone, as it comes after a long silence
    if (c->state == CLOSING) { // the answering close frame, then the end of the stream
        if (p[0] != 0x88) client_fail(c, WRONG_BYTES);
        return;
    }
    if (!is_next(all.stream, c->received, p, count)) {
        return client_fail(c, at_boundary && p[0] == 0x88 ? CLOSED_BY_SERVER : WRONG_BYTES);
    }
    uint64_t before = c->received / frame;
    c->received += count;
    uint64_t whole = c->received / frame - before;
    if (whole && all.got) all.got(c, whole);
}

static void take_head(struct client *c, size_t count) {
    if (!c->head) c->head = calloc(1, HEAD_LIMIT + 1);
    if (c->head_length + count > HEAD_LIMIT) return client_fail(c, HANDSHAKE_WRONG);
    memcpy(c->head + c->head_length, received, count);
    c->head_length += count;
    char *end = memmem(c->head, c->head_length, "\r\n\r\n", 4);
    if (!end) return;
    if (strncmp(c->head, "HTTP/1.1 101 ", 13)) return client_fail(c, HANDSHAKE_REFUSED);
    if (!strstr(c->head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) return client_fail(c, HANDSHAKE_WRONG);
    if (all.compressed && !strstr(c->head, "permessage-deflate"))
        return client_fail(c, HANDSHAKE_WRONG);
    // Bytes after the head already belong to the stream.
    size_t rest = c->head + c->head_length - (end + 4);
    memcpy(received, end + 4, rest);
    free(c->head);
    c->head = NULL;
    c->state = OPEN;
    all.open_count++;
    if (all.opened) all.opened(c);
    if (rest > 0 && c->state == OPEN) take_frames(c, received, rest);
}

static void take(struct client *c) {
    ssize_t n = get(c);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) return client_fail(c, errno == ECONNRESET ? RESET_BY_SERVER : SOCKET_ERROR);
    if (n == 0) {
        if (c->state == CLOSING) return leave(c);
        return client_fail(c, c->state == UPGRADING ? HANDSHAKE_REFUSED : ENDED_BY_SERVER);
    }
    all.progress++;
    if (c->state == UPGRADING) take_head(c, n);
    else take_frames(c, received, n);
}

void client_event(struct client *c, uint32_t events) {
    if (c->state == GONE) return;
    if (c->state == CONNECTING) return connected(c);
    if (c->state == SECURING) return secure(c);
    if (c->never_reads) { // only an error or a hang-up is ever reported
        return leave(c);
    }
    if (events & EPOLLOUT) client_send(c);
    if (c->state != GONE && events & ~EPOLLOUT) take(c);
}

static bool sends_waiting(struct client *c) {
    ssize_t n = send(c->fd, c->unsent, c->unsent_count, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return client_fail(c, SOCKET_ERROR), false;
    c->unsent_count -= n > 0 ? n : 0;
    if (n > 0) memmove(c->unsent, c->unsent + n, c->unsent_count);
    return c->unsent_count == 0;
}

void client_send(struct client *c) {
    if (c->unsent_count && !sends_waiting(c)) return;
    while (c->sent < c->allowed) {
        size_t count = c->allowed - c->sent;
        const unsigned char *p = masked_run(all.stream, c->sent, &count);
        ssize_t n = put(c, p, count);
        if (n < 0 && errno != EAGAIN)
            return client_fail(c, errno == ECONNRESET ? RESET_BY_SERVER : SOCKET_ERROR);
        if (n > 0) c->sent += n;
        if (n < (ssize_t)count || c->unsent_count) {
            if (!c->wants_room) watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            c->wants_room = true;
            return;
        }
    }
    if (c->wants_room) watch(c, EPOLL_CTL_MOD, EPOLLIN);
    c->wants_room = false;
}

void client_send_close(struct client *c) {
    static const unsigned char close_1000[] = {0x88, 0x82, 1, 2, 3, 4, 0x03 ^ 1, 0xE8 ^ 2};
    c->state = CLOSING;
    if (put(c, close_1000, sizeof close_1000) != sizeof close_1000) client_fail(c, SOCKET_ERROR);
}

void client_stop_reading(struct client *c) {
    c->never_reads = true;
    watch(c, EPOLL_CTL_MOD, 0);
}
