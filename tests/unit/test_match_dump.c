// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is found in dumps of clang's syntax tree. tests/fixtures/dump/llvm-*.txt are what each of
 * these versions printed for one probe, "with blank/shapes.c" and the own.h that it includes, with
 * the headers of Linux 6.1, 6.12 and 7.2.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/access.h"
#include "match/dump.h"
#include "util/buf.h"
#include "util/text.h"

#define SHAPES "with blank/shapes.c"
#define OWN    "with blank/own.h"

/* Stands for clang: what it says of a field follows from the field's name. */
struct clang {
	struct dump_ask ask;
	const char *dump;
	const char *const *words; /* what is said next of an expression */
};

/* "tgid" of "->tgid 0x5582"; an anonymous member, which has no name or a type's, is at 0 */
static uint64_t fake_offset(const struct dump_ask *ask, uint64_t field)
{
	const struct clang *clang = (const struct clang *)ask;
	char address[32];
	const char *at, *name;
	uint64_t offset = 0;

	snprintf(address, sizeof(address), " 0x%" PRIx64, field);
	for (at = clang->dump; (at = strstr(at, address)) != NULL; at++) {
		name = at;
		while (name > clang->dump && (text_ident_len(name - 1)))
			name--;
		if (name == at || (name[-1] != '.' && name[-1] != '>'))
			continue;
		for (; name < at; name++)
			offset = 3 * offset + 8 * (unsigned char)*name;
		return offset;
	}
	return 0;
}

static uint64_t offset_of(const char *name)
{
	uint64_t offset = 0;

	for (; *name; name++)
		offset = 3 * offset + 8 * (unsigned char)*name;
	return offset;
}

static uint64_t fake_width(const struct dump_ask *ask, uint64_t field)
{
	(void)ask;
	(void)field;
	return 3;
}

static uint64_t fake_size(const struct dump_ask *ask, uint64_t expr)
{
	(void)ask;
	(void)expr;
	return 3200;
}

static int64_t fake_value(const struct dump_ask *ask, uint64_t expr)
{
	(void)ask;
	(void)expr;
	return -5;
}

static bool fake_is_own(const struct dump_ask *ask, const char *name, size_t len)
{
	(void)ask;
	return (len == strlen(SHAPES) && strncmp(name, SHAPES, len) == 0) ||
	       (len == strlen(OWN) && strncmp(name, OWN, len) == 0);
}

static void fake_words(const struct dump_ask *ask, uint64_t expr, char *words, size_t size)
{
	struct clang *clang = (struct clang *)ask;

	(void)expr;
	snprintf(words, size, "%s", *clang->words ? *clang->words++ : "");
}

static size_t find(const char *dump, const char *const *words, struct access_list *list)
{
	struct clang clang = {
		.ask = { fake_offset, fake_width, fake_size, fake_value, fake_is_own, fake_words },
		.dump = dump,
		.words = words,
	};

	return dump_accesses(dump, strlen(dump), &clang.ask, list);
}

struct expected {
	const char *record;
	const char *member; /* from the last pointer on "|" stands before each that is added up */
	uint64_t size;
	unsigned int line;
	bool own, element;
};

