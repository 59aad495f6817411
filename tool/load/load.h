/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_LOAD_LOAD_H
#define HOTPROBE_LOAD_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "compile/names.h"

struct attach_bound;
struct attach_point;
struct error;
struct object;
struct object_map;

/* An object in the kernel. Zero-initialise; load_free() it. */
struct loaded {
	const struct object *obj;
	uint64_t consts[CONST_NR]; /* set before load_programs(): what hp_const(n) stands for */
	int btf_fd;		   /* 0 when the kernel did not take the BTF */
	int *map_fds;		   /* one for each map of the object, -1 for what is not created */
	int *prog_fds;		   /* one for each attach point; may hold one descriptor twice */
	unsigned int nr_points;
	const char *source; /* for messages: the probe's path */
	/* set before load_programs(), too: where to write the verifier's logs, NULL nowhere */
	const char *verifier_log;
	bool verbose; /* show the log of what is refused */
	/* --watch: the object that runs, whose maps are taken over where they fit; else NULL */
	const struct loaded *before;
};

/* load_maps - create the object's maps, or take over those of @before; load its BTF */
int load_maps(struct loaded *loaded, const struct object *obj, struct error *err);

/*
 * load_map_before - descriptor of the map that @map, one of @loaded's, goes on with; -1 when none
 *
 * Name, type and size must be the same. Not what belongs to one object alone: the outputs with
 * their buffers, the counters of what was sent, and maps of maps.
 */
int load_map_before(const struct loaded *loaded, const struct object_map *map);

/* What the verifier is to say of a program that it takes. */
struct load_log {
	uint32_t level; /* log_level of bpf(2); 4, since Linux 5.2: statistics only */
	char *text;	/* a buffer of @size bytes */
	uint32_t size;
};

/*
 * load_program - load the program of one attach point, with the type its provider needs
 * @log: NULL when nothing is to be said
 *
 * Returns its descriptor. A verifier's refusal is explained in @err.
 */
int load_program(const struct loaded *loaded, const struct attach_point *point,
		 struct load_log *log, struct error *err);

/*
 * load_again - load the program of a point for another function: the load of a struct attach_loader
 * @arg: a const struct loaded
 *
 * Returns its descriptor, or a negative errno, with the kernel's own words for it, if any, in @err.
 */
int load_again(void *arg, const struct attach_point *point, const struct attach_bound *bound,
	       struct error *err);

/* What load_programs() tells of a program that the kernel refused; @why is explained. */
typedef void load_refused_fn(const struct attach_point *point, const struct error *why, void *arg);

/*
 * load_programs - load one program for each attach point, with the type its provider needs
 * @refused: is told of each program that cannot be loaded, and the others are loaded all the same,
 * -1 standing in prog_fds for it. NULL: the first one is the end, explained in @err.
 */
int load_programs(struct loaded *loaded, const struct attach_point *points, unsigned int nr,
		  load_refused_fn *refused, void *arg, struct error *err);

void load_free(struct loaded *loaded);

/* load_map_fd - descriptor of the map called @name, -1 when the object has none */
int load_map_fd(const struct loaded *loaded, const char *name);

/* load_map_set - store one entry; negative errno */
int load_map_set(int map_fd, const void *key, const void *value);

/* load_map_sum - add up the u64 members of entry 0 of a per-CPU array into @sum; negative errno */
int load_map_sum(int map_fd, uint64_t *sum, unsigned int members);

#endif
