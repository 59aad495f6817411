/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_ATTACH_H
#define HOTPROBE_ATTACH_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

struct attach_point;
struct cache;
struct error;
struct function_store;
struct provider;

/* Who is told, and asked, while a point with many functions is attached, which can take long. */
struct attach_talk {
	void (*remark)(void *arg, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
	void *arg;
	bool progress; /* stderr is a terminal: show that it is going on */
	int signal_fd; /* a signalfd: when it becomes readable, give up; -1 none */
};

/* What a program is bound to when it is loaded (BPF trampolines). */
struct attach_bound {
	uint32_t btf_id;   /* of the function */
	int btf_fd;	   /* of the BTF, a module's, that this is an id of; 0 the kernel's own */
	uint64_t address;  /* of the function; 0 where nobody asked for it */
	uint32_t nr_slots; /* that its arguments take; known where the address is */
};

/* For a provider that needs a program for each function: who loads a point's program again. */
struct attach_loader {
	/* returns a descriptor, or a negative errno with the kernel's words in @err */
	int (*load)(void *arg, const struct attach_point *point, const struct attach_bound *bound,
		    struct error *err);
	void *arg;
};

/* Lists of functions (kprobe.multi) are the longest. */
#define ATTACH_TARGET_SIZE 4096

/*
 * Where one program of a probe goes. Points come from a function's BCC name (kprobe__F) or from
 * the Attach section of the doc comment; one function can have several.
 */
struct attach_point {
	const struct provider *provider;
	char function[128]; /* of the program in the probe */
	/* as written: "do_unlinkat", "sched:sched_switch", "libc:malloc+4", ... */
	char target[ATTACH_TARGET_SIZE];
	char origin[320];		/* what to call it in messages: "exec.c:12" */
	int pid;			/* uprobe, USDT, perf event: only this process; -1 all */
	const struct cache *cache;	/* of what was looked up before; NULL none */
	const struct attach_talk *talk; /* NULL: nothing is said */
	const struct attach_loader *loader; /* for providers that load */
	struct function_store *store;	    /* of lookups for several points; NULL none */

	/* filled by the provider's attach, emptied by its detach */
	int *fds;
	unsigned int nr_fds;
};

/*
 * A way to attach. One object each, a file each, all in the providers[] table of attach.c.
 */
struct provider {
	const char *name;   /* as in the Attach section: "kprobe" */
	const char *prefix; /* BCC's function name prefix: "kprobe__"; NULL when there is none */
	uint32_t prog_type; /* enum bpf_prog_type to load the program with */
	uint32_t expected_type; /* enum bpf_attach_type to load it with, 0 when none */
	bool preemptible;	/* a program can be preempted by another one's task */

	/*
	 * bind - what the program is to be loaded for. The caller closes @bound->btf_fd.
	 * NULL: it can be loaded without knowing where it is attached.
	 */
	int (*bind)(const struct attach_point *point, struct attach_bound *bound,
		    struct error *err);

	/* a program for each function: attach() has it loaded again, by the point's loader */
	bool loads;

	/*
	 * settle - the provider that does it on this kernel, to be put in this one's place before
	 * the program is loaded. NULL: it does it itself.
	 */
	const struct provider *(*settle)(void);

	/*
	 * prefix_target - turn what follows the prefix in a function's name into a target
	 * ("sched__sched_switch" into "sched:sched_switch"). NULL: it is the target as it stands.
	 */
	int (*prefix_target)(const char *rest, char *target, int size);

	/*
	 * check - say, before anything is loaded, whether the target can be attached to here
	 * 0, or a negative errno with the reason and the remedy in @err. Must not change anything.
	 * It is on the way of every start, so it only asks what costs microseconds; what is left
	 * is told by verify(), or by attach() when it fails.
	 */
	int (*check)(const struct attach_point *point, struct error *err);

	/*
	 * verify - the same for what takes milliseconds to find out (kernel symbols, BTF, symbol
	 * tables). NULL: check() said it all.
	 */
	int (*verify)(const struct attach_point *point, struct error *err);

	/*
	 * absent - is what the target names missing in a file that is there?
	 * 1 when it is, 0 when not, or a negative errno. NULL: verify() is all that can be asked.
	 */
	int (*absent)(const struct attach_point *point, struct error *err);

	/* attach - attach the loaded program; on failure nothing of this point is left attached */
	int (*attach)(struct attach_point *point, int prog_fd, struct error *err);

	/* detach - undo attach; safe on a point that never was attached */
	void (*detach)(struct attach_point *point);

	/*
	 * For --watch, where another program than the one that runs is attached (stub.h).
	 *
	 * accepts - would the kernel attach this program here? Asked of a point like @point that
	 * is attached. NULL when there is nothing that the verifier has not checked already.
	 * file - the path of the file that the point lies in. NULL: it lies in the kernel.
	 */
	int (*accepts)(const struct attach_point *attached, const struct attach_point *point,
		       int prog_fd, struct error *err);
	int (*file)(const struct attach_point *point, char *path, struct error *err);
};

extern const struct provider provider_kprobe, provider_kretprobe, provider_tracepoint,
	provider_raw_tracepoint, provider_uprobe, provider_uretprobe, provider_usdt,
	provider_perf_event, provider_fentry, provider_fexit, provider_lsm, provider_syscall,
	provider_kprobe_multi, provider_kretprobe_multi, provider_fentry_multi,
	provider_fexit_multi;

/* provider_by_name - the one called @name in the Attach section, NULL when there is none */
const struct provider *provider_by_name(const char *name);

/* provider_by_function - the one whose prefix @function starts with; *rest is what follows it */
const struct provider *provider_by_function(const char *function, const char **rest);

/* provider_each - all of them, in order; NULL after the last */
const struct provider *provider_each(unsigned int i);

/* attach_check - check() and then, when @thorough, verify(); nothing is changed */
int attach_check(const struct attach_point *point, bool thorough, struct error *err);

/*
 * attach_all - attach the program prog_fds[i] to points[i], for all @n of them or for none
 *
 * When one fails those before it are detached again, and @err tells which one and why. The prog_fds
 * stay the caller's.
 */
int attach_all(struct attach_point *points, const int *prog_fds, unsigned int n, struct error *err);

/*
 * detach_behind - detach without waiting for what the kernel does not need to be waited for
 *
 * When it returns, programs may still run; it is for who has seen to it that they do nothing then.
 * What is quick is left for detach_all().
 */
void detach_behind(struct attach_point *points, unsigned int n);

/* detach_all - detach in the opposite order; points that are not attached are left alone */
void detach_all(struct attach_point *points, unsigned int n);

/* For providers. */

struct buf;

/*
 * attach_take - move a point's descriptors to @fds, where closing them is all that detaches it
 *
 * One that lies in a file is detached here and now.
 */
void attach_take(struct attach_point *point, struct buf *fds);

/* attach_close - the detach most providers need: close all fds of a point, free them */
void attach_close(struct attach_point *point);

/* attach_keep - let the point own @fd; when there is no memory for that, close it: -ENOMEM */
int attach_keep(struct attach_point *point, int fd);

/* attach_error - error_set() with "ORIGIN: PROVIDER TARGET: " before the message; returns @code */
int attach_error(const struct attach_point *point, struct error *err, int code, const char *fmt,
		 ...) __attribute__((format(printf, 4, 5)));

/* attach_wrap - the same with the message and the hint that something below wrote into @cause */
int attach_wrap(const struct attach_point *point, struct error *err, const struct error *cause);

#endif
