// Linux functions that the load generator needs and Swift's Glibc overlay does not have.
#ifndef CBENCH_H
#define CBENCH_H

/// Makes the kernel send this process SIGTERM when the thread that started it ends: prctl(2),
/// PR_SET_PDEATHSIG.
void cbench_end_with_parent(void);

/// The processors that this process may run on: at most `limit` numbers are written to
/// `processors`, and their count is returned; 0 if the kernel does not say. sched_getaffinity(2).
int cbench_processors(int *processors, int limit);

/// Makes this process run only on these processors: sched_setaffinity(2). 0, or -1 with errno.
int cbench_pin(const int *processors, int count);

#endif
