// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "attach/why.h"
#include "load/load.h"
#include "object/object.h"
#include "util/error.h"
#include "util/text.h"

/* include/linux/err.h's ENOTSUPP: not one of user space's codes, but map creation returns it */
#define KERNEL_ENOTSUPP 524

/* include/linux/percpu.h: PCPU_MIN_UNIT_SIZE, the largest piece of per-CPU memory */
#define PERCPU_VALUE_MAX 32768

/* The kernel that brought a map type, from the history of include/uapi/linux/bpf.h. */
static const char *map_since(uint32_t type)
{
	static const char *const since[] = {
		[BPF_MAP_TYPE_HASH] = "3.19",
		[BPF_MAP_TYPE_ARRAY] = "3.19",
		[BPF_MAP_TYPE_PROG_ARRAY] = "4.2",
		[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = "4.3",
		[BPF_MAP_TYPE_PERCPU_HASH] = "4.6",
		[BPF_MAP_TYPE_PERCPU_ARRAY] = "4.6",
		[BPF_MAP_TYPE_STACK_TRACE] = "4.6",
		[BPF_MAP_TYPE_CGROUP_ARRAY] = "4.8",
		[BPF_MAP_TYPE_LRU_HASH] = "4.10",
		[BPF_MAP_TYPE_LRU_PERCPU_HASH] = "4.10",
		[BPF_MAP_TYPE_LPM_TRIE] = "4.11",
		[BPF_MAP_TYPE_ARRAY_OF_MAPS] = "4.12",
		[BPF_MAP_TYPE_HASH_OF_MAPS] = "4.12",
		[BPF_MAP_TYPE_DEVMAP] = "4.14",
		[BPF_MAP_TYPE_SOCKMAP] = "4.14",
		[BPF_MAP_TYPE_CPUMAP] = "4.15",
		[BPF_MAP_TYPE_XSKMAP] = "4.18",
		[BPF_MAP_TYPE_SOCKHASH] = "4.18",
		[BPF_MAP_TYPE_CGROUP_STORAGE] = "4.19",
		[BPF_MAP_TYPE_QUEUE] = "4.20",
		[BPF_MAP_TYPE_STACK] = "4.20",
		[BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE] = "4.20",
		[BPF_MAP_TYPE_SK_STORAGE] = "5.2",
		[BPF_MAP_TYPE_RINGBUF] = "5.8",
		[BPF_MAP_TYPE_INODE_STORAGE] = "5.10",
		[BPF_MAP_TYPE_TASK_STORAGE] = "5.11",
	};

	return type < sizeof(since) / sizeof(since[0]) && since[type] ? since[type] : "?";
}

static int map_explain(const struct loaded *loaded, const struct object_map *map, int code,
		       struct error *err)
{
	const char *type = libbpf_bpf_map_type_str(map->type) ?: "unknown";
	struct utsname un = {};

	uname(&un);
	if (code == -EPERM || code == -ENOSYS)
		return why_refused(code, "creating a BPF map", err);
	if ((code == -E2BIG || code == -EINVAL) && map->value_size > PERCPU_VALUE_MAX &&
	    (map->type == BPF_MAP_TYPE_PERCPU_ARRAY || map->type == BPF_MAP_TYPE_PERCPU_HASH)) {
		error_set(err, code,
			  "%s: the map %s has values of %u bytes: too large for a %s map",
			  loaded->source, map->name, map->value_size, type);
		return error_hint(err, "a per-CPU value can have 32 KiB at most: make the arrays "
				       "in it smaller");
	}
	if (code == -E2BIG || code == -ENOMEM) {
		error_set(err, code,
			  "%s: the kernel cannot hold so large a map as %s: %u entries of %u + %u "
			  "bytes",
			  loaded->source, map->name, map->max_entries, map->key_size,
			  map->value_size);
		return error_hint(err, "declare it with fewer entries");
	}
	if (code == -EINVAL) {
		/* the kernel says the same to a bad attribute and to a type it has not */
		if (libbpf_probe_bpf_map_type(map->type, NULL) == 0) {
			error_set(err, code, "%s: the map %s: this kernel, %s, has no %s maps",
				  loaded->source, map->name, un.release, type);
			return error_hint(err, "they exist since Linux %s, if configured",
					  map_since(map->type));
		}
		error_set(err, code,
			  "%s: the kernel refused the map %s: %s, key %u bytes, value %u bytes, %u "
			  "entries, flags %#x",
			  loaded->source, map->name, type, map->key_size, map->value_size,
			  map->max_entries, map->flags);
		if (map->type == BPF_MAP_TYPE_RINGBUF)
			return error_hint(err, "a ring buffer has 1, 2, 4, 8 ... pages of memory");
		return error_hint(err, "compare that with what bpf(2) says of this type of map");
	}
	return error_sys(err, code, "%s: cannot create the map %s (%s)", loaded->source, map->name,
			 type);
}

static int map_create(const struct loaded *loaded, const struct object_map *map)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = map->flags);
	uint32_t entries = map->max_entries;
	const char *name = map->name;
	int fd;

	/* one slot for each CPU of the machine that runs it, not of the one that compiled it */
	if (map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && map->key_size == 4)
		entries = (uint32_t)libbpf_num_possible_cpus();
	if (map->inner >= 0)
		opts.inner_map_fd = (uint32_t)loaded->map_fds[map->inner];
	if (loaded->btf_fd && map->btf_key) {
		opts.btf_fd = (uint32_t)loaded->btf_fd;
		opts.btf_key_type_id = map->btf_key;
		opts.btf_value_type_id = map->btf_value;
	}
	fd = bpf_map_create(map->type, name, map->key_size, map->value_size, entries, &opts);
	if (fd < 0 && opts.btf_fd && (fd == -KERNEL_ENOTSUPP || fd == -EINVAL)) {
		/* not every map type takes BTF, and older kernels less of it */
		opts.btf_fd = opts.btf_key_type_id = opts.btf_value_type_id = 0;
		fd = bpf_map_create(map->type, name, map->key_size, map->value_size, entries,
				    &opts);
	}
	return fd;
}

