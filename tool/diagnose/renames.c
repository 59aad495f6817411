// SPDX-License-Identifier: GPL-2.0-only
/*
 * Members that probes like to read and that have gone; above each stands the change that took it
 * away. That the old one is gone and the new one there was compared with the BTF
 * of 5.10, 6.1, 6.12, 6.18 and 7.2 (tests/unit/test_renames.c, with HOTPROBE_TEST_BTF for other
 * kernels than the running one). Between those the first release without a member is as remembered,
 * not looked up.
 */
#include <string.h>

#include "diagnose/renames.h"

const struct rename renames[] = {
	/* sched: Change task_struct::state */
	{ "task_struct", "state", 5, 14, "__state", "task_struct", "__state" },
	/* sched: move CPU field back into thread_info if THREAD_INFO_IN_TASK=y */
	{ "task_struct", "cpu", 5, 16, "thread_info.cpu", "thread_info", "cpu" },
	/* time: Rename tsk->real_start_time to ->start_boottime */
	{ "task_struct", "real_start_time", 5, 5, "start_boottime", "task_struct",
	  "start_boottime" },
	/* sched/core: Provide a pointer to the valid CPU mask */
	{ "task_struct", "cpus_allowed", 5, 3, "cpus_mask", "task_struct", "cpus_mask" },
	/* mm: convert mm's rss stats into percpu_counter */
	{ "task_struct", "rss_stat", 6, 2, "mm->rss_stat", "mm_struct", "rss_stat" },
	/* sched: Make struct sched_statistics independent of fair sched class */
	{ "sched_entity", "statistics", 5, 16, "stats of the task_struct", "task_struct", "stats" },
	/* mmap locking API: rename mmap_sem to mmap_lock */
	{ "mm_struct", "mmap_sem", 5, 8, "mmap_lock", "mm_struct", "mmap_lock" },
	/* mm: remove the vma linked list */
	{ "mm_struct", "mmap", 6, 1, "the maple tree mm_mt", "mm_struct", "mm_mt" },
	{ "mm_struct", "mm_rb", 6, 1, "the maple tree mm_mt", "mm_struct", "mm_mt" },
	{ "vm_area_struct", "vm_next", 6, 1, "the maple tree vm_mm->mm_mt", "mm_struct", "mm_mt" },
	{ "vm_area_struct", "vm_prev", 6, 1, "the maple tree vm_mm->mm_mt", "mm_struct", "mm_mt" },
	/* block: store a block_device pointer in struct bio */
	{ "bio", "bi_disk", 5, 12, "bi_bdev->bd_disk", "bio", "bi_bdev" },
	{ "bio", "bi_partno", 5, 12, "bi_bdev", "bio", "bi_bdev" },
	/* block: remove the ->rq_disk field in struct request */
	{ "request", "rq_disk", 5, 17, "q->disk", "request_queue", "disk" },
	/* block: move the bdi from the request_queue to the gendisk */
	{ "request_queue", "backing_dev_info", 5, 15, "disk->bdi", "gendisk", "bdi" },
	/* bdev: infrastructure for flags */
	{ "block_device", "bd_partno", 6, 10, "the low byte of __bd_flags", "block_device",
	  "__bd_flags" },
	/* fs: rename i_ctime field to __i_ctime (6.6); fs: switch timespec64
	 * fields in inode to discrete integers (6.11) */
	{ "inode", "i_ctime", 6, 6, "i_ctime_sec and i_ctime_nsec (before 6.11 __i_ctime)", "inode",
	  "i_ctime_sec" },
	{ "inode", "i_atime", 6, 7, "i_atime_sec and i_atime_nsec (before 6.11 __i_atime)", "inode",
	  "i_atime_sec" },
	{ "inode", "i_mtime", 6, 7, "i_mtime_sec and i_mtime_nsec (before 6.11 __i_mtime)", "inode",
	  "i_mtime_sec" },
	{ "inode", "__i_ctime", 6, 11, "i_ctime_sec and i_ctime_nsec", "inode", "i_ctime_sec" },
	{ "inode", "__i_atime", 6, 11, "i_atime_sec and i_atime_nsec", "inode", "i_atime_sec" },
	{ "inode", "__i_mtime", 6, 11, "i_mtime_sec and i_mtime_nsec", "inode", "i_mtime_sec" },
	/* fs: port files to file_ref */
	{ "file", "f_count", 6, 13, "f_ref", "file", "f_ref" },
	/* fs: remove f_version */
	{ "file", "f_version", 6, 12, "", "", "" },
	/* dcache: back inline names with a struct-wrapped array of unsigned long */
	{ "dentry", "d_iname", 6, 14, "d_shortname.string", "dentry", "d_shortname" },
	/* dentry: switch the lists of children to hlist */
	{ "dentry", "d_child", 6, 8, "d_sib", "dentry", "d_sib" },
	{ "dentry", "d_subdirs", 6, 8, "d_children", "dentry", "d_children" },
	/* kernfs: Use RCU to access kernfs_node::parent */
	{ "kernfs_node", "parent", 6, 15, "__parent", "kernfs_node", "__parent" },
	/* module: replace module_layout with module_memory */
	{ "module", "core_layout", 6, 4, "mem[MOD_TEXT]", "module", "mem" },
	{ "module", "init_layout", 6, 4, "mem[MOD_INIT_TEXT]", "module", "mem" },
	/* fs: introduce dedicated idmap type for mounts */
	{ "vfsmount", "mnt_userns", 6, 2, "mnt_idmap", "vfsmount", "mnt_idmap" },
	/* net: remove skb->vlan_present */
	{ "sk_buff", "vlan_present", 6, 2, "vlan_all", "sk_buff", "vlan_all" },
	/* net: Rename mono_delivery_time to tstamp_type */
	{ "sk_buff", "mono_delivery_time", 6, 10, "tstamp_type", "sk_buff", "tstamp_type" },
	/* inet: move inet->recverr to inet->inet_flags */
	{ "inet_sock", "recverr", 6, 6, "a bit of inet_flags", "inet_sock", "inet_flags" },
	/* page cache: use xa_lock */
	{ "address_space", "page_tree", 4, 17, "i_pages", "address_space", "i_pages" },
};

const size_t nr_renames = sizeof(renames) / sizeof(renames[0]);

const struct rename *rename_find(const char *type, const char *field)
{
	for (size_t i = 0; i < nr_renames; i++)
		if (strcmp(renames[i].type, type) == 0 && strcmp(renames[i].field, field) == 0)
			return &renames[i];
	return NULL;
}
