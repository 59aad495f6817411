// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "load/kernel_stack.h"
#include "load/load.h"
#include "load/verifier.h"
#include "object/object.h"
#include "util/error.h"
#include "util/text.h"

/* What hp_const(number) stands for in a program that is bound to a function, or to nothing. */
static uint64_t prog_const(const struct loaded *loaded, const struct attach_bound *bound,
			   uint64_t number)
{
	if (number == CONST_FUNCTION)
		return bound->address;
	if (number == CONST_SLOTS)
		return bound->nr_slots;
	return loaded->consts[number];
}

/* Put map descriptors and constants into a copy of the instructions. */
static struct bpf_insn *prog_relocate(const struct loaded *loaded, const struct object_prog *prog,
				      const struct attach_bound *bound)
{
	size_t size = prog->nr_insns * sizeof(struct bpf_insn);
	struct bpf_insn *insns = malloc(size);

	if (!insns)
		return NULL;
	memcpy(insns, prog->insns, size);
	for (uint32_t i = 0; i + 1 < prog->nr_insns; i++) {
		struct bpf_insn *insn = &insns[i];
		uint64_t value;

		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		i++;
		if (insn->src_reg == BPF_PSEUDO_MAP_FD) {
			insn->imm = loaded->map_fds[insn->imm];
			continue;
		}
		value = (uint32_t)insn[0].imm | (uint64_t)(uint32_t)insn[1].imm << 32;
		if (insn->src_reg || value < CONST_MARK || value >= CONST_MARK + CONST_NR)
			continue;
		value = prog_const(loaded, bound, value - CONST_MARK);
		insn[0].imm = (int32_t)value;
		insn[1].imm = (int32_t)(value >> 32);
	}
	return insns;
}

/* The kernel keeps 15 characters of letters, digits, _ and .; the end of a name tells most. */
static void prog_short_name(const char *function, char name[BPF_OBJ_NAME_LEN])
{
	const char *rest = NULL;

	if (!provider_by_function(function, &rest))
		rest = function;
	if (strlen(rest) > BPF_OBJ_NAME_LEN - 1)
		rest += strlen(rest) - (BPF_OBJ_NAME_LEN - 1);
	snprintf(name, BPF_OBJ_NAME_LEN, "%s", rest);
}

static const struct object_prog *prog_find(const struct object *obj, const char *function)
{
	for (uint32_t i = 0; i < obj->nr_progs; i++)
		if (strcmp(obj->progs[i].name, function) == 0)
			return &obj->progs[i];
	return NULL;
}

/* @opts is all zero, its padding included: libbpf looks at that as well. */
static void prog_opts(struct bpf_prog_load_opts *opts, const struct loaded *loaded,
		      const struct attach_point *point, const struct object_prog *prog,
		      const struct attach_bound *bound)
{
	opts->kern_version = loaded->obj->kern_version;
	opts->expected_attach_type = point->provider->expected_type;
	opts->attach_btf_id = bound->btf_id;
	opts->attach_btf_obj_fd = (uint32_t)bound->btf_fd;
	if (loaded->btf_fd && prog->nr_func_info) {
		opts->prog_btf_fd = (uint32_t)loaded->btf_fd;
		opts->func_info = prog->func_info;
		opts->func_info_cnt = prog->nr_func_info;
		opts->func_info_rec_size = prog->func_info_rec_size;
		opts->line_info = prog->line_info;
		opts->line_info_cnt = prog->nr_line_info;
		opts->line_info_rec_size = prog->line_info_rec_size;
	}
}

/* @log_fd: where all that the verifier says is written first; -1 nowhere */
static int prog_load_bound(const struct loaded *loaded, const struct attach_point *point,
			   const struct object_prog *prog, const struct attach_bound *bound,
			   struct load_log *log, int log_fd, struct error *err)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	struct bpf_insn *insns = prog_relocate(loaded, prog, bound);
	char name[BPF_OBJ_NAME_LEN];
	struct submission sub;
	int fd = 0;

	if (!insns)
		return error_sys(err, -ENOMEM, "cannot load %s", point->function);
	prog_short_name(point->function, name);
	prog_opts(&opts, loaded, point, prog, bound);
	sub = (struct submission){ loaded, point, prog, name, insns, &opts };
	if (log_fd >= 0)
		fd = verifier_write(&sub, log_fd, err);
	if (!fd) {
		if (log) {
			opts.log_level = log->level;
			opts.log_buf = log->text;
			opts.log_size = log->size;
		}
		fd = -1;
		if (!log && point->provider->preemptible && kernel_stack_wanted(prog))
			fd = kernel_stack_load(prog, point->provider->prog_type, name,
					       loaded->obj->license, insns, &opts);
		/* what is wrong with a program is told of it as it is */
		if (fd < 0)
			fd = bpf_prog_load(point->provider->prog_type, name, loaded->obj->license,
					   insns, prog->nr_insns, &opts);
		opts.log_level = 0;
		opts.log_buf = NULL;
		opts.log_size = 0;
		if (fd < 0)
			fd = verifier_refused(&sub, fd, err);
	}
	free(insns);
	return fd;
}

