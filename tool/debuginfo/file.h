/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DEBUGINFO_FILE_H
#define HOTPROBE_DEBUGINFO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct libdw;

/* Where a place in a program's text is in its source. */
struct source_frame {
	const char *function; /* NULL: the debug information has no name for it */
	const char *file;     /* as compiled; NULL: not known */
	unsigned int line;    /* 0: not known */
	bool inlined;	      /* the compiler put it into the next frame's function */
};

/* The deepest nesting of inlined functions that is told; what is deeper is left out, inside. */
#define SOURCE_FRAMES_MAX 32

/*
 * The DWARF of one ELF file, read with libdw (DWARF Debugging Information Format, version 5,
 * chapters 3.3.8, 6.2 and 2.17). Zero-initialise.
 */
struct debug_file {
	const struct libdw *dw;
	const char *path;
	const char *sections;
	void *dwfl;
	void *dwarf;
	/* the code of each compilation unit, by address */
	struct unit_range {
		uint64_t start, end;
		uint64_t die; /* where the unit is in .debug_info */
	} * ranges;
	size_t nr_ranges;
};

/*
 * debug_file_open - read which compilation unit has which addresses
 * @dw: loaded; @path: both stay as long as the file is open
 * @sections: NULL for a program or the kernel, whose addresses are the file's. For a kernel module,
 * which has none before it is loaded: a folder with a file for each section, its address in it, as
 * /sys/module/NAME/sections is (kernel/module/sysfs.c).
 *
 * -ENOENT: it has no DWARF.
 */
int debug_file_open(struct debug_file *file, const struct libdw *dw, const char *path,
		    const char *sections, struct error *err);
void debug_file_close(struct debug_file *file);

/*
 * debug_file_frames - the functions that the instruction at @addr belongs to, innermost first
 *
 * All but the last were inlined. Returns how many; 0: nothing is known of that address. A return
 * address is that of the instruction behind the call: what is wanted then is @addr - 1. Texts are
 * the file's.
 */
size_t debug_file_frames(const struct debug_file *file, uint64_t addr,
			 struct source_frame frames[SOURCE_FRAMES_MAX]);

/*
 * debug_file_units - tell of each compilation unit that has code the name of its source, and the
 * folder that it was compiled in; of some more than once
 */
void debug_file_units(const struct debug_file *file,
		      void (*each)(void *arg, const char *name, const char *folder), void *arg);

#endif
