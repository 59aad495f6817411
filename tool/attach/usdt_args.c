// SPDX-License-Identifier: GPL-2.0-only
/*
 * The code that reads the arguments of static probes. A note says where each one is, in the
 * assembler's words: SystemTap's wiki, "UserSpaceProbeImplementation", section "Arguments".
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/attach.h"
#include "attach/usdt.h"
#include "util/buf.h"
#include "util/error.h"

/* One register: its name for each width, and its member in the kernel's struct pt_regs. */
struct usdt_register {
	const char *names[4];
	const char *member;
};

#if defined(__x86_64__)
/* arch/x86/include/asm/ptrace.h */
static const struct usdt_register registers[] = {
	{ { "rax", "eax", "ax", "al" }, "ax" },
	{ { "rbx", "ebx", "bx", "bl" }, "bx" },
	{ { "rcx", "ecx", "cx", "cl" }, "cx" },
	{ { "rdx", "edx", "dx", "dl" }, "dx" },
	{ { "rsi", "esi", "si", "sil" }, "si" },
	{ { "rdi", "edi", "di", "dil" }, "di" },
	{ { "rbp", "ebp", "bp", "bpl" }, "bp" },
	{ { "rsp", "esp", "sp", "spl" }, "sp" },
	{ { "r8", "r8d", "r8w", "r8b" }, "r8" },
	{ { "r9", "r9d", "r9w", "r9b" }, "r9" },
	{ { "r10", "r10d", "r10w", "r10b" }, "r10" },
	{ { "r11", "r11d", "r11w", "r11b" }, "r11" },
	{ { "r12", "r12d", "r12w", "r12b" }, "r12" },
	{ { "r13", "r13d", "r13w", "r13b" }, "r13" },
	{ { "r14", "r14d", "r14w", "r14b" }, "r14" },
	{ { "r15", "r15d", "r15w", "r15b" }, "r15" },
	{ { "rip" }, "ip" },
};
#define NR_REGISTERS (sizeof(registers) / sizeof(registers[0]))
/* An address and its offset in the file are equal in these bits, wherever it is loaded. */
#define PAGE_BITS 0xfffULL
#else
/* Only x86-64's notation is known: elsewhere every argument is one that cannot be read. */
static const struct usdt_register registers[1];
#define NR_REGISTERS 0
#define PAGE_BITS    0xfffULL
#endif

/* The text of a spec that is still to be read. */
struct cursor {
	const char *pos, *end;
};

static bool take(struct cursor *cur, char c)
{
	if (cur->pos == cur->end || *cur->pos != c)
		return false;
	cur->pos++;
	return true;
}

/* A number with its sign, decimal or 0x; false when there is none. */
static bool take_number(struct cursor *cur, long long *number)
{
	char text[32], *end;
	size_t len = (size_t)(cur->end - cur->pos);

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	memcpy(text, cur->pos, len);
	text[len] = '\0';
	if (!isdigit((unsigned char)text[0]) &&
	    !((text[0] == '-' || text[0] == '+') && isdigit((unsigned char)text[1])))
		return false;
	errno = 0;
	*number = strtoll(text, &end, 0);
	if (errno == ERANGE)
		*number = (long long)strtoull(text, &end, 0);
	cur->pos += end - text;
	return true;
}

/* "%rdi" */
static const char *take_register(struct cursor *cur)
{
	size_t len = 0;

	if (!take(cur, '%'))
		return NULL;
	while (cur->pos + len < cur->end && isalnum((unsigned char)cur->pos[len]))
		len++;
	for (size_t i = 0; i < NR_REGISTERS; i++) {
		for (size_t width = 0; width < 4; width++) {
			const char *name = registers[i].names[width];

			if (!name || strlen(name) != len || strncmp(name, cur->pos, len) != 0)
				continue;
			cur->pos += len;
			return registers[i].member;
		}
	}
	return NULL;
}

/* "-20(%rbp)" or "8(%rax,%rbx,4)": the u64 expression of its address */
static bool take_address(struct cursor *cur, char *address, size_t size)
{
	const char *base = NULL, *index = NULL;
	long long displacement = 0, scale = 1;
	int len;

	take_number(cur, &displacement);
	if (!take(cur, '('))
		return false;
	if (cur->pos < cur->end && *cur->pos == '%') {
		base = take_register(cur);
		if (!base)
			return false;
	}
	if (take(cur, ',')) {
		index = take_register(cur);
		if (!index)
			return false;
		if (take(cur, ',') && !take_number(cur, &scale))
			return false;
	}
	if (!take(cur, ')') || (!base && !index))
		return false;
	len = snprintf(address, size, "%s%s%s", base ? "(u64)ctx->" : "", base ? base : "0",
		       index ? " + (u64)ctx->" : "");
	if (index)
		len += snprintf(address + len, size - (size_t)len, "%s * %lldULL", index, scale);
	snprintf(address + len, size - (size_t)len, " + %lluULL", (unsigned long long)displacement);
	return true;
}

