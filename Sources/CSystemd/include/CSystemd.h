// The parts of libsystemd that a socket-activated service calls.
#ifndef CSYSTEMD_H
#define CSYSTEMD_H

#include <stdint.h>

/// sd_listen_fds_with_names(3): how many sockets systemd passed (from descriptor 3 on), or a
/// negative errno. The caller frees each name in `names`, and `names` itself, with free(3).
int csystemd_listen_fds(char ***names);

/// sd_watchdog_enabled(3): positive, with the interval, if the manager expects keep-alive messages
/// from this process; 0 if not; a negative errno if the environment is not valid.
int csystemd_watchdog_enabled(uint64_t *microseconds);

#endif