static int prog_load(const struct loaded *loaded, const struct attach_point *point,
		     struct load_log *log, int log_fd, struct error *err)
{
	const struct object_prog *prog = prog_find(loaded->obj, point->function);
	struct attach_bound bound = {};
	int fd = 0;

	if (!prog)
		return error_set(err, -ENOENT, "%s: the probe has no function %s", point->origin,
				 point->function);
	if (point->provider->bind)
		fd = point->provider->bind(point, &bound, err);
	if (!fd)
		fd = prog_load_bound(loaded, point, prog, &bound, log, log_fd, err);
	if (bound.btf_fd)
		close(bound.btf_fd);
	return fd;
}

/* The last thing that the verifier said, without its statistics. */
static void last_words(char *log, struct error *err, int code)
{
	char *end = log + strlen(log);

	while (end > log) {
		char *line;

		while (end > log && end[-1] == '\n')
			*--end = '\0';
		line = strrchr(log, '\n');
		line = line ? line + 1 : log;
		if (*line && !text_starts(line, "processed ")) {
			error_set(err, code, "%s", line);
			return;
		}
		*line = '\0';
		end = line;
	}
}

int load_again(void *arg, const struct attach_point *point, const struct attach_bound *bound,
	       struct error *err)
{
	const struct loaded *loaded = arg;
	const struct object_prog *prog = prog_find(loaded->obj, point->function);
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	struct bpf_insn *insns = prog_relocate(loaded, prog, bound);
	char name[BPF_OBJ_NAME_LEN], log[16384] = "";
	int fd;

	if (!insns)
		return -ENOMEM;
	prog_short_name(point->function, name);
	prog_opts(&opts, loaded, point, prog, bound);
	fd = bpf_prog_load(point->provider->prog_type, name, loaded->obj->license, insns,
			   prog->nr_insns, &opts);
	if (fd < 0) {
		int code = fd;

		opts.log_level = 1;
		opts.log_buf = log;
		opts.log_size = sizeof(log);
		fd = bpf_prog_load(point->provider->prog_type, name, loaded->obj->license, insns,
				   prog->nr_insns, &opts);
		/* ENOSPC: of what it has to say; before Linux 6.4 it kept the beginning */
		if (fd < 0 && fd != -ENOSPC)
			last_words(log, err, fd);
		fd = fd == -ENOSPC ? code : fd;
	}
	free(insns);
	return fd;
}

int load_program(const struct loaded *loaded, const struct attach_point *point,
		 struct load_log *log, struct error *err)
{
	return prog_load(loaded, point, log, -1, err);
}

/*
 * The point before @i that has the same program, @nr when there is none: one function at several
 * places is one program, unless it is bound to its target.
 */
static unsigned int prog_twin(const struct attach_point *points, unsigned int i, unsigned int nr)
{
	for (unsigned int j = 0; j < i && !points[i].provider->bind; j++)
		if (strcmp(points[j].function, points[i].function) == 0 &&
		    points[j].provider->prog_type == points[i].provider->prog_type &&
		    points[j].provider->expected_type == points[i].provider->expected_type)
			return j;
	return nr;
}

static int load_each(struct loaded *loaded, const struct attach_point *points, unsigned int nr,
		     int log_fd, load_refused_fn *refused, void *arg, struct error *err)
{
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int twin = prog_twin(points, i, nr);
		struct error why = {};
		int fd;

		if (twin < nr)
			fd = loaded->prog_fds[twin];
		else
			fd = prog_load(loaded, &points[i], NULL, log_fd, refused ? &why : err);
		if (fd < 0 && !refused)
			return fd;
		if (fd < 0 && twin == nr)
			refused(&points[i], &why, arg);
		loaded->prog_fds[loaded->nr_points++] = fd;
	}
	return 0;
}

int load_programs(struct loaded *loaded, const struct attach_point *points, unsigned int nr,
		  load_refused_fn *refused, void *arg, struct error *err)
{
	int log_fd = -1, ret;

	loaded->prog_fds = malloc((nr + 1) * sizeof(*loaded->prog_fds));
	if (!loaded->prog_fds)
		return error_sys(err, -ENOMEM, "cannot load the probe");
	if (loaded->verifier_log) {
		log_fd = open(loaded->verifier_log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (log_fd < 0)
			return error_sys(err, -errno, "--verifier-log %s", loaded->verifier_log);
	}
	ret = load_each(loaded, points, nr, log_fd, refused, arg, err);
	if (log_fd >= 0)
		close(log_fd);
	return ret;
}