static const struct expected expected[] = {
	{ "enum", "PIDTYPE_SID", 0, 23, false, false },
	{ "enum", "MM_ANONPAGES", 0, 78, false, false },
	{ "enum", "OWN_SECOND", 0, 79, true, false },
	/* pointers(): macros, casts, qualifiers, embedded records */
	{ "struct task_struct", "tgid", 3200, 28, false, false },
	{ "struct task_struct", "real_parent", 3200, 22, false, false },
	{ "struct task_struct", "prio", 3200, 30, false, false },
	{ "struct task_struct", "rt_priority", 3200, 31, false, false },
	{ "struct task_struct", "policy", 3200, 32, false, false },
	{ "struct task_struct", "static_prio", 3200, 24, false, false },
	{ "struct sched_avg", "load_avg", 3200, 34, false, false },
	{ "struct sched_entity", "avg", 0, 34, false, false },
	{ "struct task_struct", "se", 0, 34, false, false },
	/* by a macro of own.h, told where it is used */
	{ "struct super_block", "s_dev", 3200, 37, false, false },
	{ "struct inode", "i_sb", 3200, 37, false, false },
	{ "struct file", "f_inode", 3200, 37, false, false },
	{ "struct task_struct", "exit_code", 3200, 37, false, false },
	/* anonymous(): members of records that have no name */
	{ "struct inode", "i_rdev", 3200, 42, false, false },
	{ "atomic_t", "counter", 3200, 44, false, false },
	{ "struct inode", "i_count", 0, 44, false, false },
	{ "struct sock_common", "skc_hash", 3200, 45, false, false },
	{ "struct sock", "__sk_common", 0, 45, false, false },
	{ "struct sock", "|sk_backlog.|len", 3200, 46, false, false },
	{ "struct sock", "sk_backlog", 0, 46, false, false },
	{ "struct vm_area_struct", "|shared.|rb", 0, 47, false, false },
	{ "struct vm_area_struct", "shared", 0, 47, false, false },
	/* arrays() */
	{ "struct task_struct", "comm", 0, 54, false, false },
	{ "struct task_struct", "comm", 3200, 56, false, true },
	{ "struct file", "f_flags", 3200, 57, false, false },
	{ "struct fdtable", "fd", 3200, 57, false, false },
	{ "struct rlimit", "rlim_cur", 3200, 58, false, false },
	{ "struct rlimit", "", 3200, 58, false, false },
	{ "struct signal_struct", "rlim", 3200, 58, false, true },
	{ "struct task_struct", "signal", 3200, 58, false, false },
	/* [5][5]: the element that is read first is one of five */
	{ "struct mem_cgroup_per_node", "lru_zone_size", 640, 59, false, true },
	{ "struct task_struct", "comm", 3200, 60, false, false },
	/* own(): the probe's, through pointers and arrays of records without a name */
	{ "struct holder", "p->|x", 3200, 65, true, false },
	{ "struct holder", "p", 3200, 65, true, false },
	{ "struct holder", "|a.|x", 0, 68, true, false },
	{ "struct holder", "a", 3200, 68, true, true },
	{ "struct task_struct", "flags", 3200, 68, false, false },
	{ "struct holder", "|a.|task", 3200, 68, true, false },
	{ "struct from_header", "second", 3200, 69, true, false },
	{ "own_t", "inside", 3200, 69, true, false },
	/* constants() */
	{ "struct iphdr", "version", 3, 75, false, false },
	{ "struct task_struct", "se.avg", 0, 81, false, false },
	{ "struct sock", "__sk_common.skc_rcv_saddr", 0, 81, false, false },
};

/* The member without marks; adds up the offset of what is marked, or of the whole name. */
static uint64_t expected_offset(const char *marked, char *member, size_t size)
{
	uint64_t offset = 0;
	size_t len = 0;

	snprintf(member, size, "%s", marked);
	if (!strchr(marked, '|'))
		return offset_of(marked);
	for (const char *s = marked; *s; s++) {
		char part[64];

		if (*s != '|') {
			member[len++] = *s;
			continue;
		}
		snprintf(part, sizeof(part), "%.*s", (int)strcspn(s + 1, ".|"), s + 1);
		offset += offset_of(part);
	}
	member[len] = '\0';
	return offset;
}

static void check(const struct access *access, const struct expected *is)
{
	char member[128];
	uint64_t offset = expected_offset(is->member, member, sizeof(member));
	bool constant = strcmp(is->record, "enum") == 0;

	assert_string_equal(access->record, is->record);
	assert_string_equal(access->member, member);
	assert_int_equal(access->size, is->size);
	assert_int_equal(access->line, is->line);
	assert_string_equal(access->file, SHAPES);
	assert_int_equal(access->own, is->own);
	assert_int_equal(access->element, is->element);
	assert_int_equal(access->kind, constant		? ACCESS_ENUMERATOR
				       : !is->member[0] ? ACCESS_STRIDE
							: ACCESS_MEMBER);
	if (constant)
		assert_int_equal(access->value, -5);
	else if (strcmp(member, "se.avg") == 0 || strstr(member, "skc_rcv_saddr"))
		assert_int_equal(access->offset, -40);
	else
		assert_int_equal(access->offset, offset);
}

static void test_versions(void **state)
{
	static const char *const files[] = { "14", "19", "21" };
	static const char *const words[] = {
		"__builtin_offsetof(struct task_struct, se.avg)",
		"__builtin_offsetof(struct sock, __sk_common.skc_rcv_saddr)",
		"__builtin_offsetof(struct task_struct, comm[3])",
		NULL,
	};

	(void)state;
	for (size_t v = 0; v < sizeof(files) / sizeof(files[0]); v++) {
		struct access_list list = {};
		struct buf dump = {};
		char path[64];

		snprintf(path, sizeof(path), "tests/fixtures/dump/llvm-%s.txt", files[v]);
		assert_int_equal(buf_read_file(&dump, path, 1 << 20), 0);
		/* the element of an array */
		assert_int_equal(find(buf_text(&dump), words, &list), 1);
		for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]) && i < list.nr; i++)
			check(&list.items[i], &expected[i]);
		assert_int_equal(list.nr, sizeof(expected) / sizeof(expected[0]));
		assert_false(list.failed);
		access_free(&list);
		buf_free(&dump);
	}
}