int usdt_arg_parse(struct buf *out, const char *spec, size_t len)
{
	struct cursor cur = { .pos = spec, .end = spec + len };
	const char *member;
	char address[160];
	long long size = 0, number;
	unsigned int bits;
	char sign;

	if (!take_number(&cur, &size) || !take(&cur, '@') || NR_REGISTERS == 0)
		return -ENOTSUP;
	sign = size < 0 ? 's' : 'u';
	if (size < 0)
		size = -size;
	if (size != 1 && size != 2 && size != 4 && size != 8)
		return -ENOTSUP;
	bits = (unsigned int)size * 8;
	if (take(&cur, '$')) {
		if (!take_number(&cur, &number) || cur.pos != cur.end)
			return -ENOTSUP;
		buf_printf(out, "(u64)(%c%u)%lluULL", sign, bits, (unsigned long long)number);
	} else if (cur.pos < cur.end && *cur.pos == '%') {
		member = take_register(&cur);
		if (!member || cur.pos != cur.end)
			return -ENOTSUP;
		buf_printf(out, "(u64)(%c%u)ctx->%s", sign, bits, member);
	} else {
		if (!take_address(&cur, address, sizeof(address)) || cur.pos != cur.end)
			return -ENOTSUP;
		buf_printf(out,
			   "({ %c%u v = 0; "
			   "bpf_probe_read_user(&v, sizeof(v), (void *)(%s)); (u64)v; })",
			   sign, bits, address);
	}
	return 0;
}

/* The @n-th argument, from 1, of a location; its length in *len, 0 when it has not that many. */
static const char *arg_spec(const struct usdt_location *location, unsigned int n, size_t *len)
{
	const char *pos = location->args;

	for (;;) {
		while (*pos == ' ')
			pos++;
		*len = strcspn(pos, " ");
		if (*len == 0 || --n == 0)
			return pos;
		pos += *len;
	}
}

/* All places where one function reads arguments: those of all points that it is attached to. */
struct usdt_places {
	const char *function;
	struct usdt_probe *probes;
	unsigned int nr_probes;
	unsigned int max_args;
};

static void places_free(struct usdt_places *places)
{
	while (places->nr_probes > 0)
		usdt_probe_free(&places->probes[--places->nr_probes]);
	free(places->probes);
	places->probes = NULL;
}

static int places_find(struct usdt_places *places, const struct attach_point *points,
		       unsigned int n, struct error *err)
{
	size_t len;

	places->probes = calloc(n, sizeof(*places->probes));
	if (!places->probes)
		return error_set(err, -ENOMEM, "out of memory");
	for (unsigned int i = 0; i < n; i++) {
		struct usdt_probe *probe = &places->probes[places->nr_probes];
		struct error cause = {};

		if (points[i].provider != &provider_usdt ||
		    strcmp(points[i].function, places->function) != 0)
			continue;
		if (usdt_probe_find(&points[i], probe, &cause) < 0) {
			places_free(places);
			return attach_wrap(&points[i], err, &cause);
		}
		places->nr_probes++;
		for (unsigned int l = 0; l < probe->nr_locations; l++)
			while (arg_spec(&probe->locations[l], places->max_args + 1, &len), len > 0)
				places->max_args++;
	}
	return 0;
}

/* One case of the switch over locations. */
struct usdt_case {
	uint64_t ip;
	const char *spec;
	size_t len;
};

/* A function whose use does not compile, with the reason as the compiler's message. */
static void arg_unavailable(struct buf *out, const struct usdt_places *places, unsigned int arg,
			    const char *why, const struct usdt_case *at)
{
	buf_printf(out,
		   "static int _bpf_readarg_%s_%u(struct pt_regs *ctx, void *dest, size_t len) "
		   "__attribute__((unavailable(\"argument %u of %s:%s %s",
		   places->function, arg, arg, places->probes->provider, places->probes->name, why);
	if (at) {
		buf_str(out, ": ");
		/* a note is not ours: nothing in it may end the string */
		for (size_t i = 0; i < at->len; i++)
			buf_char(out, strchr("%$@(),+-._", at->spec[i]) ||
						      isalnum((unsigned char)at->spec[i])
					      ? at->spec[i]
					      : '?');
	}
	buf_str(out, "\")));\n");
}

