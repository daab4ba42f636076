// Signals for servers: a handler notes each signal for every server that watches it, and wakes it.
//
// signalfd(2) would need the signal to be blocked in every thread of the process: a thread that was
// started earlier would take the signal and end the process. A handler runs in whichever thread the
// kernel chooses, serves several servers, and is reset by exec(2), so that a program that is
// started from here finds nothing changed.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LAST_SIGNAL = 64 };

// What one server watches. A node stays in the list for ever and is used again, since a handler
// may be walking over it at any time.
struct watcher {
    _Atomic uint64_t wanted;  // bit n - 1 stands for signal n; no bit: nothing is watched
    _Atomic uint64_t pending; // noted, and not read yet
    _Atomic int descriptor;   // its eventfd(2); -1: the node is free
    struct watcher *next;
};
static struct watcher *_Atomic first;

// How many threads are inside the handler just now: no descriptor is closed meanwhile.
static _Atomic int inside;

// The thread that is about to run another program, or 0: signals are passed on to it, where they
// are blocked, and so survive.
static _Atomic int keeper;
static sigset_t mask_before;

// Signals that have come before anybody watched them, in a program that takes over.
static _Atomic uint64_t early;

// Never locked by the handler.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction replaced[LAST_SIGNAL + 1];
static unsigned users[LAST_SIGNAL + 1];

static uint64_t bit(int number) { return UINT64_C(1) << (number - 1); }

// Runs in any thread, between any two instructions: atomics and write(2) alone.
static void note(int number) {
    int saved = errno;
    atomic_fetch_add(&inside, 1);
    int thread = atomic_load(&keeper);
    if (thread != 0) {
        syscall(SYS_tgkill, getpid(), thread, number);
        atomic_fetch_sub(&inside, 1);
        errno = saved;
        return;
    }
    int is_wanted = 0;
    for (struct watcher *w = atomic_load(&first); w != NULL; w = w->next) {
        if (!(atomic_load(&w->wanted) & bit(number))) continue;
        is_wanted = 1;
        atomic_fetch_or(&w->pending, bit(number));
        uint64_t one = 1;
        // It fails only when the counter is at its maximum: the reader is being woken anyway.
        (void)!write(atomic_load(&w->descriptor), &one, sizeof one);
    }
    if (!is_wanted) atomic_fetch_or(&early, bit(number));
    atomic_fetch_sub(&inside, 1);
    errno = saved;
}

// The processor raises these at an instruction, which is repeated when the handler returns.
static int is_fault(int number) {
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
           number == SIGTRAP;
}

static int install(int number) {
    struct sigaction current;
    if (sigaction(number, NULL, &current) < 0) return -1;
    if (current.sa_handler == note) return 0;
    // Calls that the signal interrupts in other threads are repeated by the kernel where it can.
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    if (sigaction(number, &action, NULL) < 0) return -1;
    replaced[number] = current;
    return 0;
}

// A handler that the program has installed meanwhile is left alone.
static void restore(int number) {
    struct sigaction current;
    if (sigaction(number, NULL, &current) == 0 && current.sa_handler == note)
        sigaction(number, &replaced[number], NULL);
}

// A program that takes over begins with the signals blocked that the last one watched. A runtime
// may unblock them before a server watches them again (libdispatch does, in sigsuspend(2)), and
// then they would end the process: so they have a handler before main begins.
__attribute__((constructor)) static void catch_early_signals(void) {
    const char *purpose = getenv("ROOST_HAND_OVER");
    if (purpose == NULL || strncmp(purpose, "take:", 5) != 0) return;
    sigset_t held;
    pthread_sigmask(SIG_SETMASK, NULL, &held);
    for (int number = 1; number <= LAST_SIGNAL; number++)
        if (sigismember(&held, number) == 1 && !is_fault(number)) install(number);
}

void clinux_end_early_signals(void) {
    pthread_mutex_lock(&lock);
    for (int number = 1; number <= LAST_SIGNAL; number++)
        if (users[number] == 0) restore(number);
    uint64_t left = atomic_exchange(&early, 0);
    pthread_mutex_unlock(&lock);
    for (int number = 1; number <= LAST_SIGNAL; number++)
        if (left & bit(number)) kill(getpid(), number);
}

static struct watcher *find(int descriptor) {
    for (struct watcher *w = atomic_load(&first); w != NULL; w = w->next)
        if (atomic_load(&w->descriptor) == descriptor) return w;
    return NULL;
}

static struct watcher *free_watcher(void) {
    struct watcher *w = find(-1);
    if (w != NULL) return w;
    w = calloc(1, sizeof *w);
    if (w == NULL) return NULL;
    atomic_store(&w->descriptor, -1);
    w->next = atomic_load(&first);
    atomic_store(&first, w);
    return w;
}

