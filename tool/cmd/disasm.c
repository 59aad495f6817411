// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/why.h"
#include "cmd/cmd.h"
#include "cmd/usage.h"
#include "disasm/kernel_code.h"
#include "disasm/listing.h"
#include "disasm/machine.h"
#include "disasm/verdict.h"
#include "output/stack.h"
#include "session/session.h"
#include "util/error.h"
#include "util/json.h"
#include "util/text.h"

/* BPF_LOG_STATS of include/linux/bpf_verifier.h */
#define LOG_STATS 4

/* A program as the kernel has it, or why it has not. */
struct in_kernel {
	const char *provider; /* what it was loaded for; NULL when it was not */
	struct error why;
	struct verdict verdict;
	struct bpf_prog_info info;
	int fd;
};

struct disasm {
	struct session *session;
	const char *function;  /* only this one; NULL: all */
	bool translated;       /* show what the kernel made of it: BPF */
	bool jited;	       /* or machine code */
	struct error unloaded; /* why none can be */
	struct symbols symbols;
	struct machine machine;
	struct buf out;
};

static const struct attach_point *disasm_point(const struct session *session, const char *function)
{
	for (unsigned int i = 0; i < session->nr_points; i++)
		if (strcmp(session->points[i].function, function) == 0)
			return &session->points[i];
	return NULL;
}

/* Loaded, and not attached: the verifier says what it took, the kernel what it made of it. */
static void disasm_load(const struct disasm *disasm, const struct object_prog *prog,
			struct in_kernel *loaded)
{
	const struct session *session = disasm->session;
	const struct attach_point *point = disasm_point(session, prog->name);
	uint32_t size = sizeof(loaded->info);
	char text[4096] = "";
	struct load_log log = { .level = LOG_STATS, .text = text, .size = sizeof(text) };

	loaded->fd = -1;
	if (disasm->unloaded.code) {
		loaded->why = disasm->unloaded;
		return;
	}
	if (!point) {
		error_set(&loaded->why, -ENOENT, "it is attached to nothing");
		return;
	}
	loaded->fd = load_program(&session->loaded, point, &log, &loaded->why);
	if (loaded->fd < 0)
		return;
	loaded->provider = point->provider->name;
	verdict_parse(&loaded->verdict, text);
	if (bpf_obj_get_info_by_fd(loaded->fd, &loaded->info, &size))
		memset(&loaded->info, 0, sizeof(loaded->info));
}

static void disasm_text(struct disasm *disasm, const struct object_prog *prog,
			const struct in_kernel *loaded)
{
	const struct verdict *verdict = &loaded->verdict;
	struct buf *out = &disasm->out;

	buf_printf(out, "%s%s: %u instructions, %zu bytes\n", out->len ? "\n" : "", prog->name,
		   prog->nr_insns, prog->nr_insns * sizeof(struct bpf_insn));
	if (!loaded->provider) {
		buf_str(out, "not loaded: ");
		text_escape(out, loaded->why.text, strcspn(loaded->why.text, "\n"));
		buf_char(out, '\n');
		return;
	}
	buf_printf(out, "loaded as %s: %u bytes when translated, %u of machine code\n",
		   loaded->provider, loaded->info.xlated_prog_len, loaded->info.jited_prog_len);
	if (verdict->limit)
		buf_printf(out,
			   "verified: %llu instructions processed of at most %llu, %llu states, "
			   "%llu us, stack %s bytes\n",
			   (unsigned long long)verdict->processed,
			   (unsigned long long)verdict->limit, (unsigned long long)verdict->states,
			   (unsigned long long)verdict->time_us, verdict->stack);
}

