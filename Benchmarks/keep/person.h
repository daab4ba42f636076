// A client of the chat: what it sends, what comes, and which of its messages are unanswered.
#pragma once
#include "../reference/client.h"

enum { UNANSWERED_MOST = 4096 };

struct person {
    struct client client; // first: the connections' callbacks get a pointer to it
    double began;         // when it began to connect
    int offset;           // resume: of the newest message that it has
    char *unsent;         // what the socket has not taken yet
    size_t unsent_count, unsent_room;
    unsigned char *partial; // the beginning of a frame whose end has not come
    size_t partial_count, partial_room;
    double *dues; // when the unanswered messages were due, a ring
    unsigned asked, answered;
};

// Called with each text message.
extern void (*person_take_text)(struct person *p, const char *bytes, size_t count);

// Sends a text message, or keeps what the socket does not take for `person_flush`.
__attribute__((format(printf, 2, 3))) void person_send(struct person *p, const char *format, ...);
void person_flush(struct person *p);
// A command that will be answered was due then; false if too many are unanswered.
bool person_asks(struct person *p, double due);
// The oldest of them is answered; false if there is none.
bool person_answered(struct person *p, double *due);
// For `clients.bytes`.
void person_received(struct client *c, const unsigned char *bytes, size_t count);
