// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile/names.h"
#include "disasm/insn.h"
#include "disasm/listing.h"
#include "disasm/verdict.h"
#include "json_check.h"
#include "object/object.h"
#include "util/buf.h"

#define INSN(c, d, s, o, i)                                                         \
	{                                                                           \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) \
	}

static void test_verdict(void **state)
{
	/* as 6.18 and 5.10 end their logs */
	static const char log[] =
		"processed words of a source line\n"
		"verification time 5465 usec\n"
		"stack depth 104+0+8\n"
		"processed 1675 insns (limit 1000000) max_states_per_insn 4 total_states 34 "
		"peak_states 30 mark_read 9\n";
	struct verdict verdict;

	(void)state;
	assert_true(verdict_parse(&verdict, log));
	assert_int_equal(verdict.processed, 1675);
	assert_int_equal(verdict.limit, 1000000);
	assert_int_equal(verdict.states, 34);
	assert_int_equal(verdict.peak_states, 30);
	assert_int_equal(verdict.time_us, 5465);
	assert_string_equal(verdict.stack, "104+0+8");
	assert_int_equal(verdict.stack_bytes, 112);
	assert_true(verdict_parse(&verdict, "processed 3 insns (limit 4096)"));
	assert_int_equal(verdict.processed, 3);
	assert_int_equal(verdict.states, 0);
	assert_string_equal(verdict.stack, "");
	assert_false(verdict_parse(&verdict, ""));
	assert_false(verdict_parse(&verdict, "; not processed 3 insns\n"));
	assert_int_equal(verdict.processed, 0);
}

/* A program that calls a function of its own and points to one, with all that has a name. */
struct sample {
	struct object obj;
	struct object_map maps[2];
	struct object_prog prog;
	struct bpf_line_info lines[4];
	struct bpf_func_info functions[2];
	struct bpf_insn insns[16];
	struct btf *btf;
	char path[64];
};

static void sample_lines(struct sample *sample, const char *path)
{
	static const uint32_t at[] = { 0, 2, 4, 12 }, line[] = { 2, 3, 3, 5 };
	int name = btf__add_str(sample->btf, path);

	for (int i = 0; i < 4; i++)
		sample->lines[i] = (struct bpf_line_info){ .insn_off = at[i],
							   .file_name_off = (uint32_t)name,
							   .line_col = line[i] << 10 | 2 };
}

static void sample_make(struct sample *sample)
{
	const struct bpf_insn insns[] = {
		INSN(0x18, 1, BPF_PSEUDO_MAP_FD, 0, 1),
		INSN(0, 0, 0, 0, 0),
		INSN(0x18, 2, 0, 0, (int32_t)(CONST_MARK | CONST_PID)),
		INSN(0, 0, 0, 0, (int32_t)(CONST_MARK >> 32)),
		INSN(0x18, 3, BPF_PSEUDO_FUNC, 0, 7),
		INSN(0, 0, 0, 0, 0),
		INSN(0x15, 1, 0, 2, 0),
		INSN(0x85, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(0x85, 0, BPF_PSEUDO_CALL, 0, 3),
		INSN(0x95, 0, 0, 0, 0),
		INSN(0x18, 2, 0, 0, 5),
		INSN(0, 0, 0, 0, 1),
		INSN(0xb7, 0, 0, 0, -1),
		INSN(0x95, 0, 0, 0, 0),
	};
	int proto, type, fd;

	memset(sample, 0, sizeof(*sample));
	snprintf(sample->path, sizeof(sample->path), "/tmp/hotprobe-listing-XXXXXX");
	fd = mkstemp(sample->path);
	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, "one\n\ttwo();\nthree \x1b[31m\nfour\nfive", 33), 0);
	close(fd);
	sample->btf = btf__new_empty();
	type = btf__add_int(sample->btf, "int", 4, BTF_INT_SIGNED);
	proto = btf__add_func_proto(sample->btf, type);
	sample->functions[0].type_id = (uint32_t)btf__add_func(sample->btf, "outer",
							       BTF_FUNC_GLOBAL, proto);
	sample->functions[1].type_id = (uint32_t)btf__add_func(sample->btf, "inner",
							       BTF_FUNC_STATIC, proto);
	sample->functions[1].insn_off = 12;
	sample_lines(sample, sample->path);
	memcpy(sample->insns, insns, sizeof(insns));
	snprintf(sample->maps[1].name, sizeof(sample->maps[1].name), "counts");
	sample->prog = (struct object_prog){
		.name = "outer",
		.insns = sample->insns,
		.nr_insns = sizeof(insns) / sizeof(insns[0]),
		.func_info = sample->functions,
		.nr_func_info = 2,
		.func_info_rec_size = sizeof(sample->functions[0]),
		.line_info = sample->lines,
		.nr_line_info = 4,
		.line_info_rec_size = sizeof(sample->lines[0]),
	};
	sample->obj = (struct object){
		.maps = sample->maps, .nr_maps = 2, .progs = &sample->prog, .nr_progs = 1
	};
	sample->obj.btf = btf__raw_data(sample->btf, &sample->obj.btf_size);
}

