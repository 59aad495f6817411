#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe bpf where programs can replace others and trace functions: freplace, kprobes, fentry, and
# the owner of a program array that a replacement was the first to use. $BPF_OBJECTS is
# tests/fixtures/bpf_objects.c, compiled; $BPF_LINKS is bpf_links.c, which attaches by every kind of link.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../e2e/bpf.sh"
. "$(dirname "$0")/../e2e/bpf_links.sh"

# beside a hotprobe that runs, whose output is another's
bpf() {
	out=$tmp/bpf err=$tmp/bpf.err
	run_hotprobe bpf "$@"
}
prog() { json "select(.id == ${id[$1]}) | $2"; }

grep -q ' cgroup2 ' /proc/mounts || mount -t cgroup2 cgroup2 /sys/fs/cgroup
bpf_start "${BPF_OBJECTS:-$hp_root/build/lab/files/bpf_objects}"

# ---- freplace ------------------------------------------------------------------------------------

isnt "${id[replacement]}" '' 'a program that replaces another one'\''s function'
isnt "${id[ext_link]}" '' 'is attached'
bpf maps -o json
owner=$(json "select(.id == ${id[ext_array]}) | [.owner_type, .owner_jited] | tostring")
# Linux 6.2 asks for the type of what is replaced, and so do the later releases of 6.1
if kernel_from 6.1; then
	is "${id[ext_slot]}" taken 'its program array takes a program of the kind that it replaces'
	is "$owner" '["xdp",true]' 'and is owned by what was replaced'
else
	is "${id[ext_slot]}" refused 'its program array refuses a program of the kind that it replaces'
	is "$owner" '["ext",true]' 'because a program of type ext owns it'
fi
bpf links "${id[ext_link]}" -o json
is "$(json '[.type, .prog, .how] | tostring')" "[\"tracing\",${id[replacement]},\"freplace\"]" 'its link'
if kernel_from 5.13; then
	is "$(json '[.target_prog, .target_function] | tostring')" "[${id[target]},\"its_helper\"]" 'what it replaces'
	bpf tree "${id[target]}"
	like "$(<"$out")" "its_helper\(\) replaced by program ${id[replacement]} replacement \(ext\)" 'drawn below the target'
	like "$(<"$out")" "tail-calls through map ${id[ext_array]} ext_array \(prog_array, owner (ext|xdp), JITed\)" 'with its program array'
else
	like "$(json .target)" 'before 5.13 does not tell' 'what it replaces is not told'
fi

# ---- links and places ----------------------------------------------------------------------------

bpf progs -o json
is "$(prog called '.attached[] | [.how, .target] | tostring')" '["tracepoint","sched_process_exec"]' 'a perf event'
is "$(prog raw '.attached[] | [.how, .target] | tostring')" '["raw_tracepoint","sched_process_fork"]' 'a raw tracepoint'
is "$(prog cgroup_prog '.attached[] | [.how, .target] | tostring')" \
	"[\"cgroup_inet_egress\",\"$bpf_cgroup\"]" 'a cgroup'
if [[ -n ${id[event_link]} ]]; then
	like "$(prog linked '.attached | map(.target) | tostring')" 'sched_process_exit' 'a link to a perf event'
else
	kernel_from 5.15 && linked=missing || linked=
	is "$linked" '' 'links to perf events came with 5.15'
fi
if [[ -n ${id[multi_link]} ]]; then
	bpf links "${id[multi_link]}" -o json
	if kernel_from 6.6; then
		is "$(json '[.how, ([.targets[].function] | sort)] | tostring')" '["kprobe_multi",["vfs_mkdir","vfs_statx"]]' 'kprobe.multi: its functions'
	else
		is "$(json .type)" kprobe_multi 'kprobe.multi'
	fi
else
	kernel_from 6.12 && multi=missing || multi=
	is "$multi" '' 'kprobe.multi is not there'
fi
bpf_stop

# ---- every kind of link --------------------------------------------------------------------------

bpf_start "${BPF_LINKS:-$hp_root/build/lab/files/bpf_links}"
check_links all
bpf_stop

# ---- hotprobe's own ------------------------------------------------------------------------------

out=$tmp/stdout err=$tmp/stderr
start_hotprobe "$(dirname "$0")/../fixtures/providers.c" -o json --headers btf --binary "${PROBED:-$hp_root/build/lab/probed}"
bpf progs -o json
for how in kprobe kretprobe uprobe uretprobe tracepoint raw_tracepoint fentry fexit; do
	if [[ $how == f* ]] && ! kernel_from 6.0; then
		continue
	fi
	isnt "$(json "select(.holders[0].pid == $hp_pid) | .attached[] | select(.how == \"$how\") | .target")" '' "$how: of what"
done
like "$(json 'select(.type == "perf_event") | .not_told')" 'does not tell which perf events' 'what is not told'
if kernel_from 6.0; then
	ok 'programs on one trampoline know each other' [ "$(json_count '.also_there != []')" -ge 2 ]
fi
stop_hotprobe

# ---- run times -----------------------------------------------------------------------------------

before=$(cat /proc/sys/kernel/bpf_stats_enabled)
echo 1 >/proc/sys/kernel/bpf_stats_enabled
out=$tmp/stdout err=$tmp/stderr
start_hotprobe write -o json
perl -e 'syswrite STDOUT, "x" for 1 .. 100' >/dev/null
bpf progs -o json
ok 'runs are counted where statistics are on' \
	[ "$(json "select(.holders[0].pid == $hp_pid) | .runs" | sort -n | tail -n 1)" -ge 100 ]
stop_hotprobe
echo "$before" >/proc/sys/kernel/bpf_stats_enabled
done_testing
