// SPDX-License-Identifier: GPL-2.0-only
/*
 * LLVM's own words, from making BPF instructions (llvm/lib/Target/BPF). It names the function and
 * the line, but the column is one of what libbcc has made of the line.
 */
#include <string.h>

#include "diagnose/scene.h"
#include "util/text.h"

static const struct {
	const char *says, *text, *hint;
} causes[] = {
	{ "too many args to", "a call has more than the five arguments that BPF has room for",
	  "put them into a struct and hand over its address, or make the function static inline" },
	{ "stack arguments are not supported",
	  "a call has more than the five arguments that BPF has room for",
	  "put them into a struct and hand over its address, or make the function static inline" },
	{ "defined with too many args",
	  "a function has more than the five parameters that BPF has room for",
	  "put them into a struct and hand over its address, or make the function static inline" },
	{ "only small returns supported", "a function that is called cannot return a struct",
	  "make it static inline" },
	{ "aggregate returns are not supported", "a function that is called cannot return a struct",
	  "make it static inline" },
	{ "signed division", "BPF has no signed division",
	  "convert both sides: (u64)a / (u64)b, after a look at the sign" },
	{ "unsupported dynamic stack allocation", "an array on the stack has no constant length",
	  "give it one" },
	{ "A call to built-in function 'memcpy'",
	  "a copy is too large, or of no constant length, to be written out",
	  "copy less than 1 KB by __builtin_memcpy(), or read it by read_kernel()" },
	{ "A call to built-in function",
	  "this needs a function of the C library, which is not there in BPF", "" },
	{ "A call to global function", "a function that is called has no code here", "" },
	{ "Invalid usage of the XADD return value",
	  "the result of __sync_fetch_and_add() cannot be used on this BPF",
	  "call it for its effect alone, then read the value" },
	{ "unsupported float", "BPF has no floating point",
	  "count in units that are small enough" },
};

bool explain_backend(struct scene *scene, size_t at, struct said *said)
{
	static const char in[] = "in function ";
	const char *message = scene->diags->list[at].message, *function;

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (!strstr(message, causes[i].says))
			continue;
		function = text_starts(message, in) ? message + strlen(in) : "";
		if (*function)
			buf_printf(&said->text,
				   "in the function %.*s: ", (int)text_ident_len(function),
				   function);
		buf_str(&said->text, causes[i].text);
		buf_str(&said->hint, causes[i].hint);
		return true;
	}
	return false;
}
