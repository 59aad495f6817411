/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_READ_SIGNALS_H
#define HOTPROBE_READ_SIGNALS_H

/*
 * signals_open - from here on the signals that end a run are read, not delivered: every end of a
 * run goes through one place. Returns the signalfd, -1 when there is none to be had.
 */
int signals_open(void);

#endif
