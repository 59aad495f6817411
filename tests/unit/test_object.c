// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "object/object.h"
#include "packet.h"

#define LD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

/* An object with all that one can have; tests break one thing of it. */
struct sample {
	struct object_map maps[3];
	struct object_prog progs[2];
	struct schema schemas[1];
	struct bpf_insn insns[4];
	struct bpf_func_info func;
	struct bpf_line_info line;
	struct object obj;
};

static struct schema_field *sample_field(struct schema *schema, const char *name, uint32_t kind,
					 uint32_t offset, uint32_t size)
{
	struct schema_field *field = &schema->fields[schema->nr_fields++];

	snprintf(field->name, sizeof(field->name), "%s", name);
	snprintf(field->type, sizeof(field->type), "u32");
	field->kind = kind;
	field->offset = offset;
	field->size = size;
	return field;
}

static struct sample *sample_new(void)
{
	struct sample *s = calloc(1, sizeof(*s));
	struct schema_field *field;

	assert_non_null(s);
	for (int i = 0; i < 3; i++) {
		snprintf(s->maps[i].name, OBJECT_NAME_MAX, "map%d", i);
		s->maps[i].type = BPF_MAP_TYPE_HASH;
		s->maps[i].inner = i == 2 ? 0 : -1;
	}
	s->insns[0] = (struct bpf_insn){ .code = LD_IMM64, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 2 };
	s->insns[2] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K };
	s->insns[3] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	for (int i = 0; i < 2; i++) {
		struct object_prog *prog = &s->progs[i];

		snprintf(prog->name, OBJECT_NAME_MAX, "prog%d", i);
		prog->insns = s->insns;
		prog->nr_insns = 4;
		prog->func_info = &s->func;
		prog->func_info_rec_size = sizeof(s->func);
		prog->nr_func_info = 1;
		prog->line_info = &s->line;
		prog->line_info_rec_size = sizeof(s->line);
		prog->nr_line_info = 1;
	}
	snprintf(s->schemas[0].name, SCHEMA_NAME_MAX, "events");
	snprintf(s->schemas[0].type, SCHEMA_NAME_MAX, "event");
	s->schemas[0].size = 64;
	sample_field(&s->schemas[0], "pid", FIELD_UINT, 0, 4);
	sample_field(&s->schemas[0], "comm", FIELD_TEXT, 4, 16);
	field = sample_field(&s->schemas[0], "list", FIELD_ARRAY, 24, 8);
	field->elem_size = 4;
	field = sample_field(&s->schemas[0], "file", FIELD_TEXT, 36, 28);
	field->sized = 1;
	field->size_offset = 32;
	field = sample_field(&s->schemas[0], "bits", FIELD_UINT, 0, 0);
	field->bit_offset = 509;
	field->bit_size = 3;
	s->obj = (struct object){
		.maps = s->maps,
		.nr_maps = 3,
		.progs = s->progs,
		.nr_progs = 2,
		.schemas = s->schemas,
		.nr_schemas = 1,
		.btf = "BTF",
		.btf_size = 3,
		.license = "GPL",
		.kern_version = 0x61200,
	};
	return s;
}

static int write_and_read(const struct object *obj, struct object *again, const char **why)
{
	struct buf buf = {};
	char *memory;
	size_t len;

	assert_int_equal(object_write(&buf, obj), 0);
	memory = packet_copy(buf.data, buf.len);
	len = buf.len;
	buf_free(&buf);
	return object_read(again, memory, len, why);
}

