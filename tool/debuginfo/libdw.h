/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DEBUGINFO_LIBDW_H
#define HOTPROBE_DEBUGINFO_LIBDW_H

#if __has_include(<elfutils/libdwfl.h>)
#define HAVE_LIBDW 1
#include <dwarf.h>
#include <elfutils/libdwfl.h>

/* What is used of libdw: its own headers say what each function does. */
#define LIBDW_FUNCTIONS(f)       \
	f(dwarf_attr_integrate); \
	f(dwarf_child);          \
	f(dwarf_diename);        \
	f(dwarf_filesrc);        \
	f(dwarf_formstring);     \
	f(dwarf_formudata);      \
	f(dwarf_getsrc_die);     \
	f(dwarf_getsrcfiles);    \
	f(dwarf_haspc);          \
	f(dwarf_lineno);         \
	f(dwarf_linesrc);        \
	f(dwarf_nextcu);         \
	f(dwarf_offdie);         \
	f(dwarf_ranges);         \
	f(dwarf_siblingof);      \
	f(dwarf_tag);            \
	f(dwfl_begin);           \
	f(dwfl_end);             \
	f(dwfl_errmsg);          \
	f(dwfl_module_getdwarf); \
	f(dwfl_module_info);     \
	f(dwfl_report_end);      \
	f(dwfl_report_module)
#else
#define HAVE_LIBDW 0
#endif

/* elfutils' libdw, loaded when there is debug information to read. Zero-initialise. */
struct libdw {
	void *library; /* NULL: not loaded */
#if HAVE_LIBDW
#define LIBDW_POINTER(name) __typeof__(name) *name
	LIBDW_FUNCTIONS(LIBDW_POINTER);
#undef LIBDW_POINTER
#endif
};

/* libdw_load - NULL, or why it cannot serve; then there is nothing to unload */
const char *libdw_load(struct libdw *dw);
void libdw_unload(struct libdw *dw);

#endif