static void disasm_json(struct disasm *disasm, const struct object_prog *prog,
			const struct in_kernel *loaded)
{
	const struct verdict *verdict = &loaded->verdict;
	struct buf *out = &disasm->out;

	buf_char(out, '{');
	json_add_text(out, "probe", disasm->session->src.name);
	json_add_text(out, "file", disasm->session->src.path);
	json_add_text(out, "function", prog->name);
	json_add_u64(out, "instructions", prog->nr_insns);
	json_add_u64(out, "bytes", prog->nr_insns * sizeof(struct bpf_insn));
	json_add_text(out, "loaded_as", loaded->provider);
	json_add_text(out, "not_loaded", loaded->provider ? NULL : loaded->why.text);
	if (loaded->provider) {
		json_add_u64(out, "translated_bytes", loaded->info.xlated_prog_len);
		json_add_u64(out, "machine_code_bytes", loaded->info.jited_prog_len);
	}
	if (verdict->limit) {
		json_add_u64(out, "processed", verdict->processed);
		json_add_u64(out, "limit", verdict->limit);
		json_add_u64(out, "states", verdict->states);
		json_add_u64(out, "peak_states", verdict->peak_states);
		json_add_u64(out, "verify_us", verdict->time_us);
		json_add_u64(out, "stack_bytes", verdict->stack_bytes);
		json_add_text(out, "stack", verdict->stack);
	}
}

static void disasm_listing(struct disasm *disasm, const struct listing *listing)
{
	if (disasm->session->run.format != RUN_FORMAT_JSON) {
		listing_text(&disasm->out, listing);
		return;
	}
	json_member(&disasm->out, "insns");
	listing_json(&disasm->out, listing);
}

/* What the kernel made of it: translated BPF, machine code, or both. */
static int disasm_kernel_code(struct disasm *disasm, int fd, struct error *err)
{
	struct kernel_code code = {};
	struct listing listing = { .obj = &disasm->session->obj,
				   .prog = &code.prog,
				   .source = disasm->session->src.path,
				   .symbols = &disasm->symbols };
	bool json = disasm->session->run.format == RUN_FORMAT_JSON;
	struct buf *out = &disasm->out;
	int ret = kernel_code_read(&code, fd, &disasm->session->loaded, err);

	if (!ret && disasm->translated && !json)
		buf_str(out, "translated:\n");
	if (!ret && disasm->translated)
		disasm_listing(disasm, &listing);
	if (!ret && disasm->jited && !code.jited_len) {
		ret = error_set(err, -ENODATA, "the kernel shows no machine code");
		error_hint(err, "net.core.bpf_jit_enable must be 1, and kernel.kptr_restrict 0 or "
				"1");
	} else if (!ret && disasm->jited && json) {
		json_member(out, "machine_code");
		listing_machine_json(out, &listing, &code, &disasm->machine);
	} else if (!ret && disasm->jited) {
		buf_str(out, "machine code");
		if (disasm->machine.missing)
			buf_printf(out, ", not decoded: %s", disasm->machine.missing);
		buf_str(out, ":\n");
		listing_machine(out, &listing, &code, &disasm->machine);
	}
	kernel_code_free(&code);
	return ret;
}

static int disasm_program(struct disasm *disasm, const struct object_prog *prog, struct error *err)
{
	struct listing listing = { .obj = &disasm->session->obj,
				   .prog = prog,
				   .source = disasm->session->src.path };
	struct in_kernel *loaded = calloc(1, sizeof(*loaded));
	bool json = disasm->session->run.format == RUN_FORMAT_JSON;
	int ret = 0;

	if (!loaded)
		return error_sys(err, -ENOMEM, "cannot disassemble");
	disasm_load(disasm, prog, loaded);
	if (json)
		disasm_json(disasm, prog, loaded);
	else
		disasm_text(disasm, prog, loaded);
	if (!disasm->translated && !disasm->jited) {
		disasm_listing(disasm, &listing);
	} else if (loaded->fd >= 0) {
		ret = disasm_kernel_code(disasm, loaded->fd, err);
	} else {
		*err = loaded->why;
		ret = err->code;
	}
	if (json)
		buf_str(&disasm->out, "}\n");
	if (loaded->fd >= 0)
		close(loaded->fd);
	free(loaded);
	return ret;
}

