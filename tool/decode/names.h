/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DECODE_NAMES_H
#define HOTPROBE_DECODE_NAMES_H

#include <stdint.h>

/*
 * name_signal - write "SIGKILL" for 9, "SIGRTMIN+3" for 37 at @p; numbers without a name as numbers
 *
 * At most FMT_MAX bytes, no NUL; returns the end. Real-time signals count from 34, glibc's
 * SIGRTMIN, because that is what kill(1) understands.
 */
char *name_signal(char *p, int64_t number);

/* name_family - write "AF_INET6" for 10 (include/linux/socket.h) in the same way */
char *name_family(char *p, int64_t number);

#endif
