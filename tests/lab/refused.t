#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What this kernel refuses, and what hotprobe says to it. Which functions serve is looked up here:
# it differs from kernel to kernel.
. "$(dirname "$0")/../e2e/lib.sh"

entry=$(dirname "$0")/../fixtures/entry.c
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug

# refused FUNCTION STDERR NAME: check says so, and ends with 1
refused() {
	if [[ ! $1 ]]; then
		skip "$3" 'this kernel has no such function'
		return
	fi
	run_hotprobe check --headers btf "$entry" --function "$1"
	is "$status" 1 "$3 ($1) is refused"
	like "$(<"$err")" "$2" "$3: why"
}

traceable=$tmp/traceable
awk '{ print $1 }' /sys/kernel/tracing/available_filter_functions | sort -u >"$traceable"
# local and global functions of the kernel itself
awk '$2 ~ /[tT]/ && !$4 { print $3 }' /proc/kallsyms | sort >"$tmp/all"
sort -u "$tmp/all" >"$tmp/unique"
blacklist=$tmp/blacklist
awk '{ print $2 }' /sys/kernel/debug/kprobes/blacklist | sort -u >"$blacklist"

refused no_such_function_at_all 'not a kernel function|no function|no such' 'a name that is no function'
refused "$(comm -12 "$blacklist" "$tmp/unique" | grep -m 1 '^[a-z]')" 'blacklist|kprobes could' \
	'a blacklisted function'
# well-known functions that the kernel's own tracing calls, and which are therefore never traced
notrace=$(printf '%s\n' ktime_get_mono_fast_ns sched_clock ktime_get_boot_fast_ns trace_clock_local |
	grep -xFf "$tmp/unique" | grep -vxFf "$traceable" | grep -vxFf "$blacklist" | head -n 1)
refused "$notrace" 'notrace|trac' 'a function that is not to be traced'
refused tcp_in_initial_slowstart 'inlined' 'a function that is inlined everywhere'
# the compiler made another function of it: NAME.isra.0, .constprop.0 or .part.0
refused "$(grep -E '\.(isra|constprop|part)\.0$' "$tmp/unique" | sed 's/\..*//' |
	grep -vxFf "$tmp/unique" | head -n 1)" '\.(isra|constprop|part)\.' 'a function that the compiler changed'
module=$(awk '/^alias symbol:/ { sub("symbol:", "", $2); print $2, $3 }' \
	"/lib/modules/$(uname -r)/modules.symbols" 2>/dev/null |
	grep -vFf <(awk '{ print $1 }' /proc/modules) | head -n 1)
refused "${module% *}" "${module#* }|not loaded|not a kernel function" 'a function of a module that is not loaded'
twice=$(uniq -d "$tmp/all" | grep -xFf "$traceable" | grep -m 1 '^[a-z]')
refused "$twice" 'times|twice|several|0x' 'a name that occurs twice'

# ... which can be attached to by its address
address=$(awk -v f="$twice" '$3 == f { print "0x" $1; exit }' /proc/kallsyms)
start_hotprobe "$entry" --headers btf --function "$address"
stop_hotprobe
is "$status" 0 "one of those by its address ($address) is attached to"

# ---- privileges ----------------------------------------------------------------------------------
hp_via=(setpriv --bounding-set '-bpf,-perfmon,-sys_admin' --inh-caps '-bpf,-perfmon,-sys_admin')
run_hotprobe write
is "$status" 1 'without CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN nothing is traced'
like "$(<"$err")" 'CAP_' '... and the missing capability is named'
hp_via=()

done_testing
