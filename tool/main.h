/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_MAIN_H
#define HOTPROBE_MAIN_H

#include "cmd/cmd.h"

/* All commands, ended by one without a name. */
extern const struct cmd main_commands[];

#endif
