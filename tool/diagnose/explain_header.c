// SPDX-License-Identifier: GPL-2.0-only
/* A header that is not found. */
#include <dirent.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>

#include "compile/run.h"
#include "diagnose/scene.h"
#include "headers/select.h"
#include "probe/source.h"
#include "util/text.h"

/* Headers of programs, and where a kernel's own has the same. */
static const char *const programs[][2] = {
	{ "stdint.h", "linux/types.h" },
	{ "inttypes.h", "linux/types.h" },
	{ "stdbool.h", "linux/types.h" },
	{ "stddef.h", "linux/types.h" },
	{ "sys/types.h", "linux/types.h" },
	{ "sys/socket.h", "linux/socket.h" },
	{ "sys/un.h", "linux/un.h" },
	{ "sys/stat.h", "linux/stat.h" },
	{ "sys/time.h", "linux/time.h" },
	{ "sys/ptrace.h", "linux/ptrace.h" },
	{ "sys/syscall.h", "linux/unistd.h" },
	{ "sys/mman.h", "linux/mman.h" },
	{ "netinet/in.h", "linux/in.h" },
	{ "netinet/ip.h", "linux/ip.h" },
	{ "netinet/tcp.h", "linux/tcp.h" },
	{ "netinet/udp.h", "linux/udp.h" },
	{ "net/if.h", "linux/if.h" },
	{ "arpa/inet.h", "linux/in.h" },
	{ "errno.h", "linux/errno.h" },
	{ "fcntl.h", "linux/fcntl.h" },
	{ "signal.h", "linux/signal.h" },
	{ "sched.h", "linux/sched.h" },
	{ "time.h", "linux/time.h" },
	{ "limits.h", "linux/limits.h" },
	{ "string.h", "" },
	{ "stdio.h", "" },
	{ "stdlib.h", "" },
	{ "unistd.h", "" },
	{ "assert.h", "" },
	{ "ctype.h", "" },
	{ "math.h", "" },
	{ "pthread.h", "" },
};

/* Those of programs written for libbpf. */
static const char *const libbpfs[] = {
	"vmlinux.h",	       "bpf/bpf_helpers.h", "bpf/bpf_tracing.h",
	"bpf/bpf_core_read.h", "bpf/bpf_endian.h",  "bpf_helpers.h",
	"bpf_tracing.h",       "bpf_core_read.h",   "bpf/usdt.bpf.h",
};

struct nearby {
	struct near near;
	char same[256]; /* a header of the same name in another folder */
};

static bool offer_headers(const char *dir, void *arg)
{
	struct nearby *nearby = arg;
	char *const paths[] = { (char *)dir, NULL };
	const char *base = strrchr(nearby->near.wanted, '/');
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOSTAT | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	base = base ? base + 1 : nearby->near.wanted;
	if (!tree)
		return false;
	while ((entry = fts_read(tree)) != NULL) {
		const char *name = entry->fts_path + strlen(dir) + 1;

		/* dt-bindings, device drivers' own: nothing that a probe would include */
		if (entry->fts_info == FTS_D && entry->fts_level == 1 &&
		    (strcmp(entry->fts_name, "dt-bindings") == 0 ||
		     strcmp(entry->fts_name, "config") == 0 ||
		     strcmp(entry->fts_name, "uapi") == 0))
			fts_set(tree, entry, FTS_SKIP);
		if (entry->fts_info == FTS_D || entry->fts_info == FTS_DP ||
		    !text_ends(entry->fts_name, ".h"))
			continue;
		near_offer(&nearby->near, name);
		if (strcmp(entry->fts_name, base) == 0 &&
		    (!nearby->same[0] || strlen(name) < strlen(nearby->same)))
			snprintf(nearby->same, sizeof(nearby->same), "%s", name);
	}
	fts_close(tree);
	return false;
}

static void hint_kernels(struct scene *scene, const char *name, struct said *said)
{
	struct nearby nearby = { .near.wanted = name };
	const char *best;

	buf_printf(&said->text, "the headers of %s have no %s", scene->job->headers->release, name);
	scene_header_dirs(scene, offer_headers, &nearby);
	best = near_best(&nearby.near);
	if (nearby.same[0])
		buf_printf(&said->hint, "did you mean <%s>?", nearby.same);
	else if (best)
		buf_printf(&said->hint, "did you mean <%s>?", best);
	else if (strchr(name, '/'))
		buf_str(&said->hint,
			"it may be another release's, or a header that the headers package leaves "
			"out: without the line, --headers btf brings every type by its name");
}

static bool offer_beside(struct near *near, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return false;
	while ((entry = readdir(d)) != NULL)
		if (text_ends(entry->d_name, ".h"))
			near_offer(near, entry->d_name);
	closedir(d);
	return true;
}

/* In quotes: it was to be beside the file that includes it. */
static void hint_own(const struct diag *diag, const char *name, struct said *said)
{
	const char *slash = strrchr(diag->file, '/');
	char dir[PATH_MAX], bundled[PATH_MAX];
	struct near near = { .wanted = name };

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - diag->file) : 1,
		 slash ? diag->file : ".");
	source_bundled_dir(bundled);
	buf_printf(&said->text, "%s is neither in %s nor in %s", name, dir, bundled);
	offer_beside(&near, dir);
	offer_beside(&near, bundled);
	if (near_best(&near))
		buf_printf(&said->hint, "did you mean \"%s\"?", near_best(&near));
	else if (strchr(name, '/'))
		buf_printf(&said->hint, "a header of the kernel is included as <%s>", name);
}

bool explain_header(struct scene *scene, size_t at, struct said *said)
{
	const struct diag *diag = &scene->diags->list[at];
	char words[1][DIAG_WORD_MAX];
	const char *name = words[0];

	if (!diag_says(diag->message, "'*' file not found", words))
		return false;
	if (!scene_is_users(scene, diag->file)) {
		buf_printf(&said->text, "the headers of %s are not whole: they have no %s",
			   scene->job->headers->release, name);
		buf_printf(&said->hint, "install linux-headers-%s again, or use --headers btf",
			   scene->job->headers->release);
		return true;
	}
	for (size_t i = 0; i < sizeof(libbpfs) / sizeof(libbpfs[0]); i++)
		if (strcmp(libbpfs[i], name) == 0) {
			buf_printf(&said->text, "%s is for programs that are built with libbpf",
				   name);
			buf_str(&said->hint, "leave the line out: hotprobe declares BPF's helpers "
					     "by itself, and the kernel's types come from its "
					     "headers, as <linux/sched.h>");
			return true;
		}
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (strcmp(programs[i][0], name) == 0) {
			buf_printf(&said->text,
				   "%s is a header of the C library; a probe runs in the kernel",
				   name);
			if (*programs[i][1])
				buf_printf(&said->hint, "the kernel's is <%s>", programs[i][1]);
			else
				buf_str(&said->hint, "leave the line out: what it declares is not "
						     "there; \"hotprobe.h\" has read_kernel(), "
						     "read_user() and debugf()");
			return true;
		}
	if (strchr(diag->shown, '"') && !strchr(diag->shown, '<')) {
		hint_own(diag, name, said);
		return true;
	}
	if (!scene_has_headers(scene)) {
		buf_printf(&said->text, "there is no header %s", name);
		buf_str(&said->hint,
			"the kernel's types come from its BTF here, where each of its headers is "
			"found by a name with a folder: <linux/sched.h>, <net/sock.h>");
		return true;
	}
	hint_kernels(scene, name, said);
	return true;
}
