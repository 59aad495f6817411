// SPDX-License-Identifier: GPL-2.0-only
/* Reading programs, their functions, and what they were loaded for. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/ask.h"
#include "bpf/btf_store.h"
#include "bpf/fdinfo.h"
#include "bpf/readers.h"
#include "util/array.h"
#include "util/buf.h"

/* struct bpf_func_info: instruction, then type of the function; kernels may add to it */
#define FUNCTION_TYPE 4

struct functions {
	char *data;
	uint32_t nr, size;
};

/* The lists that a program's information leads to. Their lengths come with the first call. */
static int prog_lists(int fd, struct kbpf_prog *prog, struct functions *functions)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	info.nr_map_ids = prog->info.nr_map_ids;
	info.nr_func_info = prog->info.nr_func_info;
	info.func_info_rec_size = prog->info.func_info_rec_size;
	prog->map_ids = calloc(info.nr_map_ids + 1, sizeof(uint32_t));
	functions->data = calloc(info.nr_func_info + 1, info.func_info_rec_size + 4);
	if (!prog->map_ids || !functions->data)
		return -ENOMEM;
	info.map_ids = (uintptr_t)prog->map_ids;
	info.func_info = (uintptr_t)functions->data;
	if (!info.nr_map_ids)
		info.map_ids = 0;
	if (!info.nr_func_info)
		info.func_info = 0;
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	/* a program's maps can become more (BPF_PROG_BIND_MAP): what was not asked for is not there
	 */
	prog->nr_map_ids = info.nr_map_ids < prog->info.nr_map_ids ? info.nr_map_ids
								   : prog->info.nr_map_ids;
	functions->nr = info.nr_func_info < prog->info.nr_func_info ? info.nr_func_info
								    : prog->info.nr_func_info;
	functions->size = info.func_info_rec_size;
	return 0;
}

static int prog_functions(struct kbpf *kbpf, struct kbpf_prog *prog,
			  const struct functions *functions)
{
	uint32_t nr = functions->nr ?: prog->info.nr_jited_ksyms ?: 1;

	prog->functions = calloc(nr, sizeof(*prog->functions));
	if (!prog->functions)
		return -ENOMEM;
	for (uint32_t i = 0; i < nr; i++) {
		const char *name = NULL;
		uint32_t type;

		if (i < functions->nr && functions->size >= FUNCTION_TYPE + sizeof(type)) {
			memcpy(&type, functions->data + i * functions->size + FUNCTION_TYPE,
			       sizeof(type));
			name = btf_store_name(kbpf->btfs, prog->info.btf_id, type);
		}
		prog->functions[i] = strdup(name ?: "");
		if (!prog->functions[i])
			return -ENOMEM;
		prog->nr_functions++;
	}
	return 0;
}

static int prog_read(struct kbpf *kbpf, int fd)
{
	struct kbpf_prog *prog = array_append(&kbpf->progs, &kbpf->nr_progs, sizeof(*prog));
	uint32_t size = sizeof(prog->info);
	struct functions functions = {};
	struct buf text = {};
	const char *own;
	int ret;

	if (!prog)
		return -ENOMEM;
	if (bpf_obj_get_info_by_fd(fd, &prog->info, &size))
		return -errno;
	prog->info.name[sizeof(prog->info.name) - 1] = '\0';
	ret = prog_lists(fd, prog, &functions);
	ret = ret ?: prog_functions(kbpf, prog, &functions);
	if (ret)
		goto out;
	/* the kernel keeps 15 bytes of a name, loaders choose which; BTF has all of it */
	own = prog->nr_functions ? prog->functions[0] : "";
	if (!own[0] || !strstr(own, prog->info.name))
		own = prog->info.name;
	prog->name = strdup(own);
	if (!prog->name)
		ret = -ENOMEM;
	prog->memory = prog->jited = -1;
	if (fdinfo_read(&text, fd) == 0) {
		prog->memory = fdinfo_number(buf_text(&text), "memlock");
		prog->jited = (int)fdinfo_number(buf_text(&text), "prog_jited");
	}
out:
	free(functions.data);
	buf_free(&text);
	return ret;
}

int kbpf_read_progs(struct kbpf *kbpf, struct error *err)
{
	return ask_each(KBPF_PROG, prog_read, kbpf, err);
}

/* What a program was loaded for: the BTF type that BPF_PROG_LOAD named. */
static void name_target(struct kbpf *kbpf, struct kbpf_prog *prog)
{
	uint32_t object = prog->info.attach_btf_obj_id;
	const char *name, *owner;

	if (!prog->info.attach_btf_id)
		return;
	name = btf_store_name(kbpf->btfs, object, prog->info.attach_btf_id);
	owner = btf_store_owner(kbpf->btfs, object);
	if (!name || !owner)
		return;
	prog->for_prog = !owner[0];
	/* the kernel's typedef for the arguments of a tracepoint, and functions that stand for a
	 * hook of security modules or an iterator: include/trace/bpf_probe.h, linux/bpf_lsm.h */
	if (strncmp(name, "btf_trace_", 10) == 0)
		name += 10;
	else if (prog->info.type == BPF_PROG_TYPE_LSM && strncmp(name, "bpf_lsm_", 8) == 0)
		name += 8;
	if (asprintf(&prog->for_target, owner[0] && strcmp(owner, "vmlinux") ? "%s [%s]" : "%s",
		     name, owner) < 0)
		prog->for_target = NULL;
}

void kbpf_name_progs(struct kbpf *kbpf)
{
	for (size_t i = 0; i < kbpf->nr_progs; i++)
		name_target(kbpf, &kbpf->progs[i]);
}
