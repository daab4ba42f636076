// What the kernel of simulated.c and the clients of simulated_clients.c share.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Callgrind toggles at every exported function, so only the replaced system calls are exported.
#pragma GCC visibility push(hidden)

struct client {
    uint64_t token;
    uint32_t interest;
    uint32_t received; // frames since its last messages
    uint8_t stage; // how far its opening has come
    bool has_input, listed; // listed: among the `ready`
    bool speaks, pongs;     // what it has to send
};

struct options {
    char load[16];
    long connections, size, depth, speakers, laps, lap, member_bytes;
};

extern struct options options;
extern struct client *clients; // NULL without a load: then all calls go to the real kernel
extern uint32_t *ready;        // clients with input
extern long ready_count, accepted, open_count;
extern bool running;
extern uint64_t counted, own_ticks;
extern long rss_before;

// Reads the load from the environment, and makes its clients.
void prepare_clients(void);
// The bytes that client `i` sends next, made when they are asked for; returns their count.
size_t client_input(long i, unsigned char *to);
// The client has got these frames.
void client_got(long i, const unsigned char *p, size_t size);
// Gives the client a message to send.
void speak(long i);
void wake(long i);
// All clients are connected: the load begins.
void begin(void);
size_t put_frame(unsigned char *p, int opcode, const char *payload, size_t size);
long rss(void); // bytes

#pragma GCC visibility pop
