// See secure.h.
#define _GNU_SOURCE
#include "secure.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>

#include "frames.h"

static SSL_CTX *context;
static BIO_METHOD *method;
static SSL_SESSION *newest;
static unsigned char taken[SECURE_RECEIVE];
static size_t taken_at, taken_count;
static Buffer made;

static void ssl_die(const char *what) {
    ERR_print_errors_fp(stderr);
    die(what);
}

static int bio_read(BIO *bio, char *into, size_t count, size_t *read) {
    BIO_clear_retry_flags(bio);
    *read = taken_count - taken_at < count ? taken_count - taken_at : count;
    if (*read == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    memcpy(into, taken + taken_at, *read);
    taken_at += *read;
    return 1;
}

static int bio_write(BIO *bio, const char *bytes, size_t count, size_t *written) {
    BIO_clear_retry_flags(bio);
    memcpy(room(&made, count), bytes, count);
    made.length += count;
    *written = count;
    return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static void begin(const SSL_METHOD *role) {
    context = SSL_CTX_new(role);
    method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "shared buffers");
    if (!context || !method) ssl_die("libssl");
    BIO_meth_set_read_ex(method, bio_read);
    BIO_meth_set_write_ex(method, bio_write);
    BIO_meth_set_ctrl(method, bio_control);
    // The suites and their order are those of our server and of browsers.
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                      "TLS_CHACHA20_POLY1305_SHA256");
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); // tickets alone
}

void secure_server(const char *certificate, const char *key) {
    begin(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        ssl_die(certificate);
}

static int keep_newest(SSL *ssl, SSL_SESSION *session) {
    (void)ssl;
    SSL_SESSION_free(newest);
    newest = session;
    return 1;
}

void secure_client(bool resumes) {
    begin(TLS_client_method());
    if (!resumes) return;
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_newest);
}

SSL *secure_new(bool is_server) {
    SSL *ssl = SSL_new(context);
    BIO *bio = BIO_new(method);
    if (!ssl || !bio) ssl_die("SSL_new");
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    if (is_server) SSL_set_accept_state(ssl);
    else SSL_set_connect_state(ssl);
    if (!newest) return ssl;
    // A copy each: libssl spoils a session for all others once it has brought a new ticket.
    SSL_SESSION *own = SSL_SESSION_dup(newest);
    SSL_set_session(ssl, own);
    SSL_SESSION_free(own);
    return ssl;
}

void secure_free(SSL *ssl) {
    if (!ssl) return;
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN); // or libssl thinks the ticket a bad one
    SSL_free(ssl);
    made.length = 0; // an alert that nobody sends
}

bool secure_has_resumed(SSL *ssl) { return SSL_session_reused(ssl); }
bool secure_could_resume(void) { return newest; }

ssize_t secure_take(int fd) {
    ssize_t n = recv(fd, taken, sizeof taken, 0);
    taken_at = 0;
    taken_count = n > 0 ? n : 0;
    return n;
}

ssize_t secure_read(SSL *ssl, void *into, size_t count) {
    size_t length = 0, n;
    while (length < count && SSL_read_ex(ssl, (char *)into + length, count - length, &n) == 1)
        length += n;
    int error = length > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl, 0);
    ERR_clear_error();
    if (length > 0) return length;
    errno = error == SSL_ERROR_WANT_READ ? EAGAIN : EPROTO;
    return error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

bool secure_is_open(const SSL *ssl) { return SSL_is_init_finished(ssl); }

void secure_write(SSL *ssl, const void *bytes, size_t count) {
    size_t n;
    if (count > 0 && SSL_write_ex(ssl, bytes, count, &n) != 1) ssl_die("SSL_write");
}

void secure_end(SSL *ssl) { SSL_shutdown(ssl); }

struct secure_bytes secure_made(void) {
    struct secure_bytes result = {made.at, made.length};
    made.length = 0;
    return result;
}
