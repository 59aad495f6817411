/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_STUB_H
#define HOTPROBE_ATTACH_STUB_H

struct attach_point;
struct error;

/*
 * A stub is what is attached in a program's place when that program is to be exchangeable: it looks
 * up whose turn it is and jumps (bpf_tail_call, see bpf-helpers(7)) to the program that stands
 * under that number. Where none stands it returns 0.
 */

/*
 * stub_load - load the stub for a point
 * @selector_fd: array of maps whose entry 0 is an array whose entry 0 is the number
 * @programs_fd: program array, indexed by it
 *
 * Returns its descriptor, which holds both maps, or a negative errno with the reason in @err.
 */
int stub_load(const struct attach_point *point, int selector_fd, int programs_fd,
	      struct error *err);

#endif
