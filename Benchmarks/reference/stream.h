// The messages of a run as two endless streams of bytes: the masked frames that a client sends, and
// the plain frames that must come back. Both repeat a ring of different messages, so a connection
// keeps only a position in the stream, and received bytes are compared one by one.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream {
    int ring_count;     // messages before it repeats
    size_t masked_size; // of one frame as the client sends it
    size_t plain_size;  // of one frame as the server sends it
    int run_count;      // frames that always lie together, so that one send takes them
    unsigned char *masked, *plain;
};

enum content { BINARY, TEXT, CHAT }; // random bytes, random ASCII, JSON around words

struct stream make_stream(int payload_size, enum content content, int run_count);
// The client's stream from `position`: as much of `wanted` as lies together.
const unsigned char *masked_run(const struct stream *s, uint64_t position, size_t *wanted);
// Whether these bytes equal the server's stream from `position` on.
bool is_next(const struct stream *s, uint64_t position, const unsigned char *bytes, size_t count);