static void test_round_trip(void **state)
{
	struct sample *s = sample_new();
	struct object again;
	const char *why;

	(void)state;
	assert_int_equal(write_and_read(&s->obj, &again, &why), 0);
	assert_int_equal(again.nr_maps, 3);
	assert_memory_equal(again.maps, s->maps, sizeof(s->maps));
	assert_int_equal(again.nr_progs, 2);
	assert_string_equal(again.progs[1].name, "prog1");
	assert_memory_equal(again.progs[1].insns, s->insns, sizeof(s->insns));
	assert_int_equal((uintptr_t)again.progs[1].insns % 8, 0);
	assert_memory_equal(again.progs[0].func_info, &s->func, sizeof(s->func));
	assert_memory_equal(again.progs[0].line_info, &s->line, sizeof(s->line));
	assert_int_equal(again.nr_schemas, 1);
	assert_memory_equal(again.schemas, s->schemas, sizeof(s->schemas));
	assert_int_equal(again.btf_size, 3);
	assert_memory_equal(again.btf, "BTF", 3);
	assert_string_equal(again.license, "GPL");
	assert_int_equal(again.kern_version, 0x61200);
	assert_int_equal(object_find_map(&again, "map1"), 1);
	assert_int_equal(object_find_map(&again, "map"), -1);
	object_free(&again);
	assert_null(again.memory);
	free(s);
}

/* growing over several powers of two, up to the limit and one beyond */
/* What --watch asks after an edit. */
static void test_same_program(void **state)
{
	struct sample *a = sample_new(), *b = sample_new();

	(void)state;
	assert_true(object_same_program(&a->obj, &b->obj));
	/* where the lines are does not matter, nor what numbers the types have */
	b->line.line_off = 77;
	b->maps[0].btf_key = 5;
	b->obj.btf = "FTB";
	assert_true(object_same_program(&a->obj, &b->obj));

#define ASSERT_MATTERS(member, change)                               \
	do {                                                         \
		member += (change);                                  \
		assert_false(object_same_program(&a->obj, &b->obj)); \
		member -= (change);                                  \
		assert_true(object_same_program(&a->obj, &b->obj));  \
	} while (0)
	ASSERT_MATTERS(b->obj.nr_maps, -1);
	ASSERT_MATTERS(b->obj.nr_progs, -1);
	ASSERT_MATTERS(b->obj.nr_schemas, -1);
	ASSERT_MATTERS(b->maps[1].name[0], 1);
	ASSERT_MATTERS(b->maps[1].type, 1);
	ASSERT_MATTERS(b->maps[1].key_size, 1);
	ASSERT_MATTERS(b->maps[1].value_size, 1);
	ASSERT_MATTERS(b->maps[1].max_entries, 1);
	ASSERT_MATTERS(b->maps[1].flags, 1);
	ASSERT_MATTERS(b->maps[1].inner, 1);
	ASSERT_MATTERS(b->progs[1].name[0], 1);
	ASSERT_MATTERS(b->progs[1].nr_insns, -1);
	ASSERT_MATTERS(b->insns[2].imm, 1);
	ASSERT_MATTERS(b->schemas[0].fields[1].name[0], 1);
	ASSERT_MATTERS(b->schemas[0].fields[1].size, 1);
	b->obj.license = "MIT";
	assert_false(object_same_program(&a->obj, &b->obj));
	free(a);
	free(b);
}

static void test_map_count(void **state)
{
	struct sample *s = sample_new();
	struct object_map *maps = calloc(OBJECT_MAPS_MAX + 1, sizeof(*maps));
	struct object again;
	const char *why;

	(void)state;
	assert_non_null(maps);
	for (int i = 0; i <= OBJECT_MAPS_MAX; i++) {
		snprintf(maps[i].name, OBJECT_NAME_MAX, "m%d", i);
		maps[i].inner = -1;
	}
	s->obj.maps = maps;
	for (uint32_t nr = 3; nr <= OBJECT_MAPS_MAX; nr += 23) {
		s->obj.nr_maps = nr;
		assert_int_equal(write_and_read(&s->obj, &again, &why), 0);
		assert_memory_equal(again.maps, maps, nr * sizeof(*maps));
		object_free(&again);
	}
	s->obj.nr_maps = OBJECT_MAPS_MAX;
	assert_int_equal(write_and_read(&s->obj, &again, &why), 0);
	object_free(&again);
	s->obj.nr_maps++;
	assert_int_equal(write_and_read(&s->obj, &again, &why), -EBADMSG);
	assert_null(again.maps);
	free(maps);
	free(s);
}

