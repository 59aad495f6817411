/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_GLOBALS_H
#define HOTPROBE_WORKER_GLOBALS_H

struct error;
struct object;

/*
 * globals_refuse - say so when a program uses a global or static variable
 *
 * libbcc loads no .data, .bss or .rodata: such an access compiles into one to address 0 and a
 * little, which the verifier would call an invalid memory access. @text: the source that was
 * compiled.
 */
int globals_refuse(const struct object *obj, const char *text, struct error *err);

#endif
