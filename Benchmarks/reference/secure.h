// TLS of the bare server and of the load: libssl between two buffers that all connections share. A
// BIO of its own gives libssl the bytes of one recv(2), and collects what it makes for one send(2),
// so an exchange takes as many system calls as without TLS.
#pragma once
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
    SECURE_RECEIVE = 128 << 10,
    SECURE_CONTENT = SECURE_RECEIVE + (17 << 10), // with the record that came in part before
};

void secure_server(const char *certificate, const char *key); // PEM files
void secure_client(bool resumes); // resumes: each connection takes the newest ticket of all
SSL *secure_new(bool is_server);
void secure_free(SSL *ssl); // NULL does nothing
bool secure_has_resumed(SSL *ssl);
bool secure_could_resume(void); // there is a ticket

// As recv(2), after `secure_take`: content until the taken bytes are used up (-1 and EAGAIN), 0 at
// the end of TLS. It also does the handshake; `secure_is_open` then says whether it is done.
// `count` is SECURE_CONTENT at least.
ssize_t secure_read(SSL *ssl, void *into, size_t count);
bool secure_is_open(const SSL *ssl);
// Receives from the socket what `secure_read` reads next, all of it in one call: as recv(2).
ssize_t secure_take(int fd);

// Appends content, or the end of TLS, to what is to be sent: `secure_made`.
void secure_write(SSL *ssl, const void *bytes, size_t count);
void secure_end(SSL *ssl);
struct secure_bytes {
    const unsigned char *at;
    size_t count;
};
struct secure_bytes secure_made(void); // and forgets it
