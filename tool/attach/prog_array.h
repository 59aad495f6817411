/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_PROG_ARRAY_H
#define HOTPROBE_ATTACH_PROG_ARRAY_H

struct error;

/* What the kernel compares before a program may stand in a program array. */
struct prog_array_owner {
	int type;  /* enum bpf_prog_type; -1 unknown, or the array has no owner yet */
	int jited; /* 0 or 1; -1 unknown */
};

/*
 * prog_array_parse - from the text of /proc/self/fdinfo of a program array, or of a program
 *
 * Lines owner_prog_type and owner_jited (bpf_map_show_fdinfo() in kernel/bpf/syscall.c), prog_type
 * and prog_jited (bpf_prog_show_fdinfo()).
 */
struct prog_array_owner prog_array_parse(const char *fdinfo);

/* prog_array_difference - say in @err what differs; -EINVAL, or 0 when nothing that is known does
 */
int prog_array_difference(const struct prog_array_owner *array, const struct prog_array_owner *prog,
			  struct error *err);

/*
 * prog_array_explain - why bpf_map_update_elem() did not put @prog_fd into @map_fd
 *
 * The first program in an array, or the first that calls through it, owns it; others must be of its
 * type, and compiled to machine code as it was, or not. -EINVAL when that is the reason, in @err.
 */
int prog_array_explain(int map_fd, int prog_fd, struct error *err);

#endif
