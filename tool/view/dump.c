// SPDX-License-Identifier: GPL-2.0-only
/* The entries of a map, as its BTF or its type tells what they are. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/ask.h"
#include "bpf/btf_store.h"
#include "bpf/value.h"
#include "bpf/words.h"
#include "output/stack.h"
#include "util/error.h"
#include "util/json.h"
#include "util/text.h"
#include "view/label.h"
#include "view/print.h"
#include "view/view.h"

/* what is printed at once */
#define PIECE 65536

struct dump {
	struct view *view;
	const struct kbpf_map *map;
	int fd;
	struct btf *btf, *base; /* @base: what a module's types stand on */
	uint32_t key_type, value_type;
	size_t value_size; /* of one CPU, as the kernel lays them out */
	bool per_cpu;
	int nr_cpus; /* 1 when it is not per CPU */
	char *key, *next, *value;
	uint64_t nr;
};

/* Why a map of that type cannot be dumped; NULL when it can. */
static const char *why_not(const struct bpf_map_info *info)
{
	switch (info->type) {
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_REUSEPORT_SOCKARRAY:
		/* sock_map_lookup_sys() in the kernel's net/core/sock_map.c: else ENOSPC */
		return info->value_size == sizeof(uint64_t) ? NULL
							    : "the kernel tells its sockets, by "
							      "their cookies, only where values "
							      "have 8 bytes";
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
		return "it holds perf events, whose records only go to the process that reads them";
	case BPF_MAP_TYPE_RINGBUF:
		return "reading a ring buffer takes its records from the process that they are for";
	case BPF_MAP_TYPE_USER_RINGBUF:
		return "only programs can read what processes write to it";
	case BPF_MAP_TYPE_SK_STORAGE:
	case BPF_MAP_TYPE_INODE_STORAGE:
	case BPF_MAP_TYPE_TASK_STORAGE:
	case 32: /* BPF_MAP_TYPE_CGRP_STORAGE */
		return "its values hang on sockets, inodes, tasks or cgroups, and bpf(2) finds one "
		       "only by a descriptor of what it hangs on";
	case BPF_MAP_TYPE_BLOOM_FILTER:
		return "a bloom filter does not keep what was put into it";
	case BPF_MAP_TYPE_XSKMAP:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
		return "the kernel does not tell what stands in maps of this type";
	case 33: /* BPF_MAP_TYPE_ARENA */
		return "it is memory of programs and processes, which has no entries";
	}
	return NULL;
}