static void sample_free(struct sample *sample)
{
	unlink(sample->path);
	btf__free(sample->btf);
}

static void test_text(void **state)
{
	static const char wanted[] = "; 2: two();\n"
				     "     0: (18) r1 = map[counts]\n"
				     "; 3: three \\x1b[31m\n"
				     "     2: (18) r2 = const(pid)\n"
				     "     4: (18) r3 = 0x7 <inner>\n"
				     "     6: (15) if r1 == 0x0 goto pc+2 <9>\n"
				     "     7: (85) call bpf_map_lookup_elem#1\n"
				     "     8: (85) call pc+3 <inner>\n"
				     "     9: (95) exit\n"
				     "    10: (18) r2 = 0x100000005\n"
				     "inner:\n"
				     "; 5: five\n"
				     "    12: (b7) r0 = -1\n"
				     "    13: (95) exit\n";
	struct sample sample;
	struct listing listing = { .obj = &sample.obj,
				   .prog = &sample.prog,
				   .source = sample.path };
	struct buf out = {};

	(void)state;
	sample_make(&sample);
	listing_text(&out, &listing);
	assert_string_equal(buf_text(&out), wanted);
	/* without BTF, and so without lines and names of functions, it is the same code */
	buf_reset(&out);
	sample.obj.btf_size = 0;
	listing_text(&out, &listing);
	assert_null(strchr(buf_text(&out), ';'));
	assert_non_null(strstr(buf_text(&out), "     8: (85) call pc+3\n"));
	buf_free(&out);
	sample_free(&sample);
}

static void test_as_json(void **state)
{
	struct sample sample;
	struct listing listing = { .obj = &sample.obj,
				   .prog = &sample.prog,
				   .source = sample.path };
	struct buf out = {};

	(void)state;
	sample_make(&sample);
	buf_str(&out, "{\"insns\":");
	listing_json(&out, &listing);
	buf_str(&out, "}");
	assert_true(json_line(buf_text(&out), out.len));
	assert_non_null(strstr(out.data, "\"map\":\"counts\""));
	assert_non_null(strstr(out.data, "\"const\":\"pid\""));
	assert_non_null(strstr(out.data, "\"function\":\"inner\""));
	assert_non_null(strstr(out.data, "\"to\":9"));
	assert_non_null(strstr(out.data, "\"line\":5"));
	buf_free(&out);
	sample_free(&sample);
}

/* A program whose jumps and references lead nowhere is not to lead us there. */
static void test_nowhere(void **state)
{
	struct sample sample;
	struct listing listing = { .obj = &sample.obj,
				   .prog = &sample.prog,
				   .source = sample.path };
	struct buf out = {};

	(void)state;
	sample_make(&sample);
	sample.insns[0].imm = 99;
	sample.insns[4].imm = INT32_MAX;
	sample.insns[6].off = -32768;
	sample.insns[8].imm = INT32_MIN;
	sample.prog.nr_insns = 11;
	listing_text(&out, &listing);
	assert_non_null(strstr(buf_text(&out), "map[?]"));
	assert_non_null(strstr(buf_text(&out), "goto pc-32768\n"));
	assert_non_null(strstr(buf_text(&out), "call pc-2147483648\n"));
	buf_reset(&out);
	listing_json(&out, &listing);
	assert_true(out.len > 2);
	buf_free(&out);
	sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_as_json),
		cmocka_unit_test(test_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
