// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "tree/btf_tree.h"
#include "tree/constants.h"
#include "tree/emit.h"
#include "tree/kernel_config.h"
#include "tree/names.h"
#include "tree/reach.h"
#include "tree/tracepoint_types.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/kernel.h"
#include "util/text.h"

#define KCONFIG "include/linux/kconfig.h"

/*
 * What libbcc's own headers (helpers.h, proto.h) and the text that its rewriter adds need, in any
 * probe, apart from what btf_constants.h has.
 */
static const char libbcc_types[] = "u8 u16 u32 u64 s8 s16 s32 s64\n"
				   "__u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64\n"
				   "__be16 __be32 __be64 __le16 __le32 __le64 __sum16 __wsum\n"
				   "bool size_t ssize_t uintptr_t loff_t pid_t uid_t gid_t dev_t\n"
				   "umode_t sector_t\n"
				   "struct pt_regs struct user_pt_regs struct user_regs_struct\n"
				   "struct bpf_raw_tracepoint_args struct bpf_perf_event_value\n"
				   "struct bpf_stack_build_id struct bpf_pidns_info\n"
				   "struct bpf_cgroup_storage_key\n"
				   "CONFIG_64BIT CONFIG_SMP CONFIG_X86 CONFIG_X86_64\n"
				   "CONFIG_ARM64 CONFIG_FUNCTION_TRACER\n"
				   "CONFIG_ARCH_HAS_SYSCALL_WRAPPER CONFIG_BPF_SYSCALL\n";

/* The types that helpers.h names only in prototypes: declared before, or they would be local. */
static const char libbcc_tags[] = "struct task_struct;\n"
				  "struct bpf_sock;\n"
				  "struct bpf_dynptr;\n"
				  "struct tcphdr;\n"
				  "struct iphdr;\n"
				  "struct ipv6hdr;\n"
				  "struct bpf_timer;\n"
				  "struct seq_file;\n"
				  "struct bpf_sysctl;\n"
				  "struct bpf_sock_ops;\n"
				  "struct bpf_map;\n"
				  "struct xdp_md;\n"
				  "struct file;\n"
				  "struct cgroup;\n"
				  "struct bpf_sock_tuple;\n"
				  "struct udp6_sock;\n"
				  "struct tcp_timewait_sock;\n"
				  "struct tcp_sock;\n"
				  "struct tcp_request_sock;\n"
				  "struct tcp6_sock;\n"
				  "struct sk_buff;\n"
				  "struct path;\n"
				  "struct mptcp_sock;\n"
				  "struct linux_binprm;\n"
				  "struct inode;\n"
				  "struct btf_ptr;\n"
				  "struct bpf_spin_lock;\n"
				  "struct bpf_perf_event_data;\n"
				  "struct __sk_buff;\n"
				  "struct unix_sock;\n"
				  "struct socket;\n"
				  "struct bpf_tcp_sock;\n"
				  "struct bpf_redir_neigh;\n"
				  "struct bpf_fib_lookup;\n"
				  "struct sk_reuseport_md;\n"
				  "struct sk_msg_md;\n"
				  "struct bpf_tunnel_key;\n"
				  "struct bpf_xfrm_state;\n";

/* What libbcc's headers include whatever the probe does. */
static const char *const libbcc_includes[] = {
	"asm/page.h",	  "linux/log2.h",	    "linux/version.h",
	"linux/types.h",  "linux/bpf_common.h",	    "uapi/linux/bpf.h",
	"linux/ptrace.h", "uapi/linux/if_packet.h", "uapi/linux/ptrace.h",
	"linux/stddef.h", "uapi/linux/if_ether.h",
};

struct tree {
	int dir; /* O_PATH of the tree's root */
	const char *path;
	struct error *err;
};