static int map_again(int fd)
{
	int again = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return again < 0 ? -errno : again;
}

int load_map_before(const struct loaded *loaded, const struct object_map *map)
{
	const struct object_map *was;
	int i;

	if (!loaded->before || map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY || map->inner >= 0 ||
	    text_starts(map->name, NAME_COUNT))
		return -1;
	i = object_find_map(loaded->before->obj, map->name);
	if (i < 0)
		return -1;
	was = &loaded->before->obj->maps[i];
	if (was->type != map->type || was->key_size != map->key_size ||
	    was->value_size != map->value_size || was->max_entries != map->max_entries ||
	    was->flags != map->flags)
		return -1;
	return loaded->before->map_fds[i];
}

int load_maps(struct loaded *loaded, const struct object *obj, struct error *err)
{
	/* libbpf raises RLIMIT_MEMLOCK where BPF memory counts against it, before Linux 5.11 */
	loaded->obj = obj;
	loaded->map_fds = malloc((obj->nr_maps + 1) * sizeof(*loaded->map_fds));
	if (!loaded->map_fds)
		return error_sys(err, -ENOMEM, "cannot load the probe");
	for (uint32_t i = 0; i < obj->nr_maps; i++)
		loaded->map_fds[i] = -1;
	if (obj->btf_size) {
		int fd = bpf_btf_load(obj->btf, obj->btf_size, NULL);

		loaded->btf_fd = fd > 0 ? fd : 0;
	}
	for (uint32_t i = 0; i < obj->nr_maps; i++) {
		const struct object_map *map = &obj->maps[i];
		int fd;

		if (text_starts(map->name, NAME_SCHEMA))
			continue;
		fd = load_map_before(loaded, map);
		fd = fd < 0 ? map_create(loaded, map) : map_again(fd);
		if (fd < 0)
			return map_explain(loaded, map, fd, err);
		loaded->map_fds[i] = fd;
	}
	return 0;
}

int load_map_fd(const struct loaded *loaded, const char *name)
{
	int i = object_find_map(loaded->obj, name);

	return i < 0 ? -1 : loaded->map_fds[i];
}

int load_map_set(int map_fd, const void *key, const void *value)
{
	return bpf_map_update_elem(map_fd, key, value, BPF_ANY) ? -errno : 0;
}

int load_map_sum(int map_fd, uint64_t *sum, unsigned int members)
{
	int cpus = libbpf_num_possible_cpus(), ret = 0;
	uint32_t key = 0;
	uint64_t *values;

	if (cpus < 0)
		return cpus;
	memset(sum, 0, members * sizeof(*sum));
	values = calloc((size_t)cpus * members, sizeof(*values));
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map_fd, &key, values))
		ret = -errno;
	for (unsigned int i = 0; i < (unsigned int)cpus * members && !ret; i++)
		sum[i % members] += values[i];
	free(values);
	return ret;
}

void load_free(struct loaded *loaded)
{
	for (uint32_t i = 0; loaded->map_fds && i < loaded->obj->nr_maps; i++)
		if (loaded->map_fds[i] >= 0)
			close(loaded->map_fds[i]);
	for (unsigned int i = 0; loaded->prog_fds && i < loaded->nr_points; i++) {
		bool again = false;

		for (unsigned int j = 0; j < i; j++)
			again |= loaded->prog_fds[j] == loaded->prog_fds[i];
		if (!again && loaded->prog_fds[i] >= 0)
			close(loaded->prog_fds[i]);
	}
	if (loaded->btf_fd)
		close(loaded->btf_fd);
	free(loaded->map_fds);
	free(loaded->prog_fds);
	memset(loaded, 0, sizeof(*loaded));
}
