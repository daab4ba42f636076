// The peer of uWebSockets: `uwebsockets echo|broadcast PORT [CERTIFICATE KEY]`.
//
// uWebSockets is a library of C++ headers that Debian does not have. The Python package socketify
// contains it compiled, with BoringSSL and a C interface; this file declares the functions that it
// uses. Python itself takes no part. A broadcast is a publish to a topic, which uWebSockets batches
// by itself.
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct app app;
typedef struct websocket websocket;

struct tls_options {
    const char *key_file, *certificate_file, *passphrase, *dh_file, *ca_file, *ciphers;
    int prefers_low_memory;
};

struct listening { int port; const char *host; int options; };

struct behavior {
    int compression;
    unsigned max_payload_length;
    unsigned short idle_timeout; // seconds; 0 is never
    unsigned max_backpressure;   // bytes; 0 is without bound
    bool closes_on_backpressure, resets_idle_timeout_on_send, pings;
    unsigned short max_lifetime; // minutes; 0 is for ever
    void (*upgrade)(void *, void *, void *, void *);
    void (*open)(websocket *, void *);
    void (*message)(websocket *, const char *, size_t, int, void *);
    void (*drain)(websocket *, void *);
    void (*ping)(websocket *, const char *, size_t, void *);
    void (*pong)(websocket *, const char *, size_t, void *);
    void (*close)(websocket *, int, const char *, size_t, void *);
    void (*subscription)(websocket *, const char *, size_t, int, int, void *);
};

app *uws_create_app(int tls, struct tls_options);
void uws_ws(int tls, app *, const char *pattern, struct behavior, void *);
void uws_app_listen_with_config(int tls, app *, struct listening,
                                void (*)(void *socket, struct listening, void *), void *);
void uws_app_run(int tls, app *);
int uws_ws_send(int tls, websocket *, const char *, size_t, int opcode);
bool uws_ws_subscribe(int tls, websocket *, const char *topic, size_t);
bool uws_publish(int tls, app *, const char *topic, size_t, const char *, size_t, int opcode,
                 bool compresses);

static bool broadcasts;
static int tls; // whether it speaks TLS: an argument of every function
static app *server;

static void opened(websocket *ws, void *unused) {
    (void)unused;
    if (broadcasts) uws_ws_subscribe(tls, ws, "all", 3);
}

static void received(websocket *ws, const char *bytes, size_t size, int opcode, void *unused) {
    (void)unused;
    if (broadcasts) uws_publish(tls, server, "all", 3, bytes, size, opcode, false);
    else uws_ws_send(tls, ws, bytes, size, opcode);
}

static void listened(void *socket, struct listening config, void *unused) {
    (void)unused;
    if (socket) return;
    fprintf(stderr, "uwebsockets: cannot listen on %s:%d\n", config.host, config.port);
    exit(1);
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    broadcasts = strcmp(arguments[1], "broadcast") == 0;
    tls = count >= 5;
    server = uws_create_app(
        tls, tls ? (struct tls_options){.certificate_file = arguments[3], .key_file = arguments[4]}
                 : (struct tls_options){0});
    uws_ws(tls, server, "/*",
           (struct behavior){.max_payload_length = 16 << 20, .max_backpressure = 64 << 20,
                             .open = opened, .message = received},
           NULL);
    uws_app_listen_with_config(
        tls, server, (struct listening){.port = atoi(arguments[2]), .host = "127.0.0.1"}, listened,
        NULL);
    uws_app_run(tls, server);
    return 0;
}