/* ---- nonsense under a good seal ------------------------------------------------------------ */

static void map_without_name(struct sample *s)
{
	s->maps[1].name[0] = '\0';
}

static void map_name_open(struct sample *s)
{
	memset(s->maps[1].name, 'x', OBJECT_NAME_MAX);
}

static void inner_is_itself(struct sample *s)
{
	s->maps[2].inner = 2;
}

static void inner_comes_later(struct sample *s)
{
	s->maps[0].inner = 1;
}

static void inner_negative(struct sample *s)
{
	s->maps[2].inner = INT32_MIN;
}

static void prog_name_open(struct sample *s)
{
	memset(s->progs[0].name, 'x', OBJECT_NAME_MAX);
}

static void prog_empty(struct sample *s)
{
	s->progs[1].nr_insns = 0;
}

static void insns_end_in_the_middle(struct sample *s)
{
	s->progs[1].nr_insns = 1;
}

static void map_index_too_large(struct sample *s)
{
	s->insns[0].imm = 3;
}

static void map_index_negative(struct sample *s)
{
	s->insns[0].imm = -1;
}

static void direct_value(struct sample *s)
{
	s->insns[0].src_reg = BPF_PSEUDO_MAP_VALUE;
}

static void schema_name_open(struct sample *s)
{
	memset(s->schemas[0].name, 'x', SCHEMA_NAME_MAX);
}

static void schema_type_open(struct sample *s)
{
	memset(s->schemas[0].type, 'x', SCHEMA_NAME_MAX);
}

static void schema_too_many_fields(struct sample *s)
{
	s->schemas[0].nr_fields = SCHEMA_FIELDS_MAX + 1;
}

static void schema_huge_count(struct sample *s)
{
	s->schemas[0].nr_fields = UINT32_MAX;
}

static void schema_of_nothing(struct sample *s)
{
	s->schemas[0].role = SCHEMA_VALUE + 1;
}

static void field_without_name(struct sample *s)
{
	s->schemas[0].fields[1].name[0] = '\0';
}

static void field_type_open(struct sample *s)
{
	memset(s->schemas[0].fields[1].type, 'x', SCHEMA_NAME_MAX);
}

static void field_kind_zero(struct sample *s)
{
	s->schemas[0].fields[0].kind = 0;
}

static void field_kind_unknown(struct sample *s)
{
	s->schemas[0].fields[0].kind = FIELD_ARRAY + 1;
}

static void field_behind_event(struct sample *s)
{
	s->schemas[0].fields[0].offset = 61;
}

static void field_wraps(struct sample *s)
{
	s->schemas[0].fields[1].offset = UINT32_MAX - 8;
}

static void size_behind_event(struct sample *s)
{
	s->schemas[0].fields[3].size_offset = 61;
}

static void bits_behind_event(struct sample *s)
{
	s->schemas[0].fields[4].bit_offset = 510;
}

static void bits_wrap(struct sample *s)
{
	s->schemas[0].fields[4].bit_offset = UINT32_MAX;
}

static void too_many_bits(struct sample *s)
{
	s->schemas[0].fields[4].bit_offset = 0;
	s->schemas[0].fields[4].bit_size = 65;
}

static void number_of_three_bytes(struct sample *s)
{
	s->schemas[0].fields[0].size = 3;
}

static void element_of_no_bytes(struct sample *s)
{
	s->schemas[0].fields[2].elem_size = 0;
}

static void element_of_sixteen_bytes(struct sample *s)
{
	s->schemas[0].fields[2].elem_size = 16;
}

