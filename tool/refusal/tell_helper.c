// SPDX-License-Identifier: GPL-2.0-only
/* A helper that this kernel does not have, or not for this kind of program. */
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "attach/why.h"
#include "object/object.h"
#include "refusal/cause.h"
#include "refusal/helpers.h"
#include "util/text.h"

/* "helper bpf_x#58", "func bpf_x#58", "func unknown#181" */
static bool words_helper(const char *words, char *name, size_t size, int *id)
{
	const char *at = strstr(words, "bpf_"), *hash = strchr(words, '#');

	if (!hash || sscanf(hash, "#%d", id) != 1)
		return false;
	if (at && at < hash)
		snprintf(name, size, "%.*s", (int)text_ident_len(at), at);
	else if (!helper_name(*id, name, size))
		snprintf(name, size, "BPF helper %d", *id);
	return true;
}

/*
 * The ones that lockdown takes away (kernel/trace/bpf_trace.c, LOCKDOWN_BPF_READ_KERNEL): the
 * kernel then acts as if it had none.
 */
static bool reads_kernel(const char *name)
{
	return strcmp(name, "bpf_probe_read") == 0 || strcmp(name, "bpf_probe_read_str") == 0 ||
	       text_starts(name, "bpf_probe_read_kernel") || strcmp(name, "bpf_snprintf_btf") == 0;
}

void tell_helper(struct telling *telling)
{
	const char *provider = telling->in->provider, *since;
	char name[128];
	int id;

	if (!words_helper(telling->log.words, name, sizeof(name), &id)) {
		buf_str(&telling->cause, "this kernel has no such helper");
		return;
	}
	since = helper_since(id);
	if (helper_is_newer(id, telling->in->release)) {
		buf_printf(&telling->cause, "%s() exists since Linux %s, and this is %s", name,
			   since, telling->in->release);
		return;
	}
	if (reads_kernel(name) && why_lockdown() == LOCKDOWN_CONFIDENTIALITY) {
		buf_printf(&telling->cause,
			   "%s() reads kernel memory, which this kernel forbids: it is locked down "
			   "(confidentiality)",
			   name);
		buf_reset(&telling->advice);
		buf_str(&telling->advice, "boot with lockdown=integrity or lockdown=none");
		return;
	}
	buf_printf(&telling->cause, "%s() cannot be called by a %s program", name, provider);
	if (since)
		buf_printf(&telling->cause, " (the helper itself exists since Linux %s)", since);
	if (strcmp(name, "bpf_override_return") == 0) {
		buf_reset(&telling->advice);
		buf_str(&telling->advice, "it is for kprobes at functions marked with "
					  "ALLOW_ERROR_INJECTION, on kernels with "
					  "CONFIG_BPF_KPROBE_OVERRIDE");
	}
}

/* The call of a function of the kernel's: "kernel btf_id 134217727 is not a function" and others.
 */
void tell_kfunc(struct telling *telling)
{
	const struct object_prog *prog = telling->in->prog;
	int id = 0;

	/* found before the verifier has walked anything */
	sscanf(telling->log.words, "kernel btf_id %d", &id);
	for (uint32_t i = 0; i < prog->nr_insns && telling->insn < 0; i++)
		if (prog->insns[i].code == (BPF_JMP | BPF_CALL) &&
		    prog->insns[i].src_reg == BPF_PSEUDO_KFUNC_CALL &&
		    (!id || prog->insns[i].imm == id))
			telling->insn = (int)i;
}
