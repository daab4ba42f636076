// Growing buffers of the bare server, and the answers written into them: frames, and the 101 of an
// opening handshake.
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    unsigned char *at;
    size_t length, capacity;
} Buffer;

static inline void die(const char *what) {
    perror(what);
    exit(1);
}

static inline void *grown(void *at, size_t size) {
    void *moved = realloc(at, size);
    if (!moved && size) die("realloc");
    return moved;
}

static inline unsigned char *room(Buffer *b, size_t more) {
    if (b->length + more > b->capacity) {
        b->capacity = (b->length + more) * 2;
        b->at = grown(b->at, b->capacity);
    }
    return b->at + b->length;
}

// Unmasks on the way from the receive buffer into the output (RFC 6455 §5.3).
static inline void copy_unmasked(unsigned char *restrict to,
                                 const unsigned char *restrict from, size_t count,
                                 const unsigned char *key) {
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

static inline void append_frame(Buffer *b, unsigned char first, const unsigned char *key,
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

// Whether the head has a key, which its answer takes (RFC 6455 §4.2).
static inline int append_acceptance(Buffer *b, const char *head) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char joined[24 + sizeof guid];
    const char *key = strcasestr(head, "\r\nSec-WebSocket-Key:");
    if (!key || sscanf(key + 20, " %24[A-Za-z0-9+/=]", joined) != 1 || strlen(joined) != 24)
        return 0;
    strcpy(joined + 24, guid);
    unsigned char digest[SHA_DIGEST_LENGTH], accept[32];
    SHA1((unsigned char *)joined, strlen(joined), digest);
    EVP_EncodeBlock(accept, digest, sizeof digest);
    b->length += sprintf((char *)room(b, 256),
                         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                         accept);
    return 1;
}
