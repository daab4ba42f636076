// What Linux offers and Swift's Glibc module lacks: epoll, eventfd, accept4, handlers of
// signals, and what TCP knows.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC. Returns the descriptor, or -1 with errno.
int clinux_accept(int listener, struct sockaddr_storage *peer, socklen_t *peer_size);

/// epoll_create1(2), close-on-exec. Returns the descriptor, or -1 with errno.
int clinux_epoll_create(void);

/// A non-blocking, close-on-exec eventfd(2) that starts at zero, or -1 with errno.
int clinux_eventfd(void);

/// Makes a non-blocking, close-on-exec eventfd(2) that becomes readable when one of these signals
/// comes, in whichever thread. Installs a handler for each, which replaces the program's. Returns
/// the descriptor, or -1 with errno: EINVAL for a signal that can't be watched.
int clinux_watch_signals(const int *numbers, size_t count);

/// Ends that, and closes the descriptor. Where no other descriptor watches a signal, its former
/// handling is restored, unless the program has changed it meanwhile.
void clinux_unwatch_signals(int descriptor);

/// Unblocks the signals of that descriptor in the calling thread.
void clinux_unblock_signals(int descriptor);

/// The number of a signal that has come since it was last returned, or 0 if there is none, which
/// also makes the descriptor unreadable.
int clinux_read_signal(int descriptor);

/// Holds back the signals that any descriptor watches, for a program that is about to replace this
/// one (execve(2)): they are blocked in the calling thread, whichever thread gets one passes it on
/// to it, and what has come and was not read is pending again. Otherwise the thread's signals are
/// blocked as `mask` says, whose bit n - 1 stands for signal n: the next program begins with them.
void clinux_hold_signals(uint64_t mask);

/// Ends that: the thread has its former mask, and what is pending comes to its descriptor.
void clinux_release_signals(void);

/// Signals that nobody watches, and that were caught when a program that takes over began, do again
/// what they did before; what has come of them meanwhile comes once more.
void clinux_end_early_signals(void);

/// The signals that are blocked in the calling thread: bit n - 1 stands for signal n.
uint64_t clinux_signal_mask(void);

/// Blocks these signals in the calling thread, and no others.
void clinux_set_signal_mask(uint64_t mask);

/// 1 if the process ignores the signal (SIG_IGN), else 0.
int clinux_ignores_signal(int number);

/// getrandom(2): how many unpredictable bytes were written, or -1 with errno.
ssize_t clinux_random(void *bytes, size_t count);

/// Makes a write to a closed socket or pipe fail with EPIPE instead of ending the process, unless
/// the program handles SIGPIPE already. Programs that this process starts are not affected.
void clinux_disarm_sigpipe(void);

/// Bounds the bytes that a TCP socket takes before they can be sent: TCP_NOTSENT_LOWAT. Returns 0,
/// or -1 with errno.
int clinux_limit_unsent(int descriptor, uint32_t byte_count);

/// What TCP has measured about a connection.
struct clinux_delivery {
    uint64_t acknowledged;     // bytes of ours that the peer's TCP has acknowledged
    uint64_t under_way;        // bytes that were sent and are not acknowledged yet
    uint32_t round_trip;       // of late, in microseconds; with the queues on the way
    uint32_t least_round_trip; // in microseconds
    uint64_t busy;             // how long there was something to acknowledge, in microseconds
};

/// TCP_INFO. Returns 0, or -1 if it is not a TCP socket or the kernel does not measure this.
int clinux_delivery(int descriptor, struct clinux_delivery *delivery);

/// The bound of the bytes that a socket keeps until they are acknowledged: SO_SNDBUF. Or -1 with
/// errno.
int clinux_send_buffer(int descriptor);

/// Bounds the bytes that a socket keeps until they are acknowledged: SO_SNDBUF. Returns 0, or -1
/// with errno.
int clinux_set_send_buffer(int descriptor, int byte_count);

/// Gives that bound back to the kernel, which adapts it: SO_BUF_LOCK, since Linux 5.14. Returns 0,
/// or -1 with errno.
int clinux_free_send_buffer(int descriptor);

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

/// Makes such a file unchangeable for ever: F_ADD_SEALS with all seals. Returns 0, or -1 with
/// errno.
int clinux_seal(int descriptor);

/// 1 if it is such a file, else 0.
int clinux_is_sealed(int descriptor);

/// Whether execve(2) closes a descriptor: FD_CLOEXEC. Returns 0, or -1 with errno.
int clinux_set_close_on_exec(int descriptor, int closes);

/// Lets execve(2) close all descriptors from `first` to `last`: close_range(2), or FD_CLOEXEC of
/// each before Linux 5.11. Returns 0, or -1 with errno.
int clinux_close_range_on_exec(int first, int last);

