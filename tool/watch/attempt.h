/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WATCH_ATTEMPT_H
#define HOTPROBE_WATCH_ATTEMPT_H

#include "util/error.h"

struct session;
struct swap;

enum attempt_end {
	ATTEMPT_FAILED, /* @err says why */
	ATTEMPT_SAME,	/* the text is what runs already */
	ATTEMPT_EQUAL,	/* the text differs, the program does not */
	ATTEMPT_READY,	/* loaded, prepared to take over */
};

/* One try to bring an edited probe beside the one that runs. */
struct attempt {
	int argc;
	char **argv;
	const struct session *running;
	struct swap *swap;
	/* when readable, the compiler is ended: a pipe with records as a signalfd gives them */
	int cancel_fd;

	struct session *next; /* as far as it came; the caller's to free */
	enum attempt_end end;
	struct error err;
};

/* attempt_run - everything from reading the file to a prepared program; for a thread of its own */
void attempt_run(struct attempt *attempt);

#endif
