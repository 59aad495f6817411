/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TRACE_TRACE_H
#define HOTPROBE_TRACE_TRACE_H

struct error;
struct session;

/*
 * trace_run - attach a loaded session, print its events until something ends it, account for them
 *
 * @session: from session_new(); taken over
 * @argc, @argv: as session_open() had them, for --watch
 *
 * Returns the exit status, or a negative errno with the message in @err.
 */
int trace_run(struct session *session, int argc, char **argv, struct error *err);

#endif
