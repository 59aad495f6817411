/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_PROBE_SCAN_H
#define HOTPROBE_PROBE_SCAN_H

#include <stddef.h>

/* The little of C's form that a look at a probe's text needs. */

/* scan_continuation - bytes of the line end that a backslash at @s takes away, 0 when it is none */
size_t scan_continuation(const char *s);

/* scan_comment - the end of the comment that starts at @s; @s itself when none does */
const char *scan_comment(const char *s);

#endif
