// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <bpf/btf.h>

#include "tree/btf_tree.h"
#include "tree/kernel_config.h"
#include "tree/names.h"
#include "tree/tracepoint_types.h"
#include "util/buf.h"
#include "util/error.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"

/* A folder of its own for each test: dir/tree for the header tree, other files beside it. */
struct fixture {
	char dir[64];
	char tree[80];
	char btf[80];
	struct error err;
	struct buf kconfig;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/test_btf_tree.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->tree, sizeof(f->tree), "%s/tree", f->dir);
	snprintf(f->btf, sizeof(f->btf), "%s/btf", f->dir);
	assert_int_equal(mkdir(f->tree, 0755), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	assert_int_equal(system(command), 0);
	buf_free(&f->kconfig);
	free(f);
	return 0;
}

static void write_text(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, data, len), 0);
	close(fd);
}

/*
 * A little kernel:
 *
 *	typedef unsigned int u32;
 *	struct leaf { int value; };
 *	struct far { struct leaf *leaf; };
 *	struct node { int id; union { struct far *far; long num; }; struct hidden *hidden; };
 *	struct hidden { int secret; };
 *	struct event { int theirs; };
 *	struct holder { struct event event; int after; };
 *	enum color { RED = 1, AF_INET = 7 };
 *	typedef enum { DOOR_OPEN = 3, DOOR_SHUT = 4 } door_t;
 *	struct twin { int first; };  struct twin { long second; };
 *	struct sock_common { short skc_family; };
 *	struct sock { int pad; struct sock_common __sk_common; int low : 3; int high : 5; };
 */
static void write_btf(const struct fixture *f)
{
	struct btf *btf = btf__new_empty();
	int i32, i64, i16, u32, leaf, far, hidden, anon, event, door, common, id;
	const void *raw;
	uint32_t size;

	assert_non_null(btf);
	i32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	i64 = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	i16 = btf__add_int(btf, "short", 2, BTF_INT_SIGNED);
	u32 = btf__add_int(btf, "unsigned int", 4, 0);
	btf__add_typedef(btf, "u32", u32);
	leaf = btf__add_struct(btf, "leaf", 4);
	btf__add_field(btf, "value", i32, 0, 0);
	leaf = btf__add_ptr(btf, leaf);
	far = btf__add_struct(btf, "far", 8);
	btf__add_field(btf, "leaf", leaf, 0, 0);
	far = btf__add_ptr(btf, far);
	hidden = btf__add_struct(btf, "hidden", 4);
	btf__add_field(btf, "secret", i32, 0, 0);
	hidden = btf__add_ptr(btf, hidden);
	anon = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "far", far, 0, 0);
	btf__add_field(btf, "num", i64, 0, 0);
	btf__add_struct(btf, "node", 24);
	btf__add_field(btf, "id", i32, 0, 0);
	btf__add_field(btf, NULL, anon, 64, 0);
	btf__add_field(btf, "hidden", hidden, 128, 0);
	event = btf__add_struct(btf, "event", 4);
	btf__add_field(btf, "theirs", i32, 0, 0);
	btf__add_struct(btf, "holder", 8);
	btf__add_field(btf, "event", event, 0, 0);
	btf__add_field(btf, "after", i32, 32, 0);
	btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", 1);
	btf__add_enum_value(btf, "AF_INET", 7);
	door = btf__add_enum(btf, NULL, 4);
	btf__add_enum_value(btf, "DOOR_OPEN", 3);
	btf__add_enum_value(btf, "DOOR_SHUT", 4);
	btf__add_typedef(btf, "door_t", door);
	btf__add_struct(btf, "twin", 4);
	btf__add_field(btf, "first", i32, 0, 0);
	btf__add_struct(btf, "twin", 8);
	btf__add_field(btf, "second", i64, 0, 0);
	common = btf__add_struct(btf, "sock_common", 2);
	btf__add_field(btf, "skc_family", i16, 0, 0);
	id = btf__add_struct(btf, "sock", 12);
	assert_true(id > 0);
	btf__add_field(btf, "pad", i32, 0, 0);
	btf__add_field(btf, "__sk_common", common, 32, 0);
	btf__add_field(btf, "low", i32, 64, 3);
	assert_int_equal(btf__add_field(btf, "high", i32, 67, 5), 0);
	raw = btf__raw_data(btf, &size);
	assert_non_null(raw);
	write_text(f->btf, raw, size);
	btf__free(btf);
}

