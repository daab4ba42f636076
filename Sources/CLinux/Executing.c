// Another program: started to check a file, and then run in place of this one.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALL_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

int clinux_seal(int descriptor) { return fcntl(descriptor, F_ADD_SEALS, ALL_SEALS); }

int clinux_is_sealed(int descriptor) {
    int seals = fcntl(descriptor, F_GET_SEALS);
    return seals >= 0 && (seals & ALL_SEALS) == ALL_SEALS;
}

int clinux_set_close_on_exec(int descriptor, int closes) {
    return fcntl(descriptor, F_SETFD, closes ? FD_CLOEXEC : 0);
}

int clinux_close_range_on_exec(int first, int last) {
#ifdef CLOSE_RANGE_CLOEXEC
    if (syscall(SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC) == 0) return 0;
#endif
    for (int descriptor = first; descriptor <= last; descriptor++)
        if (clinux_set_close_on_exec(descriptor, 1) < 0) return -1;
    return 0;
}

static int has_name_of(const char *entry, const char *name) {
    size_t length = strcspn(name, "=");
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

// What a manager of services says to its service alone: a check is none.
static const char *const of_the_service[] = {
    "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
};

// The environment (NULL: this process's) with one more variable. To be freed; NULL without memory.
static char **environment_with(char *const *environment, const char *variable, int is_check) {
    if (environment == NULL) environment = environ;
    size_t count = 0;
    while (environment[count] != NULL) count++;
    char **result = calloc(count + 2, sizeof *result);
    if (result == NULL) return NULL;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int drops = has_name_of(environment[i], variable);
        for (size_t j = 0; is_check && j < sizeof of_the_service / sizeof *of_the_service; j++)
            drops |= has_name_of(environment[i], of_the_service[j]);
        if (!drops) result[kept++] = environment[i];
    }
    result[kept] = (char *)variable;
    return result;
}

static int spawn(const char *path, char *const *arguments, char *const *environment, int file,
    int report, pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&actions) != 0) return ENOMEM;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, report, 2);
    posix_spawn_file_actions_adddup2(&actions, file, CLINUX_CHECKED_FILE);
#ifdef __GLIBC__
    posix_spawn_file_actions_addclosefrom_np(&actions, CLINUX_CHECKED_FILE + 1);
#endif
    int failure = posix_spawn(process, path, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

int clinux_start_check(const char *path, char *const *arguments, char *const *environment,
    const char *variable, int file, int report, int *process) {
    char **whole = environment_with(environment, variable, 1);
    if (whole == NULL) return -1;
    int failure = spawn(path, arguments, whole, file, report, process);
    free(whole);
    if (failure != 0) {
        errno = failure;
        return -1;
    }
    int handle = (int)syscall(SYS_pidfd_open, *process, 0);
    if (handle >= 0) return handle;
    failure = errno;
    kill(*process, SIGKILL);
    waitpid(*process, NULL, 0);
    errno = failure;
    return -1;
}

int clinux_end_check(int handle) {
    return (int)syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0);
}

int clinux_await_check(int handle, int process, int milliseconds) {
    struct pollfd ended = {.fd = handle, .events = POLLIN};
    int count = poll(&ended, 1, milliseconds);
    int is_late = count == 0;
    // A poll that fails, without memory for example, must not leave the child running.
    if (count <= 0) clinux_end_check(handle);
    int status = 0;
    while (waitpid(process, &status, 0) < 0) {
        // A program that ignores SIGCHLD, or waits for all its children, has the status.
        if (errno != EINTR) status = 0;
        if (errno != EINTR) break;
    }
    if (is_late) return CLINUX_CHECK_IS_LATE;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int clinux_execute(const char *path, char *const *arguments, char *const *environment,
    const char *variable) {
    char **whole = environment_with(environment, variable, 0);
    if (whole == NULL) return -1;
    execve(path, arguments, whole);
    int failure = errno;
    free(whole);
    errno = failure;
    return -1;
}