/* Make the folders that @file lies in. */
static int make_folders(const struct tree *tree, const char *file)
{
	char path[PATH_MAX];
	const char *slash;

	for (slash = strchr(file, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t len = (size_t)(slash - file);

		memcpy(path, file, len);
		path[len] = '\0';
		if (!mkdirat(tree->dir, path, 0755)) {
			/* the worker may run as another user than we do, whatever our umask */
			if (fchmodat(tree->dir, path, 0755, 0))
				return -errno;
		} else if (errno != EEXIST) {
			return -errno;
		}
	}
	return 0;
}

/* Write one file of the tree; -EEXIST, without a message, when it is there already. */
static int create_file(const struct tree *tree, const char *file, const char *data, size_t len)
{
	int fd = -1, ret;

	ret = strlen(file) < PATH_MAX ? make_folders(tree, file) : -ENAMETOOLONG;
	if (!ret) {
		fd = openat(tree->dir, file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0644);
		ret = fd < 0 ? -errno : 0;
	}
	if (!ret)
		ret = fchmod(fd, 0644) ? -errno : write_all(fd, data, len);
	if (fd >= 0 && close(fd) && !ret)
		ret = -errno;
	if (ret && ret != -EEXIST)
		error_sys(tree->err, ret, "cannot write %s/%s", tree->path, file);
	return ret;
}

static int write_file(const struct tree *tree, const char *file, const char *data, size_t len)
{
	int ret = create_file(tree, file, data, len);

	if (ret == -EEXIST)
		error_sys(tree->err, ret, "cannot write %s/%s", tree->path, file);
	return ret;
}

/*
 * Whether <@path> can be a kernel header. Without a folder it is none (stdarg.h comes from the
 * compiler, others from the user's own -I), bcc/ are libbcc's built-in ones, and nothing may leave
 * the tree.
 */
static bool is_kernel_header(struct span path)
{
	char text[256];
	const char *part;

	if (!path.len || path.len >= sizeof(text) || *path.text == '/')
		return false;
	memcpy(text, path.text, path.len);
	text[path.len] = '\0';
	if (!strchr(text, '/') || text_starts(text, "bcc/") || text[path.len - 1] == '/')
		return false;
	for (part = text; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
		if (*part == '.' || *part == '/' || !*part)
			return false;
	return strspn(text,
		      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+") ==
	       path.len;
}

/* Macros that stand for members of sockets come only with the headers that bring them. */
static const char *stub_text(const char *header)
{
	static const char *const with_sock[] = {
		"net/",		  "linux/tcp.h",       "linux/udp.h",
		"linux/ipv6.h",	  "linux/inet_diag.h", "linux/sock_diag.h",
		"linux/filter.h", "linux/icmpv6.h",
	};

	if (text_starts_any(header, with_sock, sizeof(with_sock) / sizeof(with_sock[0])))
		return "#include <net/sock.h>\n";
	if (text_ends(header, "linux/in6.h") || text_ends(header, "linux/skbuff.h") ||
	    text_ends(header, "linux/ipv6.h"))
		return "#include <uapi/linux/in6.h>\n";
	return "";
}

/* A header that is empty, unless the tree has it with a content already. */
static int write_stub(const struct tree *tree, struct span header)
{
	const char *text;
	char file[300];
	int ret;

	snprintf(file, sizeof(file), "include/%.*s", (int)header.len, header.text);
	text = stub_text(file + strlen("include/"));
	ret = create_file(tree, file, text, strlen(text));
	return ret == -EEXIST ? 0 : ret;
}

static int write_stubs(const struct tree *tree, const struct names *names)
{
	struct span span;
	size_t i;
	int ret = 0;

	for (i = 0; i < sizeof(libbcc_includes) / sizeof(libbcc_includes[0]) && !ret; i++) {
		span = (struct span){ libbcc_includes[i], strlen(libbcc_includes[i]) };
		ret = write_stub(tree, span);
	}
	for (i = 0; i < names->nr_includes && !ret; i++)
		if (is_kernel_header(names->includes[i]))
			ret = write_stub(tree, names->includes[i]);
	return ret;
}

/* include/linux/version.h, as the kernel's Makefile writes it */
static int write_version(const struct tree *tree, const char *release)
{
	unsigned int code = kernel_release_code(release);
	struct buf out = { 0 };
	int ret;

	if (!code)
		return error_set(tree->err, -EINVAL, "'%s' is no kernel release", release);
	buf_printf(&out,
		   "#define LINUX_VERSION_CODE %u\n"
		   "#define KERNEL_VERSION(a, b, c) "
		   "(((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))\n"
		   "#define LINUX_VERSION_MAJOR %u\n"
		   "#define LINUX_VERSION_PATCHLEVEL %u\n"
		   "#define LINUX_VERSION_SUBLEVEL %u\n",
		   code, code >> 16, code >> 8 & 255, code & 255);
	ret = write_file(tree, "include/linux/version.h", buf_text(&out), out.len);
	buf_free(&out);
	return ret;
}

/* The other files that btf_constants.h has something for. */
static int write_constants(const struct tree *tree, const struct names *names,
			   const struct names *taken)
{
	struct buf out = { 0 };
	char file[300];
	const char *name;
	size_t i, len;
	int ret = 0;

	for (i = 0; (len = constants_file(i, &name)) && !ret; i++) {
		snprintf(file, sizeof(file), "%.*s", (int)len, name);
		if (!strcmp(file, KCONFIG))
			continue;
		buf_reset(&out);
		buf_str(&out, "#pragma once\n");
		constants_emit(&out, file, names, taken);
		ret = out.failed ? error_sys(tree->err, -ENOMEM, "cannot make %s", file)
				 : write_file(tree, file, buf_text(&out), out.len);
	}
	buf_free(&out);
	return ret;
}

static void add_page_size(struct buf *out)
{
	long size = sysconf(_SC_PAGESIZE);

	buf_printf(out,
		   "#define PAGE_SHIFT %d\n"
		   "#define PAGE_SIZE (1UL << PAGE_SHIFT)\n"
		   "#define PAGE_MASK (~(PAGE_SIZE - 1))\n",
		   __builtin_ctzl((unsigned long)size));
}

/*
 * libbcc's built-in copy of linux/bpf.h comes next after kconfig.h. Its include guard is defined
 * here, because it would declare again what the kernel's types bring along.
 */
static int write_kconfig(const struct tree *tree, const char *config, const struct names *names,
			 const struct reach *reach, struct names *taken, struct buf *taken_text)
{
	struct buf out = { 0 };
	int ret;

	buf_str(&out, "#ifndef __LINUX_KCONFIG_H\n#define __LINUX_KCONFIG_H\n"
		      "#define _UAPI__LINUX_BPF_H__\n#define __VMLINUX_H__\n");
	kernel_config_defines(&out, config, names);
	ret = emit_types(&out, reach, names, taken_text);
	if (ret) {
		error_sys(tree->err, ret, "cannot write the kernel's types as C");
		goto out;
	}
	buf_str(&out, libbcc_tags);
	names_scan_body(taken, buf_text(taken_text), taken_text->len);
	add_page_size(&out);
	constants_emit(&out, KCONFIG, names, taken);
	buf_str(&out, "#endif\n");
	ret = out.failed || taken->failed ? error_sys(tree->err, -ENOMEM, "cannot make kconfig.h")
					  : write_file(tree, KCONFIG, buf_text(&out), out.len);
out:
	buf_free(&out);
	return ret;
}

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level, (void)fmt, (void)args;
	return 0;
}

static int open_btf(struct btf **btf, const char *path, struct error *err)
{
	libbpf_print_fn_t print;
	int ret;

	if (access(path, R_OK)) {
		ret = -errno;
		error_sys(err, ret, "cannot read the kernel's BTF from %s", path);
		if (ret == -ENOENT)
			return error_hint(err, "a kernel has it when it is built with "
					       "CONFIG_DEBUG_INFO_BTF=y; else install the kernel's "
					       "headers");
		/* the frontend has opened it already */
		return error_hint(err,
				  "the compiler runs as the user nobody, who must be able to "
				  "read it: chmod a+r %s",
				  path);
	}
	/* its words about a broken file are no use to anybody and would go to stderr */
	print = libbpf_set_print(quiet);
	*btf = btf__parse(path, NULL);
	ret = *btf ? 0 : -errno;
	libbpf_set_print(print);
	if (ret == -ENOMEM)
		return error_sys(err, ret, "cannot load the BTF in %s", path);
	if (ret) {
		/* libbpf has numbers of its own from 4000 on */
		ret = -EINVAL;
		error_set(err, ret, "%s holds no valid BTF", path);
		return error_hint(err, "give the running kernel's, /sys/kernel/btf/vmlinux, or a "
				       "vmlinux with a .BTF section");
	}
	return 0;
}

/* All names that count, and whatever they stand for. */
static int collect_names(struct names *names, const char *text, const char *formats,
			 struct buf *types)
{
	names_scan(names, text, strlen(text));
	tracepoint_types(types, formats);
	if (types->failed)
		return -ENOMEM;
	names_scan_body(names, buf_text(types), types->len);
	names_scan_body(names, libbcc_types, strlen(libbcc_types));
	return constants_expand(names);
}

int btf_tree_write(const char *dir, const char *btf_path, const char *text, const char *formats,
		   const char *release, const char *config, struct error *err)
{
	struct tree tree = { .dir = -1, .path = dir, .err = err };
	struct buf types = { 0 }, taken_text = { 0 };
	struct names names = { 0 }, taken = { 0 };
	struct reach reach = { 0 };
	struct btf *btf = NULL;
	int ret;

	ret = open_btf(&btf, btf_path, err);
	if (ret)
		goto out;
	tree.dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (tree.dir < 0) {
		ret = error_sys(err, -errno, "cannot open the folder %s", dir);
		goto out;
	}
	ret = collect_names(&names, text, formats, &types);
	if (!ret)
		ret = reach_compute(&reach, btf, &names);
	if (ret) {
		error_sys(err, ret, "cannot find the types that the probe uses");
		goto out;
	}
	ret = write_kconfig(&tree, config, &names, &reach, &taken, &taken_text);
	if (!ret)
		ret = write_version(&tree, release);
	if (!ret)
		ret = write_constants(&tree, &names, &taken);
	/* last, because they give way to files with content */
	if (!ret)
		ret = write_stubs(&tree, &names);
out:
	if (tree.dir >= 0)
		close(tree.dir);
	reach_free(&reach);
	names_free(&names);
	names_free(&taken);
	buf_free(&types);
	buf_free(&taken_text);
	btf__free(btf);
	return ret;
}
