// SPDX-License-Identifier: GPL-2.0-only
/* Any text as a verifier's log: a message comes of it, and nothing breaks. */
#include <errno.h>

#include "fuzz.h"
#include "object/object.h"
#include "refusal/refusal.h"
#include "util/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct error err;
	static struct bpf_insn insns[64];
	struct object_prog prog = { .name = "traced", .nr_insns = 64, .insns = insns };
	struct object obj = { .license = "GPL" };
	char *log = fuzz_text(data, size);
	struct refusal in = { &obj, &prog, "/nosuch.c", "kprobe", "6.1.0", -EACCES, log };

	memset(&err, 0, sizeof(err));
	if (refusal_explain(&in, &err) != -EACCES || !err.text[0])
		abort();
	free(log);
	return 0;
}