static bool case_same(const struct usdt_case *a, const struct usdt_case *b)
{
	return a->len == b->len && memcmp(a->spec, b->spec, a->len) == 0;
}

static void arg_function(struct buf *out, const struct usdt_places *places, unsigned int arg,
			 struct usdt_case *cases)
{
	unsigned int nr = 0;
	struct buf body = {};
	bool all_same = true;

	for (unsigned int p = 0; p < places->nr_probes; p++) {
		for (unsigned int l = 0; l < places->probes[p].nr_locations; l++) {
			const struct usdt_location *location = &places->probes[p].locations[l];
			struct usdt_case *one = &cases[nr];
			unsigned int i;

			one->ip = location->offset & PAGE_BITS;
			one->spec = arg_spec(location, arg, &one->len);
			for (i = 0; i < nr && cases[i].ip != one->ip; i++)
				;
			if (i < nr && !case_same(&cases[i], one)) {
				arg_unavailable(
					out, places, arg,
					"is in different places at locations that cannot be "
					"told apart",
					NULL);
				goto out;
			}
			all_same = all_same && case_same(&cases[0], one);
			nr += i == nr;
		}
	}
	if (all_same)
		nr = 1;
	else
		buf_printf(&body, "\tswitch (ctx->ip & 0x%llxULL) {\n", PAGE_BITS);
	for (unsigned int i = 0; i < nr; i++) {
		if (!all_same)
			buf_printf(&body, "\tcase 0x%llxULL:\n", (unsigned long long)cases[i].ip);
		/* a location with fewer arguments than another */
		if (cases[i].len == 0) {
			buf_str(&body, "\treturn -1;\n");
			continue;
		}
		buf_str(&body, "\tvalue = ");
		if (usdt_arg_parse(&body, cases[i].spec, cases[i].len) < 0) {
			arg_unavailable(out, places, arg, "cannot be read by BPF", &cases[i]);
			goto out;
		}
		/* without a barrier in each case the compiler may merge the loads into one from
		 * ctx with an offset in a register, which the verifier refuses */
		buf_printf(&body, ";\n\t__asm__ __volatile__(\"\" : : : \"memory\");\n%s",
			   all_same ? "" : "\tbreak;\n");
	}
	if (!all_same)
		buf_str(&body, "\tdefault: return -1;\n\t}\n");
	buf_printf(out,
		   "static __always_inline int _bpf_readarg_%s_%u(struct pt_regs *ctx, void *dest, "
		   "size_t len)\n{\n\tu64 value = 0;\n\n%s",
		   places->function, arg, buf_text(&body));
	/* the compiler knows len: one of these is left */
	buf_str(out, "\tif (len == 8)\n\t\t*(u64 *)dest = value;\n"
		     "\telse if (len == 4)\n\t\t*(u32 *)dest = (u32)value;\n"
		     "\telse if (len == 2)\n\t\t*(u16 *)dest = (u16)value;\n"
		     "\telse if (len == 1)\n\t\t*(u8 *)dest = (u8)value;\n"
		     "\telse\n\t\treturn -1;\n\treturn 0;\n}\n");
out:
	buf_free(&body);
}

static int function_args(struct buf *out, const struct attach_point *points, unsigned int n,
			 const char *function, struct error *err)
{
	struct usdt_places places = { .function = function };
	unsigned int nr = 0;
	struct usdt_case *cases;
	int ret;

	ret = places_find(&places, points, n, err);
	if (ret < 0)
		return ret;
	for (unsigned int p = 0; p < places.nr_probes; p++)
		nr += places.probes[p].nr_locations;
	cases = calloc(nr, sizeof(*cases));
	for (unsigned int arg = 1; cases && arg <= places.max_args; arg++)
		arg_function(out, &places, arg, cases);
	if (!cases || out->failed)
		ret = error_set(err, -ENOMEM, "out of memory");
	free(cases);
	places_free(&places);
	return ret;
}

int usdt_args(struct buf *out, const struct attach_point *points, unsigned int n, struct error *err)
{
	bool any = false;
	int ret = 0;

	for (unsigned int i = 0; ret == 0 && i < n; i++) {
		unsigned int first = 0;

		if (points[i].provider != &provider_usdt)
			continue;
		/* one set of readers for a function, however many points it has */
		while (points[first].provider != &provider_usdt ||
		       strcmp(points[first].function, points[i].function) != 0)
			first++;
		if (first != i)
			continue;
		if (!any)
			buf_str(out, "#include <uapi/linux/ptrace.h>\n");
		any = true;
		ret = function_args(out, points, n, points[i].function, err);
	}
	return ret;
}
