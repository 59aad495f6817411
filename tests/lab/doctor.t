#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What doctor says of this kernel, held against what then works.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../e2e/doctor.sh"

doctor_agrees "$(uname -r)"

# has SYMBOL: of the kernel
has() {
	grep -q " $1\$" /proc/kallsyms
}
is "$(doctor_status 'kprobe.multi')" "$(has bpf_kprobe_multi_link_attach && has register_fprobe_ips && echo ok || echo missing)" \
	'kprobe.multi, where the kernel has it'
is "$(doctor_status 'uprobe.multi')" "$(has bpf_uprobe_multi_link_attach && echo ok || echo missing)" \
	'uprobe.multi, where the kernel has it'
is "$(doctor_status 'kernel BTF')" ok 'kernel BTF'
is "$(doctor_status "headers' package")" ok "the headers' package is found"
like "$(doctor_found 'header source')" 'kernel BTF' 'the header source is the one asked for'
is "$(doctor_status libbcc)" ok 'libbcc'
is "$(doctor_status 'pid namespace')" ok 'no pid namespace'
like "$(doctor_found lockdown)" '^none' 'no lockdown'
like "$(doctor_found memlock)" "$([[ $(uname -r) == 5.10.* ]] && echo 'counts' || echo 'does not count')" \
	'memlock: what BPF memory counts as'
is "$(doctor_found 'kernel functions' | cut -d ' ' -f 1)" \
	"$(wc -l </sys/kernel/tracing/available_filter_functions)" 'all functions that can be traced'
done_testing
