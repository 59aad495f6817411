/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CMD_USAGE_H
#define HOTPROBE_CMD_USAGE_H

struct cmd;
struct doc;
struct error;

/* Each prints to stdout; 0 or negative errno. */

/* usage_version - hotprobe's version */
int usage_version(struct error *err);

/* usage_probe - a probe's --help; @doc NULL: hotprobe's own */
int usage_probe(const struct doc *doc, struct error *err);

#endif
