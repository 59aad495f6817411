/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DISASM_LISTING_H
#define HOTPROBE_DISASM_LISTING_H

struct buf;
struct kernel_code;
struct machine;
struct object;
struct object_prog;
struct symbols;

/*
 * A program's instructions with the source lines that they come from. Maps, the constants that are
 * known only at load time, helpers and functions have their names: map[NAME], const(pid),
 * bpf_NAME#NUMBER, <NAME>; the target of a jump is <NUMBER>.
 */
struct listing {
	const struct object *obj;
	const struct object_prog *prog; /* not necessarily one of @obj's, but with its BTF */
	const char *source;		/* the probe's path: its lines have no file's name */
	/*
	 * The kernel's symbols, for what it translated (there a call's number is the distance of a
	 * function from __bpf_call_base) and for machine code. NULL: it is a helper's number.
	 */
	struct symbols *symbols;
};

/* listing_text - for people */
void listing_text(struct buf *out, const struct listing *listing);

/* listing_json - as an array of objects: pc, text, file, line, and map, const, function or to */
void listing_json(struct buf *out, const struct listing *listing);

/*
 * listing_machine - @code, the machine code that the kernel made of it; it must be @listing's prog
 *
 * Each source line is named where its code begins; what is called has the kernel's name for it.
 * With several functions, each starts with its number.
 */
void listing_machine(struct buf *out, const struct listing *listing, const struct kernel_code *code,
		     const struct machine *machine);

/* listing_machine_json - as an array of objects: part (function), at, text, file, line */
void listing_machine_json(struct buf *out, const struct listing *listing,
			  const struct kernel_code *code, const struct machine *machine);

#endif
