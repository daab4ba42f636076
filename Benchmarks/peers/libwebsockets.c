// The peer of libwebsockets: `libwebsockets echo|broadcast PORT [CERTIFICATE KEY]`.
//
// Messages wait in one ring of reference-counted buffers a connection, for libwebsockets lets a
// connection write only after it has reported it writable.
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { RING = 1024 };

struct message {
    int references;
    bool binary;
    size_t size;
    unsigned char bytes[]; // LWS_PRE bytes of room, then the payload
};

struct session {
    struct lws *wsi;
    struct session *next;
    struct message *partial;
    struct message **ring; // allocated with the first message: an idle connection has none
    unsigned first, count;
};

static bool broadcasts;
static struct session *sessions;

static void drop(struct message *m) {
    if (--m->references == 0) free(m);
}

static void queue(struct session *s, struct message *m) {
    if (s->count == RING) return lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    if (!s->ring && !(s->ring = malloc(RING * sizeof *s->ring))) abort();
    m->references++;
    s->ring[(s->first + s->count++) % RING] = m;
    lws_callback_on_writable(s->wsi);
}

static void received(struct session *s, void *in, size_t size) {
    size_t old = s->partial ? s->partial->size : 0;
    struct message *m = realloc(s->partial, sizeof *m + LWS_PRE + old + size);
    if (!m) abort();
    m->references = 1;
    m->size = old + size;
    m->binary = lws_frame_is_binary(s->wsi);
    memcpy(m->bytes + LWS_PRE + old, in, size);
    s->partial = m;
    if (lws_remaining_packet_payload(s->wsi) || !lws_is_final_fragment(s->wsi)) return;
    s->partial = NULL;
    if (!broadcasts) queue(s, m);
    else for (struct session *other = sessions; other; other = other->next) queue(other, m);
    drop(m);
}

static int serve(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                 size_t size) {
    struct session *s = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        memset(s, 0, sizeof *s);
        s->wsi = wsi;
        s->next = sessions;
        sessions = s;
        break;
    case LWS_CALLBACK_CLOSED:
        for (struct session **p = &sessions; *p; p = &(*p)->next)
            if (*p == s) {
                *p = s->next;
                break;
            }
        while (s->count) drop(s->ring[(s->first + --s->count) % RING]);
        free(s->ring);
        free(s->partial);
        break;
    case LWS_CALLBACK_RECEIVE: received(s, in, size); break;
    case LWS_CALLBACK_SERVER_WRITEABLE: {
        if (!s->count) break;
        struct message *m = s->ring[s->first];
        s->first = (s->first + 1) % RING;
        s->count--;
        // It writes its header into the room in front, which is the same for all clients.
        int sent = lws_write(wsi, m->bytes + LWS_PRE, m->size,
                             m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
        drop(m);
        if (sent < 0) return -1;
        if (s->count) lws_callback_on_writable(wsi);
        break;
    }
    default: break;
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    broadcasts = strcmp(arguments[1], "broadcast") == 0;
    lws_set_log_level(LLL_ERR, NULL);
    static const struct lws_protocols protocols[] = {
        {.name = "raw", .callback = serve, .per_session_data_size = sizeof(struct session),
         .rx_buffer_size = 65536},
        {0},
    };
    struct lws_context_creation_info info = {
        .port = atoi(arguments[2]), .iface = "127.0.0.1", .protocols = protocols,
        .gid = -1, .uid = -1};
    if (count >= 5) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = arguments[3];
        info.ssl_private_key_filepath = arguments[4];
    }
    struct lws_context *context = lws_create_context(&info);
    if (!context) return 1;
    while (lws_service(context, 0) >= 0) {}
    return 0;
}
