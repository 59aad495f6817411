/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_KBPF_H
#define HOTPROBE_BPF_KBPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attach/prog_array.h"
#include "output/stack.h"

struct btf_store;
struct buf;

/*
 * The BPF objects that the kernel has, as it was asked for them: programs, maps, links, and how
 * they hang together. Objects that come and go meanwhile may be missing; every id is looked up
 * again where it is used.
 */

enum kbpf_kind {
	KBPF_PROG,
	KBPF_MAP,
	KBPF_LINK,
	KBPF_KINDS,
};

/* A process that has a descriptor of an object. */
struct kbpf_holder {
	uint32_t pid;
	char comm[16];
};

/* What all objects have. */
struct kbpf_common {
	struct kbpf_holder *holders; /* each process once */
	size_t nr_holders;
	char **pins; /* paths in bpffs */
	size_t nr_pins;
};

/* One place at which a program is attached. */
struct kbpf_place {
	char how[32];	 /* "fentry", "kprobe", "cgroup_inet_ingress" */
	char *target;	 /* a function, tracepoint, cgroup, interface; "" when it is not told */
	uint32_t link;	 /* by which link; 0: by none, or not told */
	uint32_t prog;	 /* the program that it replaces or traces; 0: none */
	char *function;	 /* of that program; else NULL */
	uint64_t cookie; /* what the program is given there; 0: nothing, or not told */
};

struct kbpf_prog {
	struct bpf_prog_info info;
	struct kbpf_common common;
	char *name; /* whole where its BTF has it, else the first 15 bytes; "" when it has none */
	uint32_t *map_ids;
	size_t nr_map_ids;
	char **functions; /* at least one: its own first; those without BTF are called "" */
	size_t nr_functions;
	struct kbpf_place *places;
	size_t nr_places;
	char *for_target; /* what it was loaded for: a function, a struct; NULL when not told */
	bool for_prog;	  /* and that is a function of another program's */
	int64_t memory;	  /* bytes; -1: not told */
	int jited;	  /* 0 or 1; -1: not told */
};

/* A member of a map of struct_ops, and the program that the kernel calls for it. */
struct kbpf_member {
	const char *name; /* "ssthresh"; lives in @btfs */
	uint32_t prog;
};

/* What stands in a program array, or in a map of maps. */
struct kbpf_slot {
	char *key; /* map.info.key_size bytes */
	uint32_t id;
};

/* What the kernel does with a map of struct_ops: enum bpf_struct_ops_state of include/linux/bpf.h
 */
enum {
	KBPF_OPS_INIT,	     /* it has no value yet */
	KBPF_OPS_IN_USE,     /* registered, without a link */
	KBPF_OPS_TO_BE_FREE, /* no longer registered */
	KBPF_OPS_READY,	     /* it has a value; a link registers it */
};

struct kbpf_map {
	struct bpf_map_info info;
	struct kbpf_common common;
	struct prog_array_owner owner; /* of program arrays */
	struct kbpf_slot *slots;
	size_t nr_slots;
	const char *ops; /* of struct_ops: the kernel's struct, "tcp_congestion_ops"; else NULL */
	uint32_t ops_state; /* KBPF_OPS_ */
	struct kbpf_member *members;
	size_t nr_members;
	int64_t memory; /* bytes; -1: not told */
	bool frozen;	/* nobody may write to it through bpf(2) any more */
};

/* One of the places that a link to many has. */
struct kbpf_target {
	char *name;	 /* a function; for uprobes NULL */
	uint64_t offset; /* of uprobes: in the file */
	uint64_t cookie; /* 0: none, or not told */
};

struct kbpf_link {
	uint32_t id, type, prog_id;
	uint32_t map_id; /* of struct_ops, iterators and sock maps; 0: none */
	struct kbpf_common common;
	struct kbpf_place place;
	struct kbpf_target *targets; /* of kprobe_multi and uprobe_multi: all of them */
	size_t nr_targets;
	int64_t missed; /* runs that did not take place, of kprobes; -1: not told */
};

struct kbpf {
	struct kbpf_prog *progs; /* by id */
	size_t nr_progs;
	struct kbpf_map *maps;
	size_t nr_maps;
	struct kbpf_link *links;
	size_t nr_links;
	struct btf_store *btfs;
	struct symbols symbols; /* read when an address has to be named */
	uint64_t boot;		/* when load times count from: nanoseconds since 1970 */
	const char *unseen;	/* why not all processes could be looked into; NULL: they could */
	bool stats;		/* kernel.bpf_stats_enabled: run times are counted */
};

void kbpf_free(struct kbpf *kbpf);

/* the object with that id, NULL when there is none */
struct kbpf_prog *kbpf_prog(const struct kbpf *kbpf, uint32_t id);
struct kbpf_map *kbpf_map(const struct kbpf *kbpf, uint32_t id);
struct kbpf_link *kbpf_link(const struct kbpf *kbpf, uint32_t id);

/* kbpf_common_of - what all objects have of the one with that id, NULL when there is none */
struct kbpf_common *kbpf_common_of(const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id);

/* kbpf_any_prog - is there a program of one of these types? They end with BPF_PROG_TYPE_UNSPEC. */
bool kbpf_any_prog(const struct kbpf *kbpf, const uint32_t *types);

/* kbpf_kernel_btf - the BTF object of the kernel's or a module's that has the type of the map's
 * value
 */
uint32_t kbpf_kernel_btf(const struct kbpf *kbpf, const struct kbpf_map *map);

/*
 * kbpf_place_add - note where a program is attached; nothing when that is known already
 *
 * @fmt: the target. NULL when there is no memory.
 */
struct kbpf_place *kbpf_place_add(struct kbpf_prog *prog, uint32_t link, const char *how,
				  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* kbpf_symbol - append the kernel's function at an address; the address when it has none */
void kbpf_symbol(struct buf *out, struct kbpf *kbpf, uint64_t addr);

#endif
