// SPDX-License-Identifier: GPL-2.0-only
/* Programs at cgroups, and the paths of the cgroups that links are at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/mounts.h"
#include "bpf/query.h"
#include "bpf/readers.h"
#include "util/array.h"

/* Attach types of cgroups, as in include/uapi/linux/bpf.h; the last ones are newer than libbpf 1.1.
 */
static const uint32_t attach_types[] = {
	BPF_CGROUP_INET_INGRESS,
	BPF_CGROUP_INET_EGRESS,
	BPF_CGROUP_INET_SOCK_CREATE,
	BPF_CGROUP_SOCK_OPS,
	BPF_CGROUP_DEVICE,
	BPF_CGROUP_INET4_BIND,
	BPF_CGROUP_INET6_BIND,
	BPF_CGROUP_INET4_CONNECT,
	BPF_CGROUP_INET6_CONNECT,
	BPF_CGROUP_INET4_POST_BIND,
	BPF_CGROUP_INET6_POST_BIND,
	BPF_CGROUP_UDP4_SENDMSG,
	BPF_CGROUP_UDP6_SENDMSG,
	BPF_CGROUP_SYSCTL,
	BPF_CGROUP_UDP4_RECVMSG,
	BPF_CGROUP_UDP6_RECVMSG,
	BPF_CGROUP_GETSOCKOPT,
	BPF_CGROUP_SETSOCKOPT,
	BPF_CGROUP_INET4_GETPEERNAME,
	BPF_CGROUP_INET6_GETPEERNAME,
	BPF_CGROUP_INET4_GETSOCKNAME,
	BPF_CGROUP_INET6_GETSOCKNAME,
	BPF_CGROUP_INET_SOCK_RELEASE,
	BPF_LSM_CGROUP,
	49,
	50,
	51,
	52,
	53,
};

/* What can be attached to a cgroup. */
static const uint32_t prog_types[] = {
	BPF_PROG_TYPE_CGROUP_SKB,	BPF_PROG_TYPE_CGROUP_SOCK,   BPF_PROG_TYPE_CGROUP_DEVICE,
	BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_PROG_TYPE_CGROUP_SOCKOPT,
	BPF_PROG_TYPE_SOCK_OPS,		BPF_PROG_TYPE_LSM,	     BPF_PROG_TYPE_UNSPEC,
};

/* A cgroup's id is its inode: it is what links tell. */
static void cgroup_name(const struct mount_entry *entry, void *arg)
{
	struct kbpf *kbpf = arg;
	char wanted[64];
	struct stat st;

	if (!entry->is_folder || fstat(entry->fd, &st))
		return;
	snprintf(wanted, sizeof(wanted), "cgroup %llu", (unsigned long long)st.st_ino);
	for (size_t i = 0; i < kbpf->nr_links; i++) {
		struct kbpf_link *link = &kbpf->links[i];
		char *path;

		if (link->type != BPF_LINK_TYPE_CGROUP || strcmp(link->place.target, wanted) != 0)
			continue;
		path = strdup(entry->path);
		if (!path)
			return;
		free(link->place.target);
		link->place.target = path;
	}
}

static void cgroup_query(const struct mount_entry *entry, void *arg)
{
	if (!entry->is_folder)
		return;
	for (size_t i = 0; i < sizeof(attach_types) / sizeof(attach_types[0]); i++)
		query_places(arg, entry->fd, attach_types[i], entry->path);
}

static void mount_name(const char *path, void *arg)
{
	mounts_walk(path, cgroup_name, arg);
}

struct query {
	struct kbpf *kbpf;
	struct stat *roots; /* of the hierarchies that were asked */
	size_t nr_roots;
};

/* The same cgroups can be mounted at several places: they are asked once. */
static void mount_query(const char *path, void *arg)
{
	struct query *query = arg;
	struct stat st, *root;

	if (stat(path, &st))
		return;
	for (size_t i = 0; i < query->nr_roots; i++)
		if (query->roots[i].st_dev == st.st_dev && query->roots[i].st_ino == st.st_ino)
			return;
	root = array_append(&query->roots, &query->nr_roots, sizeof(*root));
	if (root)
		*root = st;
	mounts_walk(path, cgroup_query, query->kbpf);
}

void kbpf_name_cgroups(struct kbpf *kbpf)
{
	for (size_t i = 0; i < kbpf->nr_links; i++) {
		if (kbpf->links[i].type == BPF_LINK_TYPE_CGROUP) {
			mounts_each("cgroup2", mount_name, kbpf);
			return;
		}
	}
}

void kbpf_find_cgroups(struct kbpf *kbpf)
{
	struct query query = { .kbpf = kbpf };

	if (kbpf_any_prog(kbpf, prog_types))
		mounts_each("cgroup2", mount_query, &query);
	free(query.roots);
}
