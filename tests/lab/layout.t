#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel's own headers and the BTF in its image say the same of every type; what they say was made
# by two compilers and two ways of reading it. Compiles a header a type and attaches nothing: to be
# run by `scripts/lab native`.
. "$(dirname "$0")/../e2e/lib.sh"

shopt -s nullglob
images=(/boot/vmlinuz-* /usr/lib/modules/*/vmlinuz)
image=${images[0]-}
ok 'there is an image of the kernel' test -r "$image"
types=('struct task_struct' 'struct sk_buff' 'struct inode' 'struct file' 'struct sock' 'struct tcp_sock'
	'struct mm_struct' 'struct net_device' 'struct request' 'struct bpf_prog' 'struct pt_regs' 'enum pid_type'
	'typedef mm_context_t')
for type in "${types[@]}"; do
	run_hotprobe layout "$type" --headers auto --btf "$image" -o json
	is "$status $(json '.sources | map(.kind) | tostring')" '0 ["headers","BTF"]' "$type: headers and BTF agree"
	isnt "$(json '(.members // .enumerators) | length')" 0 "$type: it is not empty"
done
run_hotprobe layout task_struct.se.vruntime --headers auto --btf "$image"
like "$(<"$err")" "struct task_struct: headers and BTF agree: /.*/linux/sched.h, ${image//+/[+]}" 'a member, by the object in the cache'
module=$(find /lib/modules -name 'nf_tables.ko*' | head -n 1)
run_hotprobe layout nft_ctx.net --btf "$module,$image"
like "$(<"$out")$(<"$err")" 'struct net \* +net;|nf_tables.ko has no BTF' 'a module of it'
done_testing
