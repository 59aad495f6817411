// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/trampoline.h"
#include "attach/why.h"
#include "load/load.h"
#include "object/object.h"
#include "util/error.h"
#include "util/text.h"

/*
 * Before 5.2 the kernel takes no log larger than UINT_MAX >> 8 (verifier.c), which is a byte less
 * than 16 MiB.
 */
#define LOG_SIZE_MAX   ((16u << 20) - 256)
#define LOG_SIZE_FIRST (LOG_SIZE_MAX / 256)

/* Put map descriptors and constants into a copy of the instructions. */
static struct bpf_insn *prog_relocate(const struct loaded *loaded, const struct object_prog *prog)
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
		value = loaded->consts[value - CONST_MARK];
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

static int prog_refused(const struct loaded *loaded, const struct attach_point *point,
			const char *name, const struct bpf_insn *insns, uint32_t nr_insns, int code,
			struct bpf_prog_load_opts *opts, struct error *err)
{
	char *log = NULL;

	if (code == -EPERM || code == -ENOSYS) {
		struct error cause = {};
		char what[64];

		snprintf(what, sizeof(what), "loading a %s program", point->provider->name);
		why_refused(code, what, &cause);
		return attach_wrap(point, err, &cause);
	}
	/* ask again, this time for the reasons; a log that does not fit is asked for again */
	opts->log_level = 1;
	for (uint32_t size = LOG_SIZE_FIRST; size <= LOG_SIZE_MAX; size *= 4) {
		int fd;

		free(log);
		log = calloc(1, size);
		if (!log)
			return error_sys(err, -ENOMEM, "cannot read the verifier's log");
		opts->log_buf = log;
		opts->log_size = size;
		fd = bpf_prog_load(point->provider->prog_type, name, loaded->obj->license, insns,
				   nr_insns, opts);
		if (fd >= 0) {
			free(log);
			return fd;
		}
		if (fd != -ENOSPC) {
			code = fd;
			break;
		}
	}
	refusal_explain(loaded, point->function, code, log, err);
	free(log);
	return err->code;
}

int load_program(const struct loaded *loaded, const struct attach_point *point,
		 struct load_log *log, struct error *err)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .kern_version = loaded->obj->kern_version,
		    .expected_attach_type = point->provider->expected_type);
	const struct object_prog *prog = NULL;
	char name[BPF_OBJ_NAME_LEN];
	struct bpf_insn *insns;
	int fd;

	for (uint32_t i = 0; i < loaded->obj->nr_progs; i++)
		if (strcmp(loaded->obj->progs[i].name, point->function) == 0)
			prog = &loaded->obj->progs[i];
	if (!prog)
		return error_set(err, -ENOENT, "%s: the probe has no function %s", point->origin,
				 point->function);
	if (point->provider->needs_btf_id) {
		struct error cause = {};

		fd = trampoline_btf_id(point, &opts.attach_btf_id, &cause);
		if (fd)
			return attach_wrap(point, err, &cause);
	}
	if (loaded->btf_fd && prog->nr_func_info) {
		opts.prog_btf_fd = (uint32_t)loaded->btf_fd;
		opts.func_info = prog->func_info;
		opts.func_info_cnt = prog->nr_func_info;
		opts.func_info_rec_size = prog->func_info_rec_size;
		opts.line_info = prog->line_info;
		opts.line_info_cnt = prog->nr_line_info;
		opts.line_info_rec_size = prog->line_info_rec_size;
	}
	insns = prog_relocate(loaded, prog);
	if (!insns)
		return error_sys(err, -ENOMEM, "cannot load %s", point->function);
	prog_short_name(point->function, name);
	if (log) {
		opts.log_level = log->level;
		opts.log_buf = log->text;
		opts.log_size = log->size;
	}
	fd = bpf_prog_load(point->provider->prog_type, name, loaded->obj->license, insns,
			   prog->nr_insns, &opts);
	if (fd < 0)
		fd = prog_refused(loaded, point, name, insns, prog->nr_insns, fd, &opts, err);
	free(insns);
	return fd;
}

/*
 * The point before @i that has the same program, @nr when there is none: one function at several
 * places is one program, unless it is bound to its target.
 */
static unsigned int prog_twin(const struct attach_point *points, unsigned int i, unsigned int nr)
{
	for (unsigned int j = 0; j < i && !points[i].provider->needs_btf_id; j++)
		if (strcmp(points[j].function, points[i].function) == 0 &&
		    points[j].provider->prog_type == points[i].provider->prog_type)
			return j;
	return nr;
}

int load_programs(struct loaded *loaded, const struct attach_point *points, unsigned int nr,
		  load_refused_fn *refused, void *arg, struct error *err)
{
	loaded->prog_fds = malloc((nr + 1) * sizeof(*loaded->prog_fds));
	if (!loaded->prog_fds)
		return error_sys(err, -ENOMEM, "cannot load the probe");
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int twin = prog_twin(points, i, nr);
		struct error why = {};
		int fd;

		if (twin < nr)
			fd = loaded->prog_fds[twin];
		else
			fd = load_program(loaded, &points[i], NULL, refused ? &why : err);
		if (fd < 0 && !refused)
			return fd;
		if (fd < 0 && twin == nr)
			refused(&points[i], &why, arg);
		loaded->prog_fds[loaded->nr_points++] = fd;
	}
	return 0;
}
