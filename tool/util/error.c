// SPDX-License-Identifier: GPL-2.0-only
/* The one place that turns errors into words. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

static void error_vset(struct error *err, int code, int status, const char *fmt, va_list ap)
{
	if (err->code)
		return;
	err->code = code ? code : -EINVAL;
	err->status = status;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
}

int error_set(struct error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	error_vset(err, code, 1, fmt, ap);
	va_end(ap);
	return code;
}

int error_sys(struct error *err, int code, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	if (err->code)
		return code;
	va_start(ap, fmt);
	error_vset(err, code, 1, fmt, ap);
	va_end(ap);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", strerror(-code));
	return code;
}

int error_usage(struct error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	error_vset(err, -EINVAL, 2, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

int error_hint(struct error *err, const char *fmt, ...)
{
	va_list ap;

	if (err->hint[0])
		return err->code;
	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	return err->code;
}

int error_place(struct error *err, const char *kind, const char *file, unsigned int line,
		unsigned int column)
{
	if (err->kind)
		return err->code;
	err->kind = kind;
	snprintf(err->file, sizeof(err->file), "%s", file ?: "");
	err->line = file ? line : 0;
	err->column = file ? column : 0;
	return err->code;
}

/* Messages quote names and source lines that are not ours: keep line ends and tabs, escape the
 * rest. */
static void error_escape(struct buf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n\t");

		text_escape(out, text, len);
		text += len;
		while (*text == '\n' || *text == '\t')
			buf_char(out, *text++);
	}
}

void error_print(const struct error *err)
{
	struct buf out = {};

	buf_str(&out, "hotprobe: ");
	error_escape(&out, err->text);
	buf_char(&out, '\n');
	if (err->hint[0]) {
		buf_str(&out, "          ");
		error_escape(&out, err->hint);
		buf_char(&out, '\n');
	}
	write_all(STDERR_FILENO, buf_text(&out), out.len);
	buf_free(&out);
}

const char *errno_name(int code)
{
	/* include/linux/errno.h: codes that never reach user space through a syscall */
	static const char *const internal[] = {
		[0] = "ERESTARTSYS",
		[1] = "ERESTARTNOINTR",
		[2] = "ERESTARTNOHAND",
		[3] = "ENOIOCTLCMD",
		[4] = "ERESTART_RESTARTBLOCK",
		[5] = "EPROBE_DEFER",
		[6] = "EOPENSTALE",
		[7] = "ENOPARAM",
		[9] = "EBADHANDLE",
		[10] = "ENOTSYNC",
		[11] = "EBADCOOKIE",
		[12] = "ENOTSUPP",
		[13] = "ETOOSMALL",
		[14] = "ESERVERFAULT",
		[15] = "EBADTYPE",
		[16] = "EJUKEBOX",
		[17] = "EIOCBQUEUED",
		[18] = "ERECALLCONFLICT",
	};

	if (code <= 0)
		return NULL;
	if (code >= 512 && code < 512 + (int)(sizeof(internal) / sizeof(internal[0])))
		return internal[code - 512];
	return strerrorname_np(code);
}
