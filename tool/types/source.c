// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "types/store.h"
#include "types/types.h"
#include "util/error.h"
#include "util/text.h"

#define KERNEL_BTF TYPES_KERNEL_DIR "/vmlinux"

static int open_running(struct btf **btf, struct error *err)
{
	*btf = btf__parse(KERNEL_BTF, NULL);
	if (*btf)
		return 0;
	error_sys(err, -errno, "cannot read the running kernel's types from " KERNEL_BTF);
	return error_hint(err, errno == ENOENT ? "this kernel was built without "
						 "CONFIG_DEBUG_INFO_BTF; name a file that has its "
						 "types, or install its headers"
					       : "name a file that has its types");
}

static int open_module(struct types *types, const char *name, struct error *err)
{
	char path[PATH_MAX];
	int ret = open_running(&types->base, err);

	if (ret)
		return ret;
	snprintf(path, sizeof(path), TYPES_KERNEL_DIR "/%s", name);
	types->btf = btf__parse_split(path, types->base);
	if (!types->btf)
		return error_sys(err, -errno, "cannot read the module's types from %s", path);
	snprintf(types->source, sizeof(types->source), "%s", path);
	return 0;
}

/* A module's name as /sys/kernel/btf has it: of a path without folders and .ko, - as _ */
static char *module_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = strdup(slash ? slash + 1 : path), *dot;

	if (!name)
		return NULL;
	dot = strstr(name, ".ko");
	if (dot)
		*dot = '\0';
	for (char *p = name; *p; p++)
		*p = *p == '-' ? '_' : *p;
	return name;
}

static int open_file(struct types *types, const char *spec, struct error *err)
{
	const char *comma = strrchr(spec, ',');
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "%s", spec);
	if (comma && access(spec, F_OK) && comma - spec < PATH_MAX) {
		path[comma - spec] = '\0';
		ret = types_read_file(&types->base, NULL, comma + 1, NULL, err);
		if (ret)
			return ret;
	}
	ret = types_read_file(&types->btf, types->base ? NULL : &types->base, path, types->base,
			      err);
	if (ret)
		return ret;
	snprintf(types->source, sizeof(types->source), "%s", path);
	if (!types->base)
		return 0;
	types->module = module_name(path);
	return types->module ? 0 : error_sys(err, -ENOMEM, "cannot read %s", path);
}

/* A word without a slash and without a file of that name is a module of the running kernel's. */
static bool is_module(const char *spec, char name[NAME_MAX + 1])
{
	char path[PATH_MAX];

	if (strchr(spec, '/') || access(spec, F_OK) == 0 || !spec[0])
		return false;
	snprintf(name, NAME_MAX + 1, "%s", spec);
	for (char *p = name; *p; p++)
		*p = *p == '-' ? '_' : *p;
	snprintf(path, sizeof(path), TYPES_KERNEL_DIR "/%s", name);
	return strcmp(name, "vmlinux") != 0 && access(path, F_OK) == 0;
}

int types_open(struct types **out, const char *spec, struct error *err)
{
	struct types *types = calloc(1, sizeof(*types));
	char name[NAME_MAX + 1];
	int ret;

	if (!types)
		return error_sys(err, -ENOMEM, "cannot read the kernel's types");
	if (!spec || strcmp(spec, KERNEL_BTF) == 0) {
		ret = open_running(&types->btf, err);
		types->running = true;
		snprintf(types->source, sizeof(types->source), KERNEL_BTF);
	} else if (is_module(spec, name)) {
		ret = open_module(types, name, err);
		types->module = strdup(name);
		if (!ret && !types->module)
			ret = error_sys(err, -ENOMEM, "cannot read the kernel's types");
	} else {
		ret = open_file(types, spec, err);
	}
	if (ret) {
		types_close(types);
		return ret;
	}
	*out = types;
	return 0;
}

int types_open_raw(struct types **out, const void *data, uint32_t size, const char *name,
		   struct error *err)
{
	struct types *types = calloc(1, sizeof(*types));
	int ret;

	if (types)
		types->btf = btf__new(data, size);
	if (!types || !types->btf) {
		ret = error_sys(err, -errno, "cannot read the types of %s", name);
		types_close(types);
		return ret;
	}
	snprintf(types->source, sizeof(types->source), "%s", name);
	*out = types;
	return 0;
}

static void read_module(struct types *types, const char *name)
{
	struct types_module *modules = realloc(types->modules,
					       (types->nr_modules + 1) * sizeof(*modules));
	char path[PATH_MAX];

	if (!modules)
		return;
	types->modules = modules;
	snprintf(path, sizeof(path), TYPES_KERNEL_DIR "/%s", name);
	modules += types->nr_modules;
	modules->name = strdup(name);
	modules->btf = modules->name ? btf__parse_split(path, types->btf) : NULL;
	if (modules->btf)
		types->nr_modules++;
	else
		free(modules->name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void types_read_modules(struct types *types)
{
	struct dirent **entries = NULL;
	int nr;

	if (!types->running || types->modules_read)
		return;
	types->modules_read = true;
	nr = scandir(TYPES_KERNEL_DIR, &entries, NULL, by_name);
	for (int i = 0; i < nr; i++) {
		if (entries[i]->d_name[0] != '.' && strcmp(entries[i]->d_name, "vmlinux") != 0)
			read_module(types, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

const char *types_source(const struct types *types)
{
	return types->source;
}

void types_close(struct types *types)
{
	if (!types)
		return;
	for (size_t i = 0; i < types->nr_modules; i++) {
		btf__free(types->modules[i].btf);
		free(types->modules[i].name);
	}
	free(types->modules);
	btf__free(types->btf);
	btf__free(types->base);
	free(types->module);
	free(types);
}
