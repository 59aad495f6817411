#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe bpf: where programs are attached, by each kind of link that this kernel has, and without.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/bpf.sh"
. "$(dirname "$0")/bpf_links.sh"

[[ $(id -u) == 0 ]] || skip_all 'BPF objects are shown to root only'
[[ -e /sys/kernel/btf/vmlinux ]] || skip_all 'the kernel has no BTF'
[[ $(stat -fc %T /sys/kernel/tracing) == tracefs ]] || mount -t tracefs tracefs /sys/kernel/tracing

gcc -O2 -Wall -Werror -D_GNU_SOURCE -I"$hp_root/tool" -o "$tmp/bpf_links" \
	"$hp_root/tests/fixtures/bpf_links.c" -lbpf || exit 1
bpf() { run_hotprobe bpf "$@"; }
bpf_start "$tmp/bpf_links"
check_links
bpf_stop
done_testing
