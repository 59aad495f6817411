/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_COMPILE_NAMES_H
#define HOTPROBE_COMPILE_NAMES_H

/*
 * Names that hotprobe puts into a probe's text and finds again in the object. A probe's own names
 * must not start with hp_.
 */
#define NAME_RESERVED "hp_"
#define NAME_SCHEMA                                                                                \
	"hp_schema_"		   /* + output: a map never created, whose value type is the event \
				    */
#define NAME_COUNT     "hp_count_" /* + output: per-CPU struct event_count */
#define NAME_END       "hp_end"	   /* its entry is not 0: the run is over, no event counts */
#define NAME_CGROUP    "hp_cgroup" /* --cgroup: the group's descriptor */
#define NAME_TASKS     "hp_tasks"  /* -- COMMAND: thread ids that are traced */
#define NAME_TASK_FORK "hp_task_fork"
#define NAME_TASK_EXEC "hp_task_exec"
#define NAME_TASK_EXIT "hp_task_exit"

/* The address of the first element of what an array member's address leads to. */
#define NAME_ELEMENT "hp_element"

/* How the worker starts the lines on its stderr that are its own, not the compiler's. */
#define WORKER_SAYS "hotprobe-cc: "
#define WORKER_HINT "hotprobe-cc: hint: "
/* what it says of headers that do not fit, and its hint, to which the frontend knows the package */
#define WORKER_MISMATCH	    "the kernel headers do not describe the running kernel"
#define WORKER_HINT_HEADERS "install this kernel's own headers"

/*
 * Constants that are known only when the program is loaded stand in it as a BPF_LD_IMM64 of
 * CONST_MARK | number: so the compiled object serves every -p PID. The upper half is not a number
 * that a probe would load by itself.
 */
#define CONST_MARK 0x68702e636f6e7300ULL /* "hp.cons" and the number in the last byte */
enum load_const {
	CONST_SELF, /* hotprobe's own process id */
	CONST_PID,
	CONST_UID,
	CONST_COMM_LOW,
	CONST_COMM_HIGH,
	CONST_FUNCTION, /* where the program is attached: its address and its arguments' slots */
	CONST_SLOTS,
	CONST_NR,
};

#endif
