/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_UTIL_PROCESS_H
#define HOTPROBE_UTIL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * process_run - run a program of the system and wait for it; its output goes to stderr
 *
 * @argv: NULL-terminated, the program is looked up in PATH. Returns 0 when it exited with 0, its
 * status when that was another (127 also when there is no such program), negative errno when there
 * was no process for it, -EINTR when it was killed.
 */
int process_run(char *const argv[]);

/*
 * folder_remove - remove a folder and all in it; quiet when it is not there
 *
 * Safe when somebody else can write to it: no symbolic link is followed, whenever it appears.
 */
void folder_remove(const char *path);

/*
 * process_has_own_pids - is this process in another pid namespace than the machine's first?
 *
 * Then its pids are not those that programs in the kernel see.
 */
bool process_has_own_pids(void);

/*
 * process_interrupted - has a signal come that wants us to stop?
 * @signal_fd: of a signalfd that does not block; what it holds is taken. -1 none
 *
 * The end of a child is no such signal.
 */
bool process_interrupted(int signal_fd);

/* clock_now - CLOCK_MONOTONIC in nanoseconds */
uint64_t clock_now(void);

#endif
