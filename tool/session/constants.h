/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_SESSION_CONSTANTS_H
#define HOTPROBE_SESSION_CONSTANTS_H

struct error;
struct session;

/*
 * session_constants - what the compiler is to know of traced programs' files
 *
 * Adds to session->defines what the Attach section's lines "symbol" and "go" stand for. Errors: the
 * file's, or that it has no such function (-ENOENT), with the line in @err.
 */
int session_constants(struct session *session, struct error *err);

#endif
