// One WebSocket connection of the load generator: its life, and its positions in the streams.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "measure.h"
#include "secure.h"
#include "stream.h"

enum state { GONE, CONNECTING, SECURING, UPGRADING, OPEN, CLOSING };

struct client {
    int fd;
    enum state state;
    bool wants_room;   // EPOLLOUT is armed: the last send was short
    bool never_reads;
    int head_length;   // of the response so far
    char *head;        // while UPGRADING only
    uint64_t sent;     // of the client's stream: sent up to here, and to be sent up to there
    uint64_t allowed;
    uint64_t received; // of the server's stream
    // Compressed: the header of the frame that comes, and how much of its payload is to come.
    unsigned char frame_head[4];
    int frame_head_length;
    uint64_t frame_left;
    // With TLS: records that the socket did not take.
    SSL *ssl;
    bool resumes;
    unsigned char *unsent;
    size_t unsent_count;
};

struct clients {
    int epoll_fd, port;
    int source_count; // connections so far; every 28,000 the next 127.0.0.x is used
    int open_count;
    const struct stream *stream;
    bool compressed; // offer permessage-deflate, and take nothing but compressed frames
    bool secured;    // over TLS
    uint64_t progress; // grows with everything that happens
    // Called when a client has been opened, has received `whole` more messages, or is gone.
    void (*opened)(struct client *c);
    void (*got)(struct client *c, uint64_t whole);
    void (*gone)(struct client *c);
    // If set, it gets what an open client receives, and nothing is compared with the stream.
    void (*bytes)(struct client *c, const unsigned char *bytes, size_t count);
};
extern struct clients all;

void clients_init(int port, const struct stream *stream);
// Starts connecting; the streams of this connection begin with the ring's message `first`.
void client_connect(struct client *c, int first);
void client_event(struct client *c, uint32_t events);
// Sends what is allowed and not yet sent, as far as the socket takes it.
void client_send(struct client *c);
void client_send_close(struct client *c); // 1000; `gone` follows when the server has ended it
void client_stop_reading(struct client *c);
void client_fail(struct client *c, enum failure kind);
