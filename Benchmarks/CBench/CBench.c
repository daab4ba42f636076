// Thin wrappers, no decisions.
#define _GNU_SOURCE
#include "CBench.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

void cbench_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGTERM); }

int cbench_processors(int *processors, int limit) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return 0;
    int count = 0;
    for (int i = 0; i < CPU_SETSIZE && count < limit; i++)
        if (CPU_ISSET(i, &set)) processors[count++] = i;
    return count;
}

int cbench_pin(const int *processors, int count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < count; i++)
        if (processors[i] >= 0 && processors[i] < CPU_SETSIZE) CPU_SET(processors[i], &set);
    return sched_setaffinity(0, sizeof set, &set);
}
