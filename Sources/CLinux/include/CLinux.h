// What Linux has and the Glibc overlay of Swift does not: epoll, eventfd, signalfd, accept4, and
// the parts of libsystemd that a socket-activated service calls.
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

/// Ignores SIGPIPE, so that a write to a closed socket is EPIPE and not the end of the process.
void clinux_ignore_sigpipe(void);

/// Says that a new socket picks its ephemeral port late, at connect(2): IP_BIND_ADDRESS_NO_PORT.
int clinux_bind_address_no_port(int descriptor);

/// Gives a socket of AF_UNIX the file `path`: bind(2). 0, or -1 with errno; ENAMETOOLONG if the
/// path does not fit into a sockaddr_un.
int clinux_bind_unix(int descriptor, const char *path);

/// Connects a socket of AF_UNIX to the one that listens on `path`: connect(2). 0, or -1 with errno.
int clinux_connect_unix(int descriptor, const char *path);

/// Who connected a socket of AF_UNIX, as the kernel noted it then: SO_PEERCRED. 0, or -1 with
/// errno.
int clinux_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group);

/// The supplementary groups of that peer: SO_PEERGROUPS. Returns how many there are, of which at
/// most `capacity` were written, or -1 with errno.
int clinux_peer_groups(int descriptor, uint32_t *groups, size_t capacity);

/// An anonymous file that can be sealed: memfd_create(2). Returns the descriptor, or -1 with errno.
int clinux_memfd(const char *name);

/// sd_listen_fds_with_names(3): how many sockets systemd passed (from descriptor 3 on), with their
/// names in `names`, to be freed one by one and as a whole with free(3). Negative errno on failure.
int clinux_listen_fds(char ***names);

/// sd_is_socket(3): 1 if it is a listening stream socket, 0 if not, negative errno on failure.
int clinux_is_listening_stream(int descriptor);

/// sd_watchdog_enabled(3): positive, with the interval, if a sign of life is expected of this
/// process; 0 if not, negative errno if the environment cannot be read.
int clinux_watchdog_enabled(uint64_t *microseconds);

#endif
