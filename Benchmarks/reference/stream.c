// Makes the ring of frames, and compares received bytes with it.
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RING_BYTES = 256 << 10, // stays in the second-level cache
    RING_MOST = 256,
    COMPARED = 128, // at each end of a piece of a frame too large to compare whole
};

static uint64_t random_bits(void) { // xorshift64: the same messages in every run
    static uint64_t x = 0x9E3779B97F4A7C15;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return x;
}

// A message as a chat sends it, of exactly this size: JSON around words.
static void put_chat(unsigned char *p, size_t size) {
    static const char *const words[] = {"hello",  "the",  "train", "tomorrow", "window", "about",
                                        "never",  "mind", "coffee", "at",      "nine",   "please",
                                        "meeting", "is",  "moved", "again"};
    char text[128];
    size_t at = snprintf(
        text, sizeof text,
        "{\"type\":\"message\",\"room\":\"lobby\",\"user\":\"user%u\",\"offset\":%u,\"text\":\"",
        (unsigned)(random_bits() % 1000), (unsigned)(random_bits() % 1000000));
    if (at > size) at = size;
    memcpy(p, text, at);
    while (at < size) {
        const char *word = words[random_bits() % (sizeof words / sizeof *words)];
        for (; *word && at < size; word++) p[at++] = *word;
        if (at < size) p[at++] = ' ';
    }
    if (size >= 2) memcpy(p + size - 2, "\"}", 2);
}

static size_t put_header(unsigned char *p, bool text, bool masked, size_t size) {
    p[0] = 0x80 | (text ? 1 : 2);
    unsigned char bit = masked ? 0x80 : 0;
    if (size < 126) {
        p[1] = bit | size;
        return 2;
    }
    if (size < 65536) {
        p[1] = bit | 126, p[2] = size >> 8, p[3] = size;
        return 4;
    }
    p[1] = bit | 127;
    for (int i = 0; i < 8; i++) p[2 + i] = (uint64_t)size >> (56 - 8 * i);
    return 10;
}

struct stream make_stream(int payload_size, enum content content, int run_count) {
    size_t size = payload_size, header = size < 126 ? 2 : size < 65536 ? 4 : 10;
    struct stream s = {
        .plain_size = header + size, .masked_size = header + 4 + size, .run_count = run_count};
    s.ring_count = RING_BYTES / s.masked_size;
    if (s.ring_count > RING_MOST) s.ring_count = RING_MOST;
    if (s.ring_count < 4) s.ring_count = 4;
    s.plain = malloc(s.plain_size * s.ring_count);
    s.masked = malloc(s.masked_size * (s.ring_count + run_count));
    if (!s.plain || !s.masked) abort();
    for (int i = 0; i < s.ring_count; i++) {
        unsigned char *plain = s.plain + i * s.plain_size, *masked = s.masked + i * s.masked_size;
        put_header(plain, content != BINARY, false, size);
        put_header(masked, content != BINARY, true, size);
        uint32_t key = (uint32_t)random_bits();
        unsigned char *key_bytes = masked + header;
        memcpy(key_bytes, &key, 4);
        if (content == CHAT) put_chat(plain + header, size);
        else
            for (size_t j = 0; j < size; j++)
                plain[header + j] =
                    content == TEXT ? ' ' + random_bits() % 95 : random_bits() >> 40;
        for (size_t j = 0; j < size; j++)
            masked[header + 4 + j] = plain[header + j] ^ key_bytes[j & 3];
    }
    for (int i = 0; i < run_count; i++) // the ring's start again, behind its end
        memcpy(s.masked + (s.ring_count + i) * s.masked_size,
               s.masked + i % s.ring_count * s.masked_size, s.masked_size);
    return s;
}

const unsigned char *masked_run(const struct stream *s, uint64_t position, size_t *wanted) {
    size_t ring = s->masked_size * s->ring_count, at = position % ring;
    size_t together = ring + s->run_count * s->masked_size - at;
    if (*wanted > together) *wanted = together;
    return s->masked + at;
}

bool is_next(const struct stream *s, uint64_t position, const unsigned char *bytes, size_t count) {
    size_t ring = s->plain_size * s->ring_count;
    bool whole = s->plain_size <= 1024;
    while (count > 0) {
        size_t at = position % ring;
        size_t piece = whole ? ring - at : s->plain_size - at % s->plain_size;
        if (piece > count) piece = count;
        if (whole || piece <= 2 * COMPARED) {
            if (memcmp(s->plain + at, bytes, piece)) return false;
        } else if (memcmp(s->plain + at, bytes, COMPARED) ||
                   memcmp(s->plain + at + piece - COMPARED, bytes + piece - COMPARED, COMPARED)) {
            return false;
        }
        position += piece, bytes += piece, count -= piece;
    }
    return true;
}
