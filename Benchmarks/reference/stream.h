// The messages of a run as two endless streams of bytes: the masked frames that a client sends, and
// the plain ones that must come back. Both repeat a ring of different messages, so a position in
// the stream is all that a connection has to keep, and what comes is compared byte for byte.
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
// Whether these are the bytes of the server's stream from `position`.
bool is_next(const struct stream *s, uint64_t position, const unsigned char *bytes, size_t count);