/// The descriptor that a check finds its file at.
enum { CLINUX_CHECKED_FILE = 3 };

/// Starts a program that checks a file: with no other descriptors than the file, its standard
/// error, which is `report`, and /dev/null; no signal is blocked or handled. `environment` is this
/// process's if it is NULL, `variable` (NAME=VALUE) comes to it, and what systemd says to a service
/// is left out. Returns a pidfd and the process's number, or -1 with errno.
int clinux_start_check(const char *path, char *const *arguments, char *const *environment,
    const char *variable, int file, int report, int *process);

/// What `clinux_await_check` returns if the time is over.
enum { CLINUX_CHECK_IS_LATE = 1000 };

/// Waits for its end, and kills it after `milliseconds`: its status, or its signal as a negative
/// number. The status is 0 if the program does not leave its children's status to be asked for.
int clinux_await_check(int handle, int process, int milliseconds);

/// Kills it, from any thread. Returns 0, or -1 with errno.
int clinux_end_check(int handle);

/// execve(2), with the variable in the environment. Returns only if it fails: -1 with errno.
int clinux_execute(const char *path, char *const *arguments, char *const *environment,
    const char *variable);

/// A pair of connected sockets for messages (SOCK_SEQPACKET of AF_UNIX), non-blocking and
/// close-on-exec: what is sent into the first waits in the second, even when the first is closed.
/// Returns 0, or -1 with errno.
int clinux_carrier(int *inner, int *outer);

/// The most descriptors of one message: SCM_MAX_FD of the kernel.
enum { CLINUX_MESSAGE_DESCRIPTORS = 253 };

/// Sends a message with copies of descriptors, to an address or, if that is NULL, to where the
/// socket is connected: sendmsg(2) with SCM_RIGHTS. Returns 0 or errno.
int clinux_send_descriptors(int socket, const struct sockaddr *address, socklen_t address_size,
    const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);

/// Receives a message with its descriptors, which are close-on-exec, if one is there: recvmsg(2).
/// There must be room for CLINUX_MESSAGE_DESCRIPTORS. `is_cut` is 1 if bytes or descriptors are
/// missing: no room, or the limit on open files. Returns the number of bytes, or -1 with errno.
ssize_t clinux_receive_descriptors(int socket, void *bytes, size_t capacity, int *descriptors,
    size_t *descriptor_count, int *is_cut);

/// Waits until nobody has the other end of a pipe or pair any more: 1, or 0 if it is still open
/// after `milliseconds`.
int clinux_await_hang_up(int descriptor, int milliseconds);

/// How many bytes a program has written to a TCP socket and read from it so far, counted by the
/// kernel: TCP_INFO, SIOCOUTQ and SIOCINQ. Both have a constant of the socket added. Returns 0, or
/// -1 if it is not a TCP socket or is moving too fast to be counted.
int clinux_position(int descriptor, uint64_t *written, uint64_t *read);

/// Ends a connection although copies of the descriptor are open elsewhere: with FIN, by
/// shutdown(2), or with RST, by connect(2) to AF_UNSPEC. The descriptor stays open.
void clinux_end_copies(int descriptor, int reset);

/// An anonymous file of this size that stays as long, mapped to be written: memfd_create(2),
/// mmap(2). Returns the descriptor, or -1 with errno.
int clinux_make_shared(const char *name, size_t size, void **memory);

/// Maps such a file of another process, to be read. Returns 0, or -1 with errno; EINVAL if it is
/// another kind of file, or longer than `limit`.
int clinux_map_shared(int descriptor, size_t limit, size_t *size, void **memory);

/// Writes a word that another process may find after this one was killed: whatever stands before it
/// in the program has been written then, and nothing that stands behind it.
static inline void clinux_publish16(void *word, uint16_t value) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n((uint16_t *)word, value, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/// The same for 32 bits.
static inline void clinux_publish32(void *word, uint32_t value) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n((uint32_t *)word, value, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/// The same for 64 bits.
static inline void clinux_publish64(void *word, uint64_t value) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n((uint64_t *)word, value, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/// 1 if it is a listening stream socket (SO_TYPE and SO_ACCEPTCONN of socket(7)), 0 if not, or a
/// negative errno.
int clinux_is_listening_stream(int descriptor);

/// Calls `found` for each function of an executable file whose symbol begins with `prefix`. Returns
/// 0, or -1 with errno; a file without symbols has none.
int clinux_each_function(const char *path, const char *prefix,
    void (*found)(void *context, const char *symbol), void *context);

/// The file that this address of the process was loaded from, or NULL.
const char *clinux_file_of(const void *address);

/// What a symbol of Swift means, to be freed with free(3), or NULL if it is none. The runtime
/// exports it, for debuggers.
char *swift_demangle(const char *symbol, size_t length, char *buffer, size_t *size, uint32_t flags);

#endif