static void read_file(const struct fixture *f, const char *file, struct buf *out)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->tree, file);
	buf_reset(out);
	assert_int_equal(buf_read_file(out, path, 1 << 24), 0);
}

static bool exists(const struct fixture *f, const char *file)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->tree, file);
	return !access(path, F_OK);
}

static void make(struct fixture *f, const char *text, const char *config)
{
	int ret;

	write_btf(f);
	ret = btf_tree_write(f->tree, f->btf, text, "", "6.1.300-test", config, &f->err);
	if (ret)
		print_error("%s\n", f->err.text);
	assert_int_equal(ret, 0);
	read_file(f, "include/linux/kconfig.h", &f->kconfig);
}

#define HAS(f, text)	assert_non_null(strstr(buf_text(&(f)->kconfig), text))
#define HAS_NO(f, text) assert_null(strstr(buf_text(&(f)->kconfig), text))

/* Compile @text in the tree as libbcc does; the exit status of the compiler. */
static int compile(const struct fixture *f, const char *text)
{
	char path[100], command[512];
	int status;

	snprintf(path, sizeof(path), "%s/probe.c", f->dir);
	write_text(path, text, strlen(text));
	snprintf(command, sizeof(command),
		 "cd '%s' && cc -fsyntax-only -nostdinc -Werror -Wno-unused -Iinclude "
		 "-Iinclude/uapi -include ./include/linux/kconfig.h '%s'",
		 f->tree, path);
	status = system(command);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_only_what_is_reached(void **state)
{
	static const char text[] =
		"int f(struct node *node) { return node->far->leaf->value; }\n"
		"/* hidden RED */ char *s = \"hidden RED \\\" hidden\";\n"
		"_Static_assert(__builtin_offsetof(struct node, far) == 8, \"\");\n"
		"_Static_assert(sizeof(struct node) == 24, \"\");\n";
	struct fixture *f = *state;

	make(f, text, NULL);
	HAS(f, "struct leaf {");
	HAS(f, "struct far {");
	HAS(f, "struct hidden;");
	HAS_NO(f, "struct hidden {");
	HAS_NO(f, "RED = ");
	HAS_NO(f, "struct holder");
	/* through the unnamed union */
	HAS(f, "_Static_assert(__builtin_offsetof(struct node, far) == 8,");
	assert_int_equal(compile(f, text), 0);
	assert_int_not_equal(compile(f, "int f(struct hidden *h) { return h->secret; }"), 0);
}

static void test_follows_what_is_named(void **state)
{
	struct fixture *f = *state;

	make(f, "int f(struct node *n) { return n->hidden->secret; }", NULL);
	HAS(f, "struct hidden {");
	HAS_NO(f, "struct far {");
}

static void test_enumerators(void **state)
{
	static const char text[] = "int a = AF_INET;\nint b = DOOR_SHUT;\n"
				   "_Static_assert(AF_INET == 7, \"\");\n"
				   "_Static_assert(DOOR_OPEN == 3, \"\");\n";
	struct fixture *f = *state;

	make(f, text, NULL);
	HAS(f, "enum color {");
	/* a macro of the same name would hide the enumerator, and break its declaration */
	HAS_NO(f, "#define AF_INET ");
	HAS(f, "#define AF_INET6 10\n");
	assert_int_equal(compile(f, text), 0);
}

static void test_constant_without_enumerator(void **state)
{
	struct fixture *f = *state;

	make(f, "int a;", NULL);
	HAS(f, "#define AF_INET 2\n");
	HAS_NO(f, "enum color");
	assert_int_equal(compile(f, "_Static_assert(ERESTARTSYS == 512 && S_ISDIR(0040755), \"\");"
				    "_Static_assert(O_NONBLOCK == 04000 && SIGKILL == 9, \"\");"),
			 0);
}

static void test_alias_of_a_member(void **state)
{
	static const char text[] =
		"#include <net/tcp.h>\n"
		"_Static_assert(__builtin_offsetof(struct sock, sk_family) == 4, \"\");\n"
		"int f(struct sock *sk) { return sk->sk_family + sk->high; }\n";
	struct fixture *f = *state;

	make(f, text, NULL);
	HAS(f, "(struct sock_common, skc_family) == 0");
	HAS(f, "(struct sock, __sk_common) == 4");
	assert_int_equal(compile(f, text), 0);
	/* without a header of sockets the name is the probe's own */
	assert_int_equal(compile(f, "struct event { int sk_family; };"), 0);
}

static void test_names_of_the_probe_win(void **state)
{
	static const char text[] =
		"struct __attribute__((packed)) event { u32 mine; };\n"
		"enum { RED, DOOR_SHUT };\n"
		"static inline int min(int a, int b) { return a < b ? a : b; }\n"
		"int f(struct holder *h, struct event *e) { return min(h->after, e->mine); }\n";
	struct fixture *f = *state;

	make(f, text, NULL);
	HAS(f, "struct event___kernel {");
	HAS_NO(f, "RED = ");
	assert_int_equal(compile(f, text), 0);
}

static void test_first_of_two(void **state)
{
	struct fixture *f = *state;

	make(f, "int f(struct twin *t) { return t->first; }", NULL);
	HAS(f, "int first;");
	HAS_NO(f, "second");
}

static void test_config(void **state)
{
	static const char config[] = "# CONFIG_OFF is not set\nCONFIG_ON=y\nCONFIG_MOD=m\n"
				     "CONFIG_HZ=250\nCONFIG_NAME=\"x y\"\nCONFIG_OTHER=y\n";
	static const char text[] =
		"#if !IS_ENABLED(CONFIG_ON) || !IS_ENABLED(CONFIG_MOD) || IS_ENABLED(CONFIG_OFF)\n"
		"#error\n#endif\n"
		"#if IS_BUILTIN(CONFIG_MOD) || !IS_MODULE(CONFIG_MOD) || HZ != 250\n"
		"#error\n#endif\n"
		"char name[] = CONFIG_NAME;\n";
	struct fixture *f = *state;

	make(f, text, config);
	HAS(f, "#define CONFIG_ON 1\n");
	HAS(f, "#define CONFIG_MOD_MODULE 1\n");
	HAS_NO(f, "CONFIG_OFF");
	HAS_NO(f, "CONFIG_OTHER");
	HAS(f, "#define CONFIG_BPF_SYSCALL 1\n");
	assert_int_equal(compile(f, text), 0);
}

static void test_config_unknown(void **state)
{
	struct fixture *f = *state;

	make(f, "", NULL);
	HAS(f, "#define CONFIG_BPF_SYSCALL 1\n");
	HAS(f, "#define CONFIG_ARCH_HAS_SYSCALL_WRAPPER 1\n");
	HAS(f, "#define CONFIG_64BIT 1\n");
}

static void test_headers(void **state)
{
	static const char text[] = "#include <linux/sched.h>\n"
				   "  # include <linux/x-y/z.h> // why\n"
				   "/*\n#include <linux/comment.h>\n*/\n"
				   "#include \"linux/quoted.h\"\n"
				   "#include <linux/../../../escaped.h>\n"
				   "#include </abs/olute.h>\n"
				   "#include <bcc/proto.h>\n"
				   "#include <stdarg.h>\n";
	struct fixture *f = *state;
	struct buf version = { 0 };
	struct stat st;
	char path[128];

	umask(077);
	make(f, text, NULL);
	umask(022);
	assert_true(exists(f, "include/linux/sched.h"));
	assert_true(exists(f, "include/linux/x-y/z.h"));
	assert_false(exists(f, "include/linux/comment.h"));
	assert_false(exists(f, "include/linux/quoted.h"));
	assert_false(exists(f, "include/abs"));
	assert_false(exists(f, "../escaped.h"));
	assert_false(exists(f, "escaped.h"));
	assert_false(exists(f, "include/bcc"));
	assert_false(exists(f, "include/stdarg.h"));
	assert_true(exists(f, "include/uapi/linux/if_packet.h"));
	/* the worker reads it as another user */
	snprintf(path, sizeof(path), "%s/include/linux/kconfig.h", f->tree);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	snprintf(path, sizeof(path), "%s/include/linux", f->tree);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	/* 6.1.300: a sublevel takes eight bits */
	read_file(f, "include/linux/version.h", &version);
	assert_non_null(strstr(buf_text(&version), "#define LINUX_VERSION_CODE 393727\n"));
	buf_free(&version);
	assert_int_equal(
		compile(f, "#include <linux/version.h>\n#include <linux/log2.h>\n"
			   "_Static_assert(LINUX_VERSION_CODE > KERNEL_VERSION(6, 0, 9), \"\");"
			   "_Static_assert(roundup_pow_of_two(1000) == 1024, \"\");"
			   "_Static_assert(roundup_pow_of_two(1024) == 1024, \"\");"
			   "_Static_assert(ilog2(1025) == 10 && is_power_of_2(64), \"\");"),
		0);
}

static void fails(struct fixture *f, int code, const char *message)
{
	int ret = btf_tree_write(f->tree, f->btf, "int x;", "", "6.1.0", NULL, &f->err);

	assert_int_equal(ret, code);
	assert_non_null(strstr(f->err.text, message));
}

static void test_no_btf(void **state)
{
	struct fixture *f = *state;

	fails(f, -ENOENT, f->btf);
	assert_non_null(strstr(f->err.hint, "CONFIG_DEBUG_INFO_BTF"));
	assert_false(exists(f, "include"));
}

static void test_broken_btf(void **state)
{
	struct fixture *f = *state;

	write_btf(f);
	assert_int_equal(truncate(f->btf, 100), 0);
	fails(f, -EINVAL, "holds no valid BTF");
	assert_true(f->err.hint[0]);
	f->err = (struct error){ 0 };
	write_text(f->btf, "", 0);
	fails(f, -EINVAL, "holds no valid BTF");
	f->err = (struct error){ 0 };
	write_text(f->btf, "int main(void) { return 0; } not BTF", 36);
	fails(f, -EINVAL, "holds no valid BTF");
}

static void test_folder_in_use(void **state)
{
	struct fixture *f = *state;

	make(f, "int x;", NULL);
	fails(f, -EEXIST, "include/linux/kconfig.h");
}

static void test_bad_release(void **state)
{
	struct fixture *f = *state;

	write_btf(f);
	assert_int_equal(btf_tree_write(f->tree, f->btf, "", "", "rolling", NULL, &f->err),
			 -EINVAL);
	assert_non_null(strstr(f->err.text, "rolling"));
}

/* The running kernel's own types: gcc lays them out as its BTF says, member by member. */
static void test_this_kernel(void **state)
{
	static const char text[] =
		"#include <linux/sched.h>\n#include <net/sock.h>\n#include <linux/skbuff.h>\n"
		"int f(struct task_struct *t, struct socket *s, struct tcphdr *th, struct pt_regs "
		"*r)\n"
		"{\n"
		"	char comm[TASK_COMM_LEN];\n"
		"	return t->real_parent->tgid + t->mm->arg_start + "
		"t->nsproxy->net_ns->ns.inum +\n"
		"	       s->type + s->sk->sk_family + s->sk->sk_protocol + th->syn +\n"
		"	       s->file->f_path.dentry->d_name.len + "
		"S_ISREG(file_inode(s->file)->i_mode) +\n"
		"	       inet_sk(s->sk)->inet_sport + tcp_sk(s->sk)->snd_cwnd + sizeof(comm) "
		"+\n"
		"	       (s->state == SS_CONNECTED) + div_u64(t->start_time, 10) + "
		"(s->sk->sk_state == TCP_ESTABLISHED);\n"
		"}\n";
	struct fixture *f = *state;
	const char *assertion;
	int ret, count = 0;

	if (access(VMLINUX, R_OK)) {
		print_message("this kernel has no BTF: " VMLINUX " is not there\n");
		skip();
	}
	ret = btf_tree_write(f->tree, VMLINUX, text, "", "6.1.0", NULL, &f->err);
	if (ret)
		print_error("%s\n", f->err.text);
	assert_int_equal(ret, 0);
	read_file(f, "include/linux/kconfig.h", &f->kconfig);
	HAS(f, "(struct task_struct, real_parent) == ");
	HAS(f, "(struct sock_common, skc_family) == ");
	HAS(f, "(struct inode, i_mode) == ");
	assertion = buf_text(&f->kconfig);
	while ((assertion = strstr(assertion, "_Static_assert(__builtin_offsetof"))) {
		assertion++;
		count++;
	}
	assert_true(count > 20);
	assert_in_range(f->kconfig.len, 30000, 120000);
	assert_int_equal(compile(f, text), 0);
}

static uint32_t uses(const struct names *names, const char *name)
{
	const struct name *found = names_find(names, name, strlen(name));

	return found ? found->uses : 0;
}

static void test_names(void **state)
{
	static const char text[] =
		"#define TWICE(x) ((x)->twice + \\\n\tmore)\n"
		"typedef struct { int a; } own_t;\n"
		"typedef int (*call_t)(int arg);\n"
		"BPF_HASH(start, u32, struct value);\n"
		"BPF_TABLE(\"hash\", key_t, u64, table, 16);\n"
		"struct config { int x; };\n"
		"int func(struct sock *sk) { int local = 0x1fUL + 'q'; return sk->member . dot; }\n"
		"// joined \\\n line_comment\n"
		"char c = '\"', d = '\\''; int after_quotes;\n";
	struct names names = { 0 };

	(void)state;
	names_scan(&names, text, strlen(text));
	assert_false(names.failed);
	assert_int_equal(uses(&names, "twice"), NAME_MEMBER);
	assert_int_equal(uses(&names, "more"), NAME_BARE);
	assert_true(uses(&names, "own_t") & NAME_DEFINES_TYPE);
	assert_true(uses(&names, "call_t") & NAME_DEFINES_TYPE);
	assert_true(uses(&names, "start") & NAME_DECLARED);
	assert_true(uses(&names, "table") & NAME_DECLARED);
	assert_false(uses(&names, "key_t") & NAME_DECLARED);
	assert_int_equal(uses(&names, "value"), NAME_TAG);
	assert_int_equal(uses(&names, "config"), NAME_TAG | NAME_DEFINES_TAG);
	assert_true(uses(&names, "func") & NAME_DECLARED);
	assert_int_equal(uses(&names, "local"), NAME_BARE);
	assert_int_equal(uses(&names, "member"), NAME_MEMBER);
	assert_int_equal(uses(&names, "dot"), NAME_MEMBER);
	assert_int_equal(uses(&names, "line_comment"), 0);
	assert_int_equal(uses(&names, "fUL"), 0);
	assert_int_equal(uses(&names, "q"), 0);
	assert_true(uses(&names, "after_quotes") & NAME_BARE);
	names_free(&names);
}

static void test_ident_start(void **state)
{
	static const char text[] = "u64 div_u64(";

	(void)state;
	assert_ptr_equal(names_ident_start(text, text + 11), text + 4);
	assert_ptr_equal(names_ident_start(text, text + 3), text);
	assert_ptr_equal(names_ident_start(text, text + 12), text + 12);
	assert_ptr_equal(names_ident_start(text, text), text);
}

/* Unfinished text of all sorts ends the scan and nothing else. */
static void test_names_unfinished(void **state)
{
	static const char text[] =
		"#include <a/b.h>\n\"x\\\"y\" /* c */ struct a { enum { B }; } typedef int (*c)(d);"
		"__attribute__((x)) BPF_HASH(a, b); // e\\\n'f' \\";
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(text); len++) {
		struct names names = { 0 };
		/* of its exact size, so that a sanitizer sees a read past the end */
		char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, text, len);
		names_scan(&names, copy, len);
		assert_false(names.failed);
		names_free(&names);
		free(copy);
	}
}

