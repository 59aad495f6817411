/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TREE_BTF_TREE_H
#define HOTPROBE_TREE_BTF_TREE_H

struct error;

/*
 * btf_tree_write - write the header tree for one probe from a kernel's BTF
 * @dir: an existing empty directory that receives include/linux/kconfig.h and so on
 * @btf_path: "/sys/kernel/btf/vmlinux", or another BTF file, raw or in an ELF file's .BTF section
 * @text: the probe's expanded source, with the text of all that it includes by quotes
 * @formats: of the tracepoints that it names, as tracefs has them, one behind the other
 * @release: as uname -r gives it; what linux/version.h says
 * @config: the kernel's configuration, see kernel_config_read(), or NULL
 *
 * libbcc takes @dir as BCC_KERNEL_SOURCE. All types are in kconfig.h, which clang reads before
 * everything else, and only those that @text reaches; each header that @text includes by <> is
 * there and (nearly) empty. Everybody may read the files, whatever the umask. On failure @dir may
 * hold a part of the tree. Returns 0 or a negative errno with the cause in @err.
 */
int btf_tree_write(const char *dir, const char *btf_path, const char *text, const char *formats,
		   const char *release, const char *config, struct error *err);

#endif
