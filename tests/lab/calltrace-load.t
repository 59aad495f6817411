#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe calltrace on hundreds of functions while other processes use them: trees stay whole, all
# that was sent is printed or counted, and nothing is left behind, whichever way it ends.
. "$(dirname "$0")/../e2e/lib.sh"

mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug

if [[ $(uname -r) == 5.10.* || $(uname -r) == 6.1.* ]]; then
	# a kprobe for each call and each return, which an emulated machine takes long for, and
	# longest to take away those of a process that was killed
	allowed='vfs_*' few='vfs_r*' least=50
else
	allowed='vfs_*,ext4_*,security_*,tcp_*' few=$allowed least=500
fi
trace=(calltrace -e 'ksys_read,do_sys_openat2' --all -o json --headers btf -a)

# Tasks that read, fail to open, are preempted and move between processors.
cat >"$tmp/load.pl" <<'LOAD'
fork;
while (1) {
	open my $f, "<", "/etc/passwd" or die;
	sysread $f, my $b, 1 + int rand 4000;
	open my $g, "<", "/etc/nosuch" and die;
	open my $d, ">", "/tmp/load.$$" or die;
	unlink "/tmp/load.$$";
	select undef, undef, undef, 0.002;
}
LOAD
setsid perl "$tmp/load.pl" >"$tmp/load" 2>&1 &
load_pid=$!
disown
trap 'kill -KILL -- "-$load_pid"; hp_cleanup' EXIT
is_loaded='(($(pgrep -cg "$load_pid") == 2))'
ok 'a load runs' wait_for eval "$is_loaded"

start_hotprobe "${trace[@]}" "$allowed"
functions=$(grep -oP '(?<!ret)(?<!re)kprobe.multi on_call: \K[0-9]+' "$err")
diag "$functions functions, their calls in $(grep -oP '(?<!ret)kprobe.multi on_call.* \K[0-9]+(?= ms)' "$err") ms"
ok "at least $least functions" test "${functions:-0}" -ge "$least"
wait_for eval '(($(wc -l <"$out") >= 500))'
begin=${EPOCHREALTIME/./}
stop_hotprobe
diag "$(((${EPOCHREALTIME/./} - begin) / 1000)) ms to end"
is "$status" 0 'it ends well'
summary=$(tail -n 1 "$err")
diag "$summary"
is "$(grep -oP '[0-9]+(?= events? printed)' <<<"$summary")" "$(grep -c '^{' "$out")" 'what is printed is what it says'

# ---- the trees -----------------------------------------------------------------------------------

# Each property with how often it was wanting, and how many it could be wanting in.
kill -STOP -- "-$load_pid"
jq -rn '
	def ascending: . as $a | all(range(1; length); $a[.] >= $a[. - 1]);
	def tests: {
		root: (.calls[0].depth == 0 and ([.calls[1:][].depth] | all(. > 0))),
		depth: ([.calls[].depth] | . as $d | all(range(1; length); $d[.] <= $d[. - 1] + 1)),
		order: ([.calls[].start] | ascending),
		within: (.calls[0].duration as $all
			| .calls | all((.returned | not) or .start + .duration <= $all)),
		counted: (.unreturned > 0 or ([.calls[].returned] | all))
	} + if .entry != "ksys_read" or .unreturned + .untold > 0 then {} else {
		# what vfs_read() returns ksys_read() hands up: a return taken for the one of another call shows
		results: ([.calls[] | select(.depth == 1 and .function == "vfs_read").result] as $v
			| $v == [] or $v == [.result])
	} end + if .comm != "perl" or (.failed | not) then {} else { errors: (.result == "-ENOENT") } end;
	reduce (inputs | tests | to_entries[]) as $t ({};
		.[$t.key].all += 1 | .[$t.key].wrong += if $t.value then 0 else 1 end)
	| to_entries[] | "\(.key) \(.value.wrong) \(.value.all)"' <"$out" >"$tmp/judged"
kill -CONT -- "-$load_pid"

whole() { # PROPERTY AT-LEAST NAME
	local wrong=none all=0
	read -r _ wrong all < <(grep "^$1 " "$tmp/judged")
	is "$wrong" 0 "$3"
	ok "of $2 and more" test "$all" -ge "$2"
}
whole root 500 'each begins with its entry function'
whole depth 500 'no call is deeper than one below the last'
whole order 500 'calls follow each other'
whole within 500 'none ends after its entry function'
whole counted 500 'what was not seen to return is counted'
whole results 50 'results are those of the calls that they stand at'
whole errors 10 'and what fails is what should'

# ---- what stays ----------------------------------------------------------------------------------

gone='[[ -z $(</sys/kernel/debug/kprobes/list) && $(bpftool prog show) != *on_return* && $(bpftool link show) != *kprobe_multi* ]]'
ok 'nothing stays in the kernel' wait_for eval "$gone"

start_hotprobe "${trace[@]}" "$few"
wait_for eval '(($(wc -l <"$out") >= 10))'
kill -KILL "$hp_pid"
wait_hotprobe
ok 'kill -9: nothing stays, while the load goes on' wait_for eval "$gone"
ok 'which has noticed nothing' eval "$is_loaded"
is "$(<"$tmp/load")" '' 'and complains of nothing'
done_testing
