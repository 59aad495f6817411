// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "debuginfo/debuginfo.h"
#include "debuginfo/find.h"
#include "debuginfo/image.h"
#include "util/error.h"
#include "util/kernel.h"

/* A symbol that every architecture has at the same place of the kernel's text. */
#define TEXT_SYMBOL "_stext"

static void learn(void *arg, const char *name, const char *folder)
{
	source_roots_learn(arg, name, folder);
}

int debuginfo_open(struct debuginfo *info, struct error *err)
{
	struct debug_search search = { .root = "", .release = info->release };
	char id[DEBUG_ID_SIZE];
	struct utsname un;
	const char *missing;
	int ret;

	uname(&un);
	snprintf(info->release, sizeof(info->release), "%s", un.release);
	kernel_build_id(id);
	ret = debug_find_kernel(&search, id, &info->path);
	if (ret == -ESTALE) {
		error_set(err, ret,
			  "%s is of another build than the running kernel: stacks are without "
			  "file:line",
			  buf_text(&info->path));
		return error_hint(
			err,
			"install the debug information of %s: apt-get install linux-image-%s-dbg, "
			"dnf debuginfo-install kernel",
			un.release, un.release);
	}
	if (ret) {
		error_set(err, ret,
			  "no debug information of kernel %s is installed: stacks are without "
			  "file:line",
			  un.release);
		return error_hint(
			err, "apt-get install linux-image-%s-dbg, dnf debuginfo-install kernel",
			un.release);
	}
	missing = libdw_load(&info->dw);
	if (missing) {
		error_set(err, -ENOENT, "%s: stacks are without file:line", missing);
		return error_hint(err, "apt-get install libdw1");
	}
	ret = debug_file_open(&info->kernel, &info->dw, buf_text(&info->path), NULL, err);
	if (!ret) {
		info->known = calloc(DEBUGINFO_KNOWN, sizeof(*info->known));
		ret = info->known
			      ? 0
			      : error_sys(err, -ENOMEM, "cannot read %s", buf_text(&info->path));
	}
	if (ret)
		debuginfo_close(info);
	else
		debug_file_units(&info->kernel, learn, &info->roots);
	return ret;
}

int debuginfo_place(struct debuginfo *info, uint64_t stext, struct error *err)
{
	uint64_t linked;
	int ret = stext ? debug_image_symbol(buf_text(&info->path), TEXT_SYMBOL, &linked) : -ENOENT;

	if (!ret) {
		info->slide = stext - linked;
		return 0;
	}
	error_set(err, ret,
		  "%s has no %s: where the kernel is loaded is not known, stacks are without "
		  "file:line",
		  stext ? buf_text(&info->path) : "/proc/kallsyms", TEXT_SYMBOL);
	debuginfo_close(info);
	return ret;
}

static void module_id(const char *name, char id[DEBUG_ID_SIZE])
{
	struct buf path = {}, notes = {};

	id[0] = '\0';
	buf_printf(&path, "/sys/module/%s/notes/.note.gnu.build-id", name);
	if (!path.failed && buf_read_file(&notes, buf_text(&path), 4096) == 0)
		kernel_note_id(&notes, id);
	buf_free(&path);
	buf_free(&notes);
}

static struct debug_module *module_open(struct debuginfo *info, const char *name)
{
	struct debug_search search = { .root = "", .release = info->release };
	struct debug_module *module = calloc(1, sizeof(*module)), **grown;
	struct error ignored = {};
	char id[DEBUG_ID_SIZE];

	grown = reallocarray(info->modules, info->nr_modules + 1, sizeof(*grown));
	if (grown)
		info->modules = grown;
	if (module)
		module->name = strdup(name);
	if (!grown || !module || !module->name) {
		free(module);
		return NULL;
	}
	info->modules[info->nr_modules++] = module;
	module_id(name, id);
	buf_printf(&module->sections, "/sys/module/%s/sections", name);
	/* whether there is none or of another build: the kernel's own files were told of */
	if (debug_find_module(&search, name, id, &module->path) == 0 && !module->sections.failed)
		debug_file_open(&module->file, &info->dw, buf_text(&module->path),
				buf_text(&module->sections), &ignored);
	return module;
}

static const struct debug_module *module_named(struct debuginfo *info, const char *name)
{
	for (size_t i = 0; i < info->nr_modules; i++)
		if (strcmp(info->modules[i]->name, name) == 0)
			return info->modules[i];
	return module_open(info, name);
}

static size_t look_up(struct debuginfo *info, const char *name, uint64_t addr,
		      struct source_frame frames[SOURCE_FRAMES_MAX])
{
	const struct debug_module *module;

	if (!name[0])
		return debug_file_frames(&info->kernel, addr - info->slide, frames);
	module = module_named(info, name);
	return module && module->file.dwarf ? debug_file_frames(&module->file, addr, frames) : 0;
}

size_t debuginfo_frames(struct debuginfo *info, const char *module, uint64_t addr,
			const struct source_frame **frames)
{
	struct source_frame found[SOURCE_FRAMES_MAX];
	struct known_address *known;

	if (!info->known || !addr)
		return 0;
	known = &info->known[addr * 0x9e3779b97f4a7c15u / (UINT64_MAX / DEBUGINFO_KNOWN + 1)];
	if (known->addr != addr) {
		free(known->frames);
		known->nr = look_up(info, module, addr, found);
		known->frames = calloc(known->nr + 1, sizeof(*known->frames));
		if (!known->frames)
			known->nr = 0;
		else
			memcpy(known->frames, found, known->nr * sizeof(*known->frames));
		known->addr = addr;
	}
	*frames = known->frames;
	return known->nr;
}

void debuginfo_close(struct debuginfo *info)
{
	for (size_t i = 0; i < info->nr_modules; i++) {
		debug_file_close(&info->modules[i]->file);
		buf_free(&info->modules[i]->path);
		buf_free(&info->modules[i]->sections);
		free(info->modules[i]->name);
		free(info->modules[i]);
	}
	for (size_t i = 0; info->known && i < DEBUGINFO_KNOWN; i++)
		free(info->known[i].frames);
	free(info->modules);
	free(info->known);
	source_roots_free(&info->roots);
	debug_file_close(&info->kernel);
	libdw_unload(&info->dw);
	buf_free(&info->path);
	memset(info, 0, sizeof(*info));
}