/* One function, with @body in it. */
static size_t find_in(const char *body, struct access_list *list)
{
	static const char *const words[] = { NULL };
	struct buf dump = {};
	size_t unknown;

	buf_printf(&dump,
		   "FunctionDecl 0x1 <p.c:3:1, line:9:1> line:3:5 f 'int (void)'\n"
		   "`-CompoundStmt 0x2 <col:9, line:9:1>\n%s",
		   body);
	unknown = find(buf_text(&dump), words, list);
	buf_free(&dump);
	return unknown;
}

static void test_places(void **state)
{
	struct access_list list = {};

	(void)state;
	/* a member by a macro of a header, which is used in a statement of two lines */
	find_in("  `-ReturnStmt 0x3 <line:4:2, linux/x.h:77:9>\n"
		"    `-MemberExpr 0x4 <linux/x.h:77:5, col:9> 'int' lvalue ->one 0x10\n"
		"      `-DeclRefExpr 0x5 <p.c:5:9> 'struct x *' lvalue ParmVar 0x6 'x' 'struct x "
		"*'\n",
		&list);
	/* one that is pasted */
	find_in("  `-ReturnStmt 0x3 <line:6:2, col:9>\n"
		"    `-MemberExpr 0x4 <line:7:5, <scratch space>:4:1> 'int' lvalue ->two 0x10\n"
		"      `-DeclRefExpr 0x5 <p.c:7:9> 'struct x *' lvalue ParmVar 0x6 'x' 'struct x "
		"*'\n",
		&list);
	/* one whose place is not known */
	find_in("  `-ReturnStmt 0x3 <line:8:2, col:9>\n"
		"    `-MemberExpr 0x4 <<invalid sloc>> 'int' lvalue ->three 0x10\n"
		"      `-DeclRefExpr 0x5 <<invalid sloc>> 'struct x *' lvalue Var 0x6 'x' 'struct "
		"x *'\n",
		&list);
	assert_int_equal(list.nr, 3);
	for (size_t i = 0; i < list.nr; i++)
		assert_string_equal(list.items[i].file, "p.c");
	assert_int_equal(list.items[0].line, 4);
	assert_int_equal(list.items[1].line, 7);
	assert_int_equal(list.items[2].line, 8);
	access_free(&list);
}

static void test_unknown(void **state)
{
	struct access_list list = {};

	(void)state;
	/* through two pointers, and of what a function returned: no way that has a name */
	assert_int_equal(find_in("  |-MemberExpr 0x4 <col:5> 'int' lvalue ->x 0x10\n"
				 "  | `-ImplicitCastExpr 0x5 <col:5> 'struct (unnamed at p.c:1:1) "
				 "*' <LValueToRValue>\n"
				 "  |   `-UnaryOperator 0x6 <col:5> 'struct (unnamed at p.c:1:1) "
				 "*' lvalue prefix '*'\n"
				 "  |     `-ImplicitCastExpr 0x7 <col:5> 'struct (unnamed at "
				 "p.c:1:1) **' <LValueToRValue>\n"
				 "  |       `-MemberExpr 0x8 <col:5> 'struct (unnamed at p.c:1:1) "
				 "**' lvalue ->pp 0x20\n"
				 "  |         `-DeclRefExpr 0x9 <col:5> 'struct x *' lvalue Var "
				 "0x6 'x' 'struct x *'\n"
				 "  `-MemberExpr 0xa <col:5> 'int' lvalue ->y 0x30\n"
				 "    `-CallExpr 0xb <col:5> 'struct (unnamed at p.c:1:1) *'\n",
				 &list),
			 2);
	assert_int_equal(list.nr, 1);
	assert_string_equal(list.items[0].member, "pp");
	access_free(&list);
}

/* More than can be kept is not forgotten in silence, and the same again needs no more room. */
static void test_many(void **state)
{
	struct access_list list = {};
	/* without looking for fields' names in so much text */
	struct dump_ask ask = { fake_width, fake_width,	 fake_size,
				fake_value, fake_is_own, fake_words };
	struct buf body = {};

	(void)state;
	for (int i = 0; i < 2 * ACCESS_MAX; i++)
		buf_printf(&body,
			   "  |-MemberExpr 0x4 <col:5> 'int' lvalue ->m%d 0x10\n"
			   "  | `-DeclRefExpr 0x9 <col:5> 'struct x *' lvalue Var 0x6 'x'\n",
			   i % ACCESS_MAX);
	assert_int_equal(dump_accesses(buf_text(&body), body.len, &ask, &list), 0);
	assert_int_equal(list.nr, ACCESS_MAX);
	assert_false(list.failed);
	find_in("  |-MemberExpr 0x4 <col:5> 'int' lvalue ->one_more 0x10\n"
		"  | `-DeclRefExpr 0x9 <col:5> 'struct x *' lvalue Var 0x6 'x'\n",
		&list);
	assert_int_equal(list.nr, ACCESS_MAX);
	assert_true(list.failed);
	access_free(&list);
	buf_free(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
