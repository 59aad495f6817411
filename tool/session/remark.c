// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session/session.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

static void remark(const struct session *session, const char *fmt, va_list ap)
{
	struct buf line = {};
	char text[4096];

	if (!session->run.verbose)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	buf_str(&line, "hotprobe: ");
	text_escape(&line, text, strlen(text));
	buf_char(&line, '\n');
	write_all(STDERR_FILENO, buf_text(&line), line.len);
	buf_free(&line);
}

void session_remark(const struct session *session, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	remark(session, fmt, ap);
	va_end(ap);
}

void session_remark_as(void *session, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	remark(session, fmt, ap);
	va_end(ap);
}
