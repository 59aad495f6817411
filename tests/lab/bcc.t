#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Programs in BCC's dialect, as they are, against the header source $HEADERS: maps printed at the
# end, histograms, stacks, arguments, members of kernel structs.
. "$(dirname "$0")/../e2e/lib.sh"

HEADERS=${HEADERS:-btf}
fixtures=$(dirname "$0")/../fixtures/bcc

# plain FILE ARGS...: start a fixture
plain() {
	start_hotprobe "$fixtures/$1" --headers "$HEADERS" "${@:2}"
}

plain unlink_latency.c -o json
touch "$tmp"/{1..40}
perl -e 'unlink $_ for @ARGV' "$tmp"/{1..40} &
wait $!
pid=$!
stop_hotprobe
is "$status" 0 'hash and histogram: ends well'
is "$(json "select(.event == \"counts\" and .pid == $pid) | .value")" 40 'BPF_HASH: increment() by a struct key'
is "$(json_count 'select(.event == "start")')" 0 'BPF_HASH: update(), lookup() and delete() leave it empty'
ok 'BPF_HISTOGRAM: bpf_log2l() and its bounds' json -e -s \
	'map(select(.event == "dist")) | (map(.count) | add) >= 40 and all(.low <= .high and .low > 0)'

plain unlink_latency.c
touch "$tmp/one"
rm "$tmp/one"
stop_hotprobe
like "$(<"$out")" 'dist:.* -> .*\|\*+' 'histograms are drawn as bars'
like "$(<"$out")" 'counts:.*COMM.*rm' 'tables have a header and rows'

plain file_reads.c -o json
head -c 4321 /dev/zero >"$tmp/file-of-4321"
perl -e 'open my $f, "<", $ARGV[0]; sysread $f, my $b, 1000' "$tmp/file-of-4321" &
wait $!
pid=$!
stop_hotprobe
is "$(json "select(.pid == $pid) | [.inode, .size, .count, .comm, .name] | tojson" | head -n 1)" \
	"[$(stat -c %i "$tmp/file-of-4321"),4321,1000,\"perl\",\"file-of-4321\"]" \
	'arguments after ctx, and members of kernel structs through three pointers'

plain kill_stacks.c -o json
perl -e 'kill 0, $$; syscall(121, 1)' &
wait $!
pid=$!
stop_hotprobe
is "$(json "select(.pid == $pid and .target == $pid) | [.sig, .by_register] | tojson")" \
	'[0,0]' 'syscall__: a system call by name, its arguments and PT_REGS_PARM'
is "$(json_count "select(.pid == $pid and .target == 1)")" 1 \
	'kprobe____x64_sys_: a system call by its function'
like "$(json 'select(.event == "stacks") | .frames[]')" '__x64_sys_kill|kill' 'BPF_STACK_TRACE: kernel symbols'
is "$(json 'select(.event == "total") | .value >= 1')" true 'BPF_ARRAY: counts'

done_testing
