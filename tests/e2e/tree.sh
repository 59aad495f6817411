# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# make_tree DIR: a tree of headers with just what libbcc itself includes: the system's own, as the
# kernel has them.
make_tree() {
	local tree=$1 arch
	mkdir -p "$tree/include/uapi/linux" "$tree/include/linux" "$tree/arch/x86/include/asm" "$tree/arch/arm64/include/asm"
	cat >"$tree/include/linux/kconfig.h" <<-'END'
		#define CONFIG_BPF_SYSCALL 1
		#include <linux/types.h>
		typedef __u8 u8; typedef __u16 u16; typedef __u32 u32; typedef __u64 u64;
		typedef __s8 s8; typedef __s16 s16; typedef __s32 s32; typedef __s64 s64;
		typedef unsigned long size_t, uintptr_t;
		/* since 6.2, of which the system's headers need not know */
		#define BPF_FUNC_cgrp_storage_get 210
		#define BPF_FUNC_cgrp_storage_delete 211
	END
	cp /usr/include/linux/{types,posix_types,stddef,bpf_common,version}.h "$tree/include/linux/"
	cp /usr/include/linux/{bpf,bpf_common,if_packet}.h "$tree/include/uapi/linux/"
	sed -i 's/\b__LINUX_BPF/_UAPI__LINUX_BPF/' "$tree"/include/{,uapi/}linux/bpf*.h
	cp -r /usr/include/asm-generic "$tree/include/"
	for arch in "$tree"/arch/*/include/asm; do
		cp /usr/include/"$(uname -m)"-linux-gnu/asm/{types,posix_types,bitsperlong}*.h "$arch/"
		touch "$arch/page.h" "$arch/byteorder.h" "$tree/include/linux/log2.h"
	done
}