static void test_tracepoint_types(void **state)
{
	struct buf out = { 0 };

	(void)state;
	tracepoint_types(&out,
			 "name: one\nformat:\n"
			 "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n"
			 "\tfield:off_t offset;\toffset:24;\tsize:8;\tsigned:0;\n"
			 "name: two\nformat:\n"
			 "\tfield:struct file * file;\toffset:8;\tsize:8;\tsigned:0;\n"
			 "\tfield:char comm[16];\toffset:16;\tsize:16;\tsigned:0;\n"
			 "\tfield:cut off");
	assert_string_equal(buf_text(&out), "unsigned short ;\noff_t ;\nstruct file * ;\nchar ;\n");
	buf_reset(&out);
	tracepoint_types(&out, "");
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

static void test_config_of_no_kernel(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(kernel_config_read("0.0.0-no-such-kernel", &out), -ENOENT);
	assert_int_equal(kernel_config_read("../../etc/passwd", &out), -EINVAL);
	assert_int_equal(kernel_config_read("", &out), -EINVAL);
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

int main(void)
{
#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_only_what_is_reached),
		TREE_TEST(test_follows_what_is_named),
		TREE_TEST(test_enumerators),
		TREE_TEST(test_constant_without_enumerator),
		TREE_TEST(test_alias_of_a_member),
		TREE_TEST(test_names_of_the_probe_win),
		TREE_TEST(test_first_of_two),
		TREE_TEST(test_config),
		TREE_TEST(test_config_unknown),
		TREE_TEST(test_headers),
		TREE_TEST(test_no_btf),
		TREE_TEST(test_broken_btf),
		TREE_TEST(test_folder_in_use),
		TREE_TEST(test_bad_release),
		TREE_TEST(test_this_kernel),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_ident_start),
		cmocka_unit_test(test_names_unfinished),
		cmocka_unit_test(test_tracepoint_types),
		cmocka_unit_test(test_config_of_no_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
