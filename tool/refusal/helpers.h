/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_REFUSAL_HELPERS_H
#define HOTPROBE_REFUSAL_HELPERS_H

#include <stdbool.h>
#include <stddef.h>

/* helper_since - first Linux that has BPF helper @id ("5.10"); NULL when it is not known */
const char *helper_since(int id);

/* helper_name - "bpf_map_lookup_elem" for 1; NULL when it is not known */
const char *helper_name(int id, char *name, size_t size);

/* helper_is_newer - whether a kernel of this release (uname -r) is too old for helper @id */
bool helper_is_newer(int id, const char *release);

#endif