// The lock is held.
static void release(struct watcher *w) {
    uint64_t wanted = atomic_exchange(&w->wanted, 0);
    for (int number = 1; number <= LAST_SIGNAL; number++)
        if (wanted & bit(number) && --users[number] == 0) restore(number);
    while (atomic_load(&inside) > 0) sched_yield();
    close(atomic_load(&w->descriptor));
    atomic_store(&w->descriptor, -1);
}

// The lock is held.
static int watch(uint64_t wanted) {
    struct watcher *w = free_watcher();
    if (w == NULL) return -1;
    int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (descriptor < 0) return -1;
    atomic_store(&w->descriptor, descriptor);
    atomic_store(&w->pending, 0);
    atomic_store(&w->wanted, wanted);
    int failure = 0;
    for (int number = 1; number <= LAST_SIGNAL; number++) {
        if (!(wanted & bit(number))) continue;
        users[number]++;
        if (failure == 0 && install(number) < 0) failure = errno;
    }
    if (failure == 0) {
        uint64_t come = atomic_fetch_and(&early, ~wanted) & wanted;
        atomic_fetch_or(&w->pending, come);
        uint64_t one = 1;
        if (come != 0) (void)!write(descriptor, &one, sizeof one);
        return descriptor;
    }
    release(w);
    errno = failure;
    return -1;
}

int clinux_watch_signals(const int *numbers, size_t count) {
    uint64_t wanted = 0;
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] < 1 || numbers[i] > LAST_SIGNAL || is_fault(numbers[i])) {
            errno = EINVAL;
            return -1;
        }
        wanted |= bit(numbers[i]);
    }
    pthread_mutex_lock(&lock);
    int descriptor = watch(wanted);
    int failure = errno;
    pthread_mutex_unlock(&lock);
    errno = failure;
    return descriptor;
}

void clinux_unwatch_signals(int descriptor) {
    pthread_mutex_lock(&lock);
    struct watcher *w = find(descriptor);
    if (w != NULL) release(w);
    pthread_mutex_unlock(&lock);
}

void clinux_unblock_signals(int descriptor) {
    struct watcher *w = find(descriptor);
    if (w == NULL) return;
    sigset_t set;
    sigemptyset(&set);
    uint64_t wanted = atomic_load(&w->wanted);
    for (int number = 1; number <= LAST_SIGNAL; number++)
        if (wanted & bit(number)) sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int clinux_read_signal(int descriptor) {
    struct watcher *w = find(descriptor);
    if (w == NULL) return 0;
    if (atomic_load(&w->pending) == 0) {
        // Cleared before the last look: a signal that comes in between makes it readable again.
        uint64_t count;
        (void)!read(descriptor, &count, sizeof count);
    }
    uint64_t pending = atomic_load(&w->pending);
    if (pending == 0) return 0;
    int number = __builtin_ctzll(pending) + 1;
    atomic_fetch_and(&w->pending, ~bit(number));
    return number;
}

uint64_t clinux_signal_mask(void) {
    sigset_t set;
    uint64_t mask = 0;
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    for (int number = 1; number <= LAST_SIGNAL; number++)
        if (sigismember(&set, number) == 1) mask |= bit(number);
    return mask;
}

static void set_mask(uint64_t mask, sigset_t *before) {
    sigset_t set;
    sigemptyset(&set);
    for (int number = 1; number <= LAST_SIGNAL; number++)
        if (mask & bit(number)) sigaddset(&set, number);
    pthread_sigmask(SIG_SETMASK, &set, before);
}

void clinux_set_signal_mask(uint64_t mask) { set_mask(mask, NULL); }

void clinux_hold_signals(uint64_t mask) {
    int thread = (int)syscall(SYS_gettid);
    pthread_mutex_lock(&lock);
    uint64_t wanted = 0;
    for (struct watcher *w = atomic_load(&first); w != NULL; w = w->next)
        wanted |= atomic_load(&w->wanted);
    set_mask(mask | wanted, &mask_before);
    atomic_store(&keeper, thread);
    while (atomic_load(&inside) > 0) sched_yield();
    uint64_t noted = 0;
    for (struct watcher *w = atomic_load(&first); w != NULL; w = w->next)
        noted |= atomic_exchange(&w->pending, 0);
    for (int number = 1; number <= LAST_SIGNAL; number++)
        if (noted & bit(number)) syscall(SYS_tgkill, getpid(), thread, number);
    pthread_mutex_unlock(&lock);
}

void clinux_release_signals(void) {
    atomic_store(&keeper, 0);
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
}

int clinux_ignores_signal(int number) {
    struct sigaction current;
    return sigaction(number, NULL, &current) == 0 && current.sa_handler == SIG_IGN;
}

static void do_nothing(int number) { (void)number; }

void clinux_disarm_sigpipe(void) {
    struct sigaction current;
    if (sigaction(SIGPIPE, NULL, &current) < 0 || current.sa_handler != SIG_DFL) return;
    struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, NULL);
}
