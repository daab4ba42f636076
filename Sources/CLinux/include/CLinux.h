// What Linux offers and Swift's Glibc module lacks: epoll, eventfd, signalfd, accept4, and the
// parts of libsystemd that a socket-activated service calls.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC. Returns the descriptor, or -1 with errno.
int clinux_accept(int listener, struct sockaddr_storage *peer, socklen_t *peer_size);

/// epoll_create1(2), close-on-exec. Returns the descriptor, or -1 with errno.
int clinux_epoll_create(void);

/// A non-blocking, close-on-exec eventfd(2) that starts at zero, or -1 with errno.
int clinux_eventfd(void);

/// Blocks the signals of `numbers` for this thread and returns a non-blocking signalfd(2) that
/// receives them, or -1 with errno.
int clinux_signalfd(const int *numbers, size_t count);

/// The number of the next pending signal, or 0 if none is pending, or -1 with errno.
int clinux_read_signal(int descriptor);

/// getrandom(2): how many unpredictable bytes were written, or -1 with errno.
ssize_t clinux_random(void *bytes, size_t count);

/// Ignores SIGPIPE, so that a write to a closed socket fails with EPIPE and does not end the
/// process.
void clinux_ignore_sigpipe(void);

/// Lets a new socket choose its ephemeral port late, at connect(2): IP_BIND_ADDRESS_NO_PORT.
/// Returns 0, or -1 with errno.
int clinux_bind_address_no_port(int descriptor);

/// Binds a socket of AF_UNIX to the file `path`: bind(2). Returns 0, or -1 with errno, which is
/// ENAMETOOLONG if the path does not fit into a sockaddr_un.
int clinux_bind_unix(int descriptor, const char *path);

/// Connects a socket of AF_UNIX to the socket that listens on `path`: connect(2). Returns 0, or -1
/// with errno.
int clinux_connect_unix(int descriptor, const char *path);

/// The process, user and group that connected a socket of AF_UNIX, as the kernel recorded them at
/// that time: SO_PEERCRED. Returns 0, or -1 with errno.
int clinux_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group);

/// The supplementary groups of that peer: SO_PEERGROUPS. Returns how many there are, or -1 with
/// errno. They are written only if there are at most `capacity`.
int clinux_peer_groups(int descriptor, uint32_t *groups, size_t capacity);

/// An anonymous file that can be sealed: memfd_create(2). Returns the descriptor, or -1 with errno.
int clinux_memfd(const char *name);

/// sd_listen_fds_with_names(3): how many sockets systemd passed (from descriptor 3 on), or a
/// negative errno. The caller frees each name in `names`, and `names` itself, with free(3).
int clinux_listen_fds(char ***names);

/// sd_is_socket(3): 1 if it is a listening stream socket, 0 if not, or a negative errno.
int clinux_is_listening_stream(int descriptor);

/// sd_watchdog_enabled(3): positive, with the interval, if the manager expects keep-alive messages
/// from this process; 0 if not; a negative errno if the environment is not valid.
int clinux_watchdog_enabled(uint64_t *microseconds);

#endif
