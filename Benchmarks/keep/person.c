// Frames of a client of the chat: masked ones out, any that a server may send in.
#define _GNU_SOURCE
#include "person.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { COMMAND_MOST = 8192, FRAME_MOST = 1 << 22 };

void (*person_take_text)(struct person *p, const char *bytes, size_t count);

static void *grown(void *memory, size_t *room, size_t wanted) {
    if (wanted <= *room) return memory;
    *room = wanted + wanted / 2;
    memory = realloc(memory, *room);
    if (!memory) abort();
    return memory;
}

static void put(struct person *p, const char *bytes, size_t count) {
    if (p->unsent_count == 0) {
        ssize_t n = send(p->client.fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN) return client_fail(&p->client, RESET_BY_SERVER);
        if (n > 0) bytes += n, count -= n;
    }
    if (count == 0) return;
    p->unsent = grown(p->unsent, &p->unsent_room, p->unsent_count + count);
    memcpy(p->unsent + p->unsent_count, bytes, count);
    p->unsent_count += count;
}

void person_flush(struct person *p) {
    if (p->unsent_count == 0 || p->client.state != OPEN) return;
    ssize_t n = send(p->client.fd, p->unsent, p->unsent_count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN) return client_fail(&p->client, RESET_BY_SERVER);
    if (n <= 0) return;
    p->unsent_count -= n;
    memmove(p->unsent, p->unsent + n, p->unsent_count);
}

void person_send(struct person *p, const char *format, ...) {
    static const unsigned char key[4] = {0x5A, 0x17, 0xC3, 0x8E};
    char frame[COMMAND_MOST + 8], *text = frame + 8;
    va_list values;
    va_start(values, format);
    int count = vsnprintf(text, COMMAND_MOST, format, values);
    va_end(values);
    if (count < 0 || count >= COMMAND_MOST) abort();
    if (p->client.state != OPEN) return;
    for (int i = 0; i < count; i++) text[i] ^= key[i & 3];
    char *start = text - (count < 126 ? 6 : 8);
    start[0] = (char)0x81;
    start[1] = (char)(0x80 | (count < 126 ? count : 126));
    if (count >= 126) start[2] = (char)(count >> 8), start[3] = (char)count;
    memcpy(text - 4, key, 4);
    put(p, start, text + count - start);
}

bool person_asks(struct person *p, double due) {
    if (!p->dues) p->dues = calloc(UNANSWERED_MOST, sizeof *p->dues);
    if (!p->dues || p->asked - p->answered == UNANSWERED_MOST) return false;
    p->dues[p->asked++ % UNANSWERED_MOST] = due;
    return true;
}

bool person_answered(struct person *p, double *due) {
    if (p->asked == p->answered) return false;
    *due = p->dues[p->answered++ % UNANSWERED_MOST];
    return true;
}

// The bytes of the whole frames at the beginning.
static size_t take_frames(struct person *p, const unsigned char *bytes, size_t count) {
    size_t at = 0;
    while (count - at >= 2 && p->client.state == OPEN) {
        const unsigned char *frame = bytes + at;
        size_t head = frame[1] < 126 ? 2 : frame[1] == 126 ? 4 : 10, length = frame[1];
        if (count - at < head) break;
        if (head > 2) length = 0;
        for (size_t i = 2; i < head; i++) length = length << 8 | frame[i];
        if (length > FRAME_MOST) client_fail(&p->client, WRONG_BYTES);
        else if (count - at - head < length) break;
        else if (frame[0] == 0x81) person_take_text(p, (const char *)frame + head, length);
        else if (frame[0] == 0x88) {
            fprintf(stderr, "talk: closed: %.*s\n", (int)(length > 2 ? length - 2 : 0),
                    frame + head + 2);
            client_fail(&p->client, CLOSED_BY_SERVER);
        } else if (frame[0] != 0x89) {
            client_fail(&p->client, WRONG_BYTES);
        } // a ping of a run this short needs no answer
        at += head + length;
    }
    return p->client.state == OPEN ? at : count;
}

void person_received(struct client *c, const unsigned char *bytes, size_t count) {
    struct person *p = (struct person *)c;
    if (p->partial_count > 0) {
        p->partial = grown(p->partial, &p->partial_room, p->partial_count + count);
        memcpy(p->partial + p->partial_count, bytes, count);
        bytes = p->partial, count += p->partial_count;
    }
    size_t used = take_frames(p, bytes, count);
    p->partial_count = count - used;
    if (p->partial_count == 0) return;
    if (bytes != p->partial)
        p->partial = grown(p->partial, &p->partial_room, p->partial_count);
    memmove(p->partial, bytes + used, p->partial_count);
}
