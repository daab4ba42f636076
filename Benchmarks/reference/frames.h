// Growing buffers of the bare server, and frames written into them.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    unsigned char *at;
    size_t length, capacity;
} Buffer;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void *grown(void *at, size_t size) {
    void *moved = realloc(at, size);
    if (!moved && size) die("realloc");
    return moved;
}

static unsigned char *room(Buffer *b, size_t more) {
    if (b->length + more > b->capacity) {
        b->capacity = (b->length + more) * 2;
        b->at = grown(b->at, b->capacity);
    }
    return b->at + b->length;
}

// Unmasks on the way from the receive buffer into the output (RFC 6455 §5.3).
static void copy_unmasked(unsigned char *restrict to, const unsigned char *restrict from,
                          size_t count, const unsigned char *key) {
    uint32_t word;
    memcpy(&word, key, 4);
    uint64_t wide = word | (uint64_t)word << 32;
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t eight;
        memcpy(&eight, from + i, 8);
        eight ^= wide;
        memcpy(to + i, &eight, 8);
    }
    for (; i < count; i++) to[i] = from[i] ^ key[i & 3];
}

static void append_frame(Buffer *b, unsigned char first, const unsigned char *key,
                         const unsigned char *payload, size_t count) {
    unsigned char *p = room(b, count + 10);
    size_t head = 2;
    p[0] = first;
    if (count < 126) {
        p[1] = count;
    } else if (count < 65536) {
        p[1] = 126, p[2] = count >> 8, p[3] = count;
        head = 4;
    } else {
        p[1] = 127;
        for (int i = 0; i < 8; i++) p[2 + i] = (uint64_t)count >> (56 - 8 * i);
        head = 10;
    }
    copy_unmasked(p + head, payload, count, key);
    b->length += head + count;
}
