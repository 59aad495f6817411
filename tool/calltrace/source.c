// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "calltrace/source.h"
#include "debuginfo/debuginfo.h"
#include "output/stack.h"
#include "util/text.h"

static size_t look_up(struct debuginfo *info, struct symbols *symbols, uint64_t addr,
		      const struct source_frame **frames)
{
	const struct symbol *symbol = symbols_find(symbols, addr);
	const char *module;
	/* MODULE_NAME_LEN (linux/module.h) */
	char name[64];
	size_t len = symbol ? symbol_module(symbol, &module) : 0;

	if (!symbol)
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)len, len ? module : "");
	return debuginfo_frames(info, name, addr, frames);
}

size_t frame_source(struct debuginfo *info, struct symbols *symbols, uint64_t addr,
		    bool interrupted, const struct source_frame **frames)
{
	/* a call can be the last instruction of its function, or of its line */
	return look_up(info, symbols, interrupted ? addr : addr - 1, frames);
}

const struct source_frame *function_source(struct debuginfo *info, struct symbols *symbols,
					   uint64_t addr)
{
	const struct source_frame *frames;
	size_t nr = look_up(info, symbols, addr, &frames);

	return nr ? &frames[nr - 1] : NULL;
}

/* x86: arch/x86/include/asm/idtentry.h, arch/x86/entry/entry_64_fred.S; arm64: entry.S */
bool frame_interrupts(const char *frame)
{
	static const char *const names[] = { "asm_exc_",
					     "asm_sysvec_",
					     "asm_common_interrupt",
					     "asm_spurious_interrupt",
					     "asm_fred_entrypoint_kernel",
					     "el1_",
					     "el1h_",
					     "el1t_" };

	return text_starts_any(frame, names, sizeof(names) / sizeof(names[0]));
}
