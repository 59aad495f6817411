// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <sys/signalfd.h>

#include "read/signals.h"

int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* a shell that starts us in the background sets it to ignored; kill -INT is to work */
	signal(SIGINT, SIG_DFL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}