static bool is_per_cpu(uint32_t type)
{
	return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

static bool is_indexed(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_PROG_ARRAY || type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       type == BPF_MAP_TYPE_DEVMAP || type == BPF_MAP_TYPE_CPUMAP ||
	       type == BPF_MAP_TYPE_SOCKMAP || type == BPF_MAP_TYPE_REUSEPORT_SOCKARRAY ||
	       type == BPF_MAP_TYPE_STACK_TRACE;
}

static void dump_key(struct dump *dump)
{
	struct buf *out = &dump->view->out;
	uint32_t index;

	if (is_indexed(dump->map->info.type) && dump->map->info.key_size == sizeof(index)) {
		memcpy(&index, dump->key, sizeof(index));
		buf_printf(out, "%u", index);
		return;
	}
	value_format(out, dump->btf, dump->key_type, dump->key, dump->map->info.key_size,
		     dump->view->json);
}

static void dump_stack(struct dump *dump)
{
	struct buf *out = &dump->view->out;
	struct buf line = {};

	/* addresses, ended by a zero: kernel/bpf/stackmap.c */
	buf_char(out, '[');
	for (size_t i = 0; i < dump->map->info.value_size / 8; i++) {
		uint64_t addr;

		memcpy(&addr, dump->value + 8 * i, sizeof(addr));
		if (!addr)
			break;
		buf_reset(&line);
		stack_line(&line, &dump->view->kbpf.symbols, addr);
		if (dump->view->json) {
			json_next(out);
			json_string(out, buf_text(&line), line.len);
		} else {
			buf_printf(out, "%s%s", i ? " " : "", buf_text(&line));
		}
	}
	buf_char(out, ']');
	buf_free(&line);
}

/* struct bpf_devmap_val, bpf_cpumap_val of include/uapi/linux/bpf.h: a number and a program */
static void dump_redirect(struct dump *dump)
{
	bool device = dump->map->info.type != BPF_MAP_TYPE_CPUMAP;
	struct buf *out = &dump->view->out;
	char name[IF_NAMESIZE] = "";
	uint32_t number, prog = 0;

	memcpy(&number, dump->value, sizeof(number));
	if (dump->map->info.value_size >= 8)
		memcpy(&prog, dump->value + 4, sizeof(prog));
	if (device)
		if_indextoname(number, name);
	if (dump->view->json) {
		buf_char(out, '{');
		json_add_u64(out, device ? "ifindex" : "queue_size", number);
		if (device)
			json_add_text(out, "interface", name[0] ? name : NULL);
		if (prog)
			json_add_u64(out, "prog", prog);
		buf_char(out, '}');
		return;
	}
	buf_printf(out, device ? "interface %u%s%s" : "queue of %u%s%s", number, name[0] ? " " : "",
		   name);
	if (prog) {
		buf_str(out, ", program ");
		label_object(out, &dump->view->kbpf, KBPF_PROG, prog);
	}
}

static void dump_object(struct dump *dump)
{
	bool progs = dump->map->info.type == BPF_MAP_TYPE_PROG_ARRAY;
	struct buf *out = &dump->view->out;
	struct buf label = {};
	uint32_t id;

	memcpy(&id, dump->value, sizeof(id));
	if (dump->view->json) {
		buf_char(out, '{');
		json_add_u64(out, progs ? "prog" : "map", id);
		json_add_text(out, "name",
			      label_name(&dump->view->kbpf, progs ? KBPF_PROG : KBPF_MAP, id));
		buf_char(out, '}');
		return;
	}
	label_object(&label, &dump->view->kbpf, progs ? KBPF_PROG : KBPF_MAP, id);
	buf_str(out, progs ? "program " : "map ");
	text_escape(out, buf_text(&label), label.len);
	buf_free(&label);
}

static void dump_cpus(struct dump *dump)
{
	struct buf *out = &dump->view->out;
	bool json = dump->view->json;

	for (int i = 0; i < dump->nr_cpus; i++) {
		if (json)
			json_next(out);
		else
			buf_printf(out, "\n    cpu %d: ", i);
		value_format(out, dump->btf, dump->value_type,
			     dump->value + (size_t)i * dump->value_size, dump->map->info.value_size,
			     json);
	}
}

static void dump_value(struct dump *dump)
{
	switch (dump->map->info.type) {
	case BPF_MAP_TYPE_PROG_ARRAY:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
		dump_object(dump);
		return;
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_CPUMAP:
		dump_redirect(dump);
		return;
	case BPF_MAP_TYPE_STACK_TRACE:
		/* with BPF_F_STACK_BUILD_ID they are build ids and offsets */
		if (!(dump->map->info.map_flags & BPF_F_STACK_BUILD_ID)) {
			dump_stack(dump);
			return;
		}
	}
	value_format(&dump->view->out, dump->btf, dump->value_type, dump->value,
		     dump->map->info.value_size, dump->view->json);
}

static void dump_entry(struct dump *dump)
{
	struct buf *out = &dump->view->out;

	dump->nr++;
	if (!dump->view->json) {
		dump_key(dump);
		buf_str(out, dump->per_cpu ? ":" : ": ");
		if (dump->per_cpu)
			dump_cpus(dump);
		else
			dump_value(dump);
		buf_char(out, '\n');
		return;
	}
	buf_char(out, '{');
	json_member(out, "key");
	dump_key(dump);
	json_member(out, dump->per_cpu ? "values" : "value");
	if (dump->per_cpu) {
		buf_char(out, '[');
		dump_cpus(dump);
		buf_char(out, ']');
	} else {
		dump_value(dump);
	}
	buf_str(out, "}\n");
}

static int dump_flush(struct dump *dump, size_t limit, struct error *err)
{
	struct buf *out = &dump->view->out;
	int ret = 0;

	if (out->failed)
		return error_sys(err, -ENOMEM, "cannot dump the map");
	if (out->len >= limit)
		ret = write_all(STDOUT_FILENO, buf_text(out), out->len);
	if (out->len >= limit)
		buf_reset(out);
	if (ret && ret != -EPIPE)
		return error_sys(err, ret, "cannot write to stdout");
	return ret;
}

static int dump_all(struct dump *dump, struct error *err)
{
	const struct bpf_map_info *info = &dump->map->info;
	const char *last = NULL;
	uint64_t seen = 0;
	int ret = 0;

	/* When an entry is removed while its key is the last one, the kernel begins again: a map
	 * has no more entries than it can have. */
	while (!ret && seen++ < info->max_entries &&
	       bpf_map_get_next_key(dump->fd, last, dump->next) == 0) {
		memcpy(dump->key, dump->next, info->key_size);
		last = dump->key;
		if (bpf_map_lookup_elem(dump->fd, dump->key, dump->value) == 0)
			dump_entry(dump);
		else if (errno != ENOENT && errno != EAGAIN)
			return error_sys(err, -errno, "cannot read an entry of map %u %s", info->id,
					 info->name);
		ret = dump_flush(dump, PIECE, err);
	}
	if (!ret && seen <= info->max_entries && errno != ENOENT)
		return error_sys(err, -errno, "cannot list the keys of map %u %s", info->id,
				 info->name);
	return ret;
}

/* A queue's or stack's next value can be looked at; the others only by taking it away. */
static int dump_peek(struct dump *dump, struct error *err)
{
	const struct bpf_map_info *info = &dump->map->info;
	struct buf *out = &dump->view->out;

	if (bpf_map_lookup_elem(dump->fd, NULL, dump->value)) {
		if (errno == ENOENT)
			return 0;
		return error_sys(err, -errno, "cannot read map %u %s", info->id, info->name);
	}
	dump->nr++;
	if (dump->view->json)
		buf_str(out, "{\"key\":null,\"value\":");
	dump_value(dump);
	buf_str(out, dump->view->json ? "}\n" : "\n");
	fprintf(stderr,
		"hotprobe: this is the next value of the %s; to see those behind it, it "
		"would have to be taken away\n",
		info->type == BPF_MAP_TYPE_QUEUE ? "queue" : "stack");
	return 0;
}

static int dump_open(struct dump *dump, struct error *err)
{
	const struct bpf_map_info *info = &dump->map->info;

	dump->fd = ask_open(KBPF_MAP, info->id);
	if (dump->fd == -ENOENT)
		return error_set(err, -ENOENT, "map %u %s has just gone", info->id, info->name);
	if (dump->fd < 0)
		return ask_refused(dump->fd, err);
	dump->nr_cpus = 1;
	dump->value_size = info->value_size;
	dump->per_cpu = is_per_cpu(info->type);
	if (dump->per_cpu) {
		dump->nr_cpus = libbpf_num_possible_cpus();
		if (dump->nr_cpus < 1)
			return error_sys(err, dump->nr_cpus, "cannot count the CPUs");
		/* the kernel rounds each up: bpf_percpu_hash_copy() in kernel/bpf/hashtab.c */
		dump->value_size = (info->value_size + 7u) & ~(size_t)7;
	}
	dump->key = calloc(1, info->key_size + 1);
	dump->next = calloc(1, info->key_size + 1);
	dump->value = calloc((size_t)dump->nr_cpus, dump->value_size + 8);
	if (!dump->key || !dump->next || !dump->value)
		return error_sys(err, -ENOMEM, "cannot dump the map");
	if (info->btf_vmlinux_value_type_id) {
		uint32_t object = kbpf_kernel_btf(&dump->view->kbpf, dump->map);

		dump->btf = btf__load_vmlinux_btf();
		if (dump->btf && object != btf_store_kernel(dump->view->kbpf.btfs)) {
			dump->base = dump->btf;
			dump->btf = btf__load_from_kernel_by_id_split(object, dump->base);
		}
		dump->value_type = info->btf_vmlinux_value_type_id;
	} else if (info->btf_id) {
		dump->btf = btf__load_from_kernel_by_id(info->btf_id);
		dump->key_type = info->btf_key_type_id;
		dump->value_type = info->btf_value_type_id;
	}
	/* without it: hex */
	if (!dump->btf)
		dump->key_type = dump->value_type = 0;
	return 0;
}

static int refuse(const struct bpf_map_info *info, const char *why, struct error *err)
{
	char word[WORD_MAX];

	error_set(err, -EOPNOTSUPP, "map %u %s is of type %s: %s", info->id, info->name,
		  word_map_type(info->type, word), why);
	return error_hint(err, "hotprobe bpf maps %u shows what can be told of it", info->id);
}

int view_dump(struct view *view, const struct kbpf_map *map, struct error *err)
{
	struct dump dump = { .view = view, .map = map, .fd = -1 };
	char word[WORD_MAX];
	int ret;

	if (why_not(&map->info))
		return refuse(&map->info, why_not(&map->info), err);
	ret = dump_open(&dump, err);
	if (ret)
		goto out;
	if (map->info.type == BPF_MAP_TYPE_QUEUE || map->info.type == BPF_MAP_TYPE_STACK)
		ret = dump_peek(&dump, err);
	else
		ret = dump_all(&dump, err);
	ret = ret ?: dump_flush(&dump, 1, err);
	if (!ret)
		fprintf(stderr, "hotprobe: %llu %s of map %u %s (%s)\n",
			(unsigned long long)dump.nr, dump.nr == 1 ? "entry" : "entries",
			map->info.id, map->info.name, word_map_type(map->info.type, word));
out:
	if (dump.fd >= 0)
		close(dump.fd);
	btf__free(dump.btf);
	btf__free(dump.base);
	free(dump.key);
	free(dump.next);
	free(dump.value);
	return ret == -EPIPE && !err->code ? 0 : ret;
}
