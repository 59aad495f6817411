/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_SESSION_FILTERS_H
#define HOTPROBE_SESSION_FILTERS_H

struct error;
struct session;

/*
 * session_filters - from options to what the probe's text is to filter by, in session->filters
 *
 * Errors: processes that cannot be told apart here (-EOPNOTSUPP), tracepoints without the fields
 * that following a command's children takes.
 */
int session_filters(struct session *session, struct error *err);

/*
 * session_check_filters - can the expanded probe be filtered?
 *
 * Filters stand in name_emit(): a probe that submits by itself cannot.
 */
int session_check_filters(const struct session *session, struct error *err);

#endif
