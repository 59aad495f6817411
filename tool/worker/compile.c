// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/names.h"
#include "object/object.h"
#include "util/error.h"
#include "util/text.h"
#include "worker/compile.h"
#include "worker/globals.h"
#include "worker/libbcc.h"
#include "worker/pch.h"
#include "worker/record.h"
#include "worker/rewrite.h"

/*
 * libbcc's table list has the maps' whole names (the kernel's are cut at 15 characters); both know
 * the descriptors.
 */
static int compile_map_names(const struct libbcc *bcc, void *module, struct record *record,
			     struct error *err)
{
	for (size_t i = 0; i < bcc->num_tables(module); i++) {
		int fd = bcc->table_fd_id(module, i);

		if (fd < RECORD_FD_BASE || fd >= RECORD_FD_MAP(record->nr_maps))
			return error_set(
				err, -EPROTO,
				"libbcc created the map %s without going through libc's syscall(): "
				"this version of libbcc cannot be used",
				bcc->table_name(module, i));
		snprintf(record->maps[fd - RECORD_FD_BASE].name, OBJECT_NAME_MAX, "%s",
			 bcc->table_name(module, i));
	}
	return 0;
}

static int compile_relocate(struct object_prog *prog, const struct record *record)
{
	struct bpf_insn *insns = (struct bpf_insn *)prog->insns;

	for (uint32_t i = 0; i + 1 < prog->nr_insns; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insns[i].src_reg == BPF_PSEUDO_MAP_FD) {
			if (insns[i].imm < RECORD_FD_BASE ||
			    insns[i].imm >= RECORD_FD_MAP(record->nr_maps))
				return -EPROTO;
			insns[i].imm -= RECORD_FD_BASE;
		}
		i++;
	}
	return 0;
}

static int compile_progs(const struct libbcc *bcc, void *module, struct record *record,
			 struct object *obj, struct error *err)
{
	size_t nr = bcc->num_functions(module);
	const char *license = bcc->module_license(module);

	obj->progs = calloc(nr ? nr : 1, sizeof(*obj->progs));
	if (!obj->progs)
		return error_sys(err, -ENOMEM, "cannot keep the compiled programs");
	for (size_t i = 0; i < nr; i++) {
		const char *name = bcc->function_name(module, i);
		struct object_prog *prog = &obj->progs[obj->nr_progs++];

		if (strlen(name) >= sizeof(prog->name))
			return error_set(err, -ENAMETOOLONG,
					 "the function name %s is longer than %zu characters", name,
					 sizeof(prog->name) - 1);
		snprintf(prog->name, sizeof(prog->name), "%s", name);
		record->prog = prog;
		record->insns = bcc->function_start_id(module, i);
		/* the frontend knows the true program type; kprobe's needs nothing from the kernel
		 */
		bcc->func_load(module, BPF_PROG_TYPE_KPROBE, name, record->insns,
			       (int)bcc->function_size_id(module, i), license,
			       bcc->module_kern_version(module), 0, NULL, 0, NULL, -1);
		record->prog = NULL;
		if (!prog->insns)
			return error_set(err, -EPROTO, "libbcc gave no code for the function %s",
					 name);
		if (compile_relocate(prog, record))
			return error_set(
				err, -EPROTO,
				"the function %s refers to a map that libbcc did not create", name);
	}
	return 0;
}

/* Describe one type; a key or value that cannot be printed is no error. */
static int compile_schema(const struct record *record, struct object *obj, const char *name,
			  enum schema_role role, uint32_t type_id, struct error *err)
{
	struct schema *schema = &obj->schemas[obj->nr_schemas];
	const char *why = NULL;

	memset(schema, 0, sizeof(*schema));
	if (strlen(name) >= sizeof(schema->name))
		return error_set(err, -ENAMETOOLONG, "the name %s is longer than %d characters",
				 name, SCHEMA_NAME_MAX - 1);
	snprintf(schema->name, sizeof(schema->name), "%.63s", name);
	if (schema_from_btf(schema, role, record->btf.data, (uint32_t)record->btf.len, type_id,
			    &why) == 0)
		obj->nr_schemas++;
	else if (role == SCHEMA_EVENT)
		return error_set(err, -EINVAL, "the event type of %s cannot be printed: %s%s%s",
				 name, why, schema->nr_fields ? ": " : "",
				 schema->nr_fields ? schema->fields[schema->nr_fields - 1].name
						   : "");
	return 0;
}

/* Each EVENTS line left a hidden map behind whose value is the event: that is its schema. */
static int compile_schemas(const struct record *record, struct object *obj, struct error *err)
{
	int ret = 0;

	/* without a function there is no BTF either; the frontend says what is missing */
	if (obj->nr_progs == 0)
		return 0;
	obj->schemas = calloc(3 * OBJECT_MAPS_MAX, sizeof(*obj->schemas));
	if (!obj->schemas)
		return error_sys(err, -ENOMEM, "cannot keep the event's description");
	for (uint32_t i = 0; i < record->nr_maps && !ret; i++) {
		const struct object_map *map = &record->maps[i];

		if (text_starts(map->name, NAME_SCHEMA))
			ret = compile_schema(record, obj, map->name + strlen(NAME_SCHEMA),
					     SCHEMA_EVENT, map->btf_value, err);
		if (text_starts(map->name, NAME_RESERVED) || !map->btf_key)
			continue;
		ret = ret ?: compile_schema(record, obj, map->name, SCHEMA_KEY, map->btf_key, err);
		ret = ret
			      ?: compile_schema(record, obj, map->name, SCHEMA_VALUE,
						map->btf_value, err);
	}
	return ret;
}

static void compile_free(struct object *obj)
{
	for (uint32_t i = 0; i < obj->nr_progs; i++) {
		free((void *)obj->progs[i].insns);
		free((void *)obj->progs[i].func_info);
		free((void *)obj->progs[i].line_info);
	}
	free(obj->progs);
	free(obj->schemas);
}

int compile_probe(struct buf *out, const struct libbcc *bcc, struct request *req, struct error *err)
{
	struct record *record = calloc(1, sizeof(*record));
	struct object obj = {};
	void *module = NULL;
	int ret;

	if (!record)
		return error_sys(err, -ENOMEM, "cannot compile");
	record->req = req;
	ret = pch_use(req);
	if (ret)
		goto out;
	record_start(record);
	module = bcc->module_create_c_from_string(req->text, 0, (const char **)req->flags,
						  (int)req->nr_flags, false, NULL);
	if (!module) {
		ret = -ECANCELED;
		goto out;
	}
	ret = rewrite_check(req->text, err);
	ret = ret ?: compile_map_names(bcc, module, record, err);
	ret = ret ?: compile_progs(bcc, module, record, &obj, err);
	obj.maps = record->maps;
	obj.nr_maps = record->nr_maps;
	obj.btf = record->btf.data;
	obj.btf_size = (uint32_t)record->btf.len;
	ret = ret ?: globals_refuse(&obj, req->text, err);
	ret = ret ?: compile_schemas(record, &obj, err);
	if (ret)
		goto out;
	obj.license = bcc->module_license(module) ?: "GPL";
	obj.kern_version = bcc->module_kern_version(module);
	ret = object_write(out, &obj);
	if (ret)
		error_sys(err, ret, "cannot write the object");
out:
	compile_free(&obj);
	/* the module is not destroyed: the process ends now, and tearing LLVM down takes 10 ms */
	record_start(NULL);
	buf_free(&record->btf);
	free(record);
	return ret;
}