static int disasm_unknown(const struct disasm *disasm, struct error *err)
{
	const struct object *obj = &disasm->session->obj;
	struct near near = { .wanted = disasm->function };

	for (uint32_t i = 0; i < obj->nr_progs; i++) {
		const char *rest;

		near_offer(&near, obj->progs[i].name);
		if (provider_by_function(obj->progs[i].name, &rest))
			near_offer(&near, rest);
	}
	error_set(err, -ENOENT, "%s has no function %s that is a program",
		  disasm->session->src.path, disasm->function);
	if (near_best(&near))
		return error_hint(err, "did you mean %s?", near_best(&near));
	return error_hint(err,
			  "static functions become a part of those that call them; hotprobe "
			  "disasm %s shows all",
			  disasm->session->src.name);
}

/* The end of a function's name says which it is: what stands before is how it is attached. */
static bool disasm_wanted(const struct disasm *disasm, const struct object_prog *prog)
{
	const char *rest;

	if (!disasm->function || strcmp(prog->name, disasm->function) == 0)
		return true;
	return provider_by_function(prog->name, &rest) && strcmp(rest, disasm->function) == 0;
}

static int disasm_all(struct disasm *disasm, struct error *err)
{
	struct session *session = disasm->session;
	bool any = false;
	int ret = 0;

	/* what cannot be loaded can be shown all the same */
	if (!why_may_trace(&disasm->unloaded) && !session_points(session, &disasm->unloaded))
		session_load_maps(session, &disasm->unloaded);
	for (uint32_t i = 0; i < session->obj.nr_progs && !ret; i++) {
		if (!disasm_wanted(disasm, &session->obj.progs[i]))
			continue;
		any = true;
		ret = disasm_program(disasm, &session->obj.progs[i], err);
	}
	if (!ret && !any && disasm->function)
		ret = disasm_unknown(disasm, err);
	else if (!ret && !any)
		ret = error_set(err, -ENOENT, "%s has no function that is a program",
				session->src.path);
	if (!ret && disasm->out.failed)
		ret = error_sys(err, -ENOMEM, "cannot disassemble");
	return ret ?: cmd_print(buf_text(&disasm->out), err);
}

/* Take what is disasm's own out of the arguments: its options and the word behind the probe. */
static char **disasm_args(struct disasm *disasm, int *argc, char **argv, const char *probe)
{
	char **args = calloc((size_t)*argc + 1, sizeof(*args));
	int nr = 0;

	for (int i = 0; args && i < *argc; i++) {
		if (strcmp(argv[i], "--xlated") == 0)
			disasm->translated = true;
		else if (strcmp(argv[i], "--jited") == 0)
			disasm->jited = true;
		else if (i && argv[i - 1] == probe && argv[i][0] != '-')
			disasm->function = argv[i];
		else
			args[nr++] = argv[i];
	}
	*argc = nr;
	return args;
}

static int disasm_run(struct disasm *disasm, int argc, char **argv, struct error *err)
{
	struct session *session = disasm->session;
	int ret = session_open(session, argc, argv, err);

	if (ret)
		return ret;
	if (session->run.help || session->run.version)
		return session->run.help ? usage_probe(&session->doc, err) : usage_version(err);
	if (session->run.format == RUN_FORMAT_CSV)
		return error_usage(err, "-o csv: hotprobe disasm has no such form; it has json");
	if (disasm->jited)
		machine_open(&disasm->machine);
	ret = session_expand(session, err);
	ret = ret ?: session_compile(session, err);
	return ret ?: disasm_all(disasm, err);
}

int cmd_disasm(int argc, char **argv, struct error *err)
{
	struct disasm *disasm = calloc(1, sizeof(*disasm));
	const char *probe = NULL;
	char **args = NULL;
	int ret = options_find_probe(argc, argv, &probe, err);

	if (!disasm)
		return error_sys(err, -ENOMEM, "cannot disassemble");
	if (!ret)
		args = disasm_args(disasm, &argc, argv, probe);
	disasm->session = session_new(-1);
	if (!ret && (!args || !disasm->session))
		ret = error_sys(err, -ENOMEM, "cannot disassemble");
	ret = ret ?: disasm_run(disasm, argc, args, err);
	session_free(disasm->session);
	symbols_free(&disasm->symbols);
	machine_close(&disasm->machine);
	buf_free(&disasm->out);
	free(args);
	free(disasm);
	return ret;
}
