// Thin wrappers of libsystemd, no decisions.
#include "CSystemd.h"

#include <systemd/sd-daemon.h>

int csystemd_listen_fds(char ***names) { return sd_listen_fds_with_names(1, names); }

int csystemd_watchdog_enabled(uint64_t *microseconds) {
    return sd_watchdog_enabled(0, microseconds);
}