static void test_nonsense(void **state)
{
	static const struct {
		const char *name;
		void (*damage)(struct sample *s);
		const char *why;
	} cases[] = {
		{ "map_without_name", map_without_name, "map has no name" },
		{ "map_name_open", map_name_open, "map has no name" },
		{ "inner_is_itself", inner_is_itself, "inner map" },
		{ "inner_comes_later", inner_comes_later, "inner map" },
		{ "inner_negative", inner_negative, "inner map" },
		{ "prog_name_open", prog_name_open, "program has no name" },
		{ "prog_empty", prog_empty, "no instructions" },
		{ "insns_end_in_the_middle", insns_end_in_the_middle, "in the middle" },
		{ "map_index_too_large", map_index_too_large, "a map that is not there" },
		{ "map_index_negative", map_index_negative, "a map that is not there" },
		{ "direct_value", direct_value, "no map" },
		{ "schema_name_open", schema_name_open, "no name" },
		{ "schema_type_open", schema_type_open, "no name" },
		{ "schema_too_many_fields", schema_too_many_fields, "too many fields" },
		{ "schema_huge_count", schema_huge_count, "too many fields" },
		{ "schema_of_nothing", schema_of_nothing, "nothing that is known" },
		{ "field_without_name", field_without_name, "field has no name" },
		{ "field_type_open", field_type_open, "field has no name" },
		{ "field_kind_zero", field_kind_zero, "unknown kind" },
		{ "field_kind_unknown", field_kind_unknown, "unknown kind" },
		{ "field_behind_event", field_behind_event, "outside" },
		{ "field_wraps", field_wraps, "outside" },
		{ "size_behind_event", size_behind_event, "outside" },
		{ "bits_behind_event", bits_behind_event, "outside" },
		{ "bits_wrap", bits_wrap, "outside" },
		{ "too_many_bits", too_many_bits, "outside" },
		{ "number_of_three_bytes", number_of_three_bytes, "impossible size" },
		{ "element_of_no_bytes", element_of_no_bytes, "impossible size" },
		{ "element_of_sixteen_bytes", element_of_sixteen_bytes, "impossible size" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sample *s = sample_new();
		struct object again;
		const char *why = NULL;

		cases[i].damage(s);
		if (write_and_read(&s->obj, &again, &why) != -EBADMSG || !why ||
		    !strstr(why, cases[i].why))
			fail_msg("%s: %s", cases[i].name, why ? why : "taken");
		free(s);
	}
}

/* an empty licence is text, too: only a missing one is not */
static void test_empty_license(void **state)
{
	struct sample *s = sample_new();
	struct object again;
	const char *why;

	(void)state;
	s->obj.license = "";
	assert_int_equal(write_and_read(&s->obj, &again, &why), 0);
	assert_string_equal(again.license, "");
	object_free(&again);
	free(s);
}

/* Leave out, repeat or move each piece of a good packet. */
static void test_pieces_out_of_order(void **state)
{
	struct sample *s = sample_new();
	struct buf whole = {};
	struct unpack in;
	struct piece pieces[32];
	unsigned int nr = 0;
	const char *why;

	(void)state;
	assert_int_equal(object_write(&whole, &s->obj), 0);
	assert_int_equal(unpack_begin(&in, whole.data, whole.len, PACK_OBJECT, &why), 0);
	while (unpack_next(&in, &pieces[nr]) > 0)
		assert_true(++nr < 32);
	for (unsigned int out = 0; out < nr; out++)
		for (unsigned int to = 0; to <= nr; to++) {
			struct object again;
			struct buf buf = {};
			int ret;

			pack_begin(&buf, PACK_OBJECT);
			for (unsigned int i = 0; i < nr; i++) {
				if (i == to)
					pack_piece(&buf, pieces[out].tag, pieces[out].data,
						   pieces[out].len);
				if (i != out)
					pack_piece(&buf, pieces[i].tag, pieces[i].data,
						   pieces[i].len);
			}
			pack_end(&buf);
			why = NULL;
			ret = object_read(&again, buf.data, buf.len, &why);
			if (ret)
				assert_non_null(why);
			else
				for (uint32_t i = 0; i < again.nr_progs; i++)
					assert_true(again.progs[i].insns &&
						    again.progs[i].func_info &&
						    again.progs[i].line_info);
			object_free(&again);
		}
	buf_free(&whole);
	free(s);
}

/* Pointers in a program's piece are never taken from outside. */
static void test_pointers_are_dropped(void **state)
{
	struct object_prog prog = { .name = "p", .nr_insns = 4, .insns = (void *)0x10 };
	struct object again;
	struct buf buf = {};
	const char *why = NULL;

	(void)state;
	pack_begin(&buf, PACK_OBJECT);
	pack_piece(&buf, 2, &prog, sizeof(prog));
	pack_text(&buf, 8, "GPL");
	pack_end(&buf);
	assert_int_equal(object_read(&again, buf.data, buf.len, &why), -EBADMSG);
	assert_non_null(strstr(why, "no instructions"));
}

/* counts in a program's piece that its instructions do not bear out, also when they overflow */
static void test_counts(void **state)
{
	static const uint32_t counts[] = { 3, 5, 0x20000004, 0x80000004, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		for (int what = 0; what < 3; what++) {
			struct sample *s = sample_new();
			struct buf buf = {};
			struct object again;
			const char *why = NULL;
			struct object_prog prog = s->progs[0];

			pack_begin(&buf, PACK_OBJECT);
			for (int m = 0; m < 3; m++)
				pack_piece(&buf, 1, &s->maps[m], sizeof(s->maps[m]));
			if (what == 0)
				prog.nr_insns = counts[i];
			else if (what == 1)
				prog.nr_func_info = counts[i];
			else
				prog.nr_line_info = counts[i];
			pack_piece(&buf, 2, &prog, sizeof(prog));
			pack_piece(&buf, 3, s->insns, sizeof(s->insns));
			pack_piece(&buf, 4, &s->func, sizeof(s->func));
			pack_piece(&buf, 5, &s->line, sizeof(s->line));
			pack_text(&buf, 8, "GPL");
			pack_end(&buf);
			assert_int_equal(object_read(&again, buf.data, buf.len, &why), -EBADMSG);
			assert_non_null(why);
			free(s);
		}
}

static void test_broken_packets(void **state)
{
	struct sample *s = sample_new();
	struct buf buf = {};
	struct object again;
	const char *why;

	(void)state;
	assert_int_equal(object_write(&buf, &s->obj), 0);
	for (size_t i = 0; i < buf.len; i++) {
		char *copy = packet_copy(buf.data, buf.len);

		copy[i] = (char)~copy[i];
		why = NULL;
		assert_int_equal(object_read(&again, copy, buf.len, &why), -EBADMSG);
		assert_non_null(why);
		assert_null(again.memory);
	}
	for (size_t len = 0; len < buf.len; len++) {
		why = NULL;
		assert_int_equal(object_read(&again, packet_copy(buf.data, len), len, &why),
				 -EBADMSG);
		assert_non_null(why);
	}
	buf_free(&buf);
	free(s);
}

/* Any byte but the checksum's says something else: taken or refused, never a crash. */
static void test_sealed_nonsense(void **state)
{
	struct sample *s = sample_new();
	struct buf buf = {};
	unsigned int refused = 0;

	(void)state;
	/* one schema has 64 fields' room, which takes long under the sanitizers */
	s->obj.nr_schemas = 0;
	assert_int_equal(object_write(&buf, &s->obj), 0);
	for (size_t i = PACK_HEADER_SIZE; i < buf.len; i++)
		for (int bit = 0; bit < 8; bit += 7) {
			struct object again;
			const char *why = NULL;

			buf.data[i] ^= (char)(1 << bit);
			packet_reseal(&buf);
			if (object_read(&again, packet_copy(buf.data, buf.len), buf.len, &why)) {
				assert_non_null(why);
				refused++;
			}
			object_free(&again);
			buf.data[i] ^= (char)(1 << bit);
		}
	assert_true(refused > 100);
	buf_free(&buf);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_same_program),
		cmocka_unit_test(test_map_count),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_empty_license),
		cmocka_unit_test(test_pieces_out_of_order),
		cmocka_unit_test(test_pointers_are_dropped),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_broken_packets),
		cmocka_unit_test(test_sealed_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
