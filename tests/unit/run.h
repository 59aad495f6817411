/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TESTS_RUN_H
#define HOTPROBE_TESTS_RUN_H

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Have the shell do something, which must succeed. For test files, behind <cmocka.h>. */
__attribute__((format(printf, 1, 2))) static void run(const char *fmt, ...)
{
	char command[4 * PATH_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command) != 0)
		fail_msg("%s", command);
}

#endif
