#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How the reader learns of events changes with their number, which needs the kernel's help: few, many
# and few again are each seen while the run goes on, and none is missing.
. "$(dirname "$0")/../e2e/lib.sh"

cat >"$tmp/probe.c" <<'C'
#include "hotprobe.h"

struct event {
	u32 number;
};
EVENTS(events, struct event);

TRACEPOINT_PROBE(syscalls, sys_enter_dup3)
{
	struct event e = {};

	if (args->oldfd != 0x7fffffff)
		return 0;
	e.number = args->newfd;
	return events_emit(args, &e);
}
C

# flood FIRST LAST: numbered calls that fail; 292 is dup3(2) on x86-64
flood() {
	perl -e 'syscall 292, 0x7fffffff, $_, 0x7fffffff for $ARGV[0] .. $ARGV[1]' "$@"
}

start_hotprobe "$tmp/probe.c" -o csv --headers btf --buffer 2M
perfs=/proc/$hp_pid/fd
few=$(find "$perfs" -lname '*perf_event*' | wc -l)
flood 1 1
ok 'one event is seen at once' wait_for grep -qx 1 "$out"
flood 2 5000
ok 'many are seen, all of them' wait_for grep -qx 5000 "$out"
isnt "$(find "$perfs" -lname '*perf_event*' | wc -l)" "$few" 'and did not wake the reader each'
flood 5001 5001
ok 'one more is seen' wait_for grep -qx 5001 "$out"
flood 5002 9000
ok 'and many more' wait_for grep -qx 9000 "$out"
stop_hotprobe
is "$(tail -n 1 "$err")" 'hotprobe: 9000 events printed, 0 lost' 'none is lost'
is "$(tail -n +2 "$out" | cmp - <(seq 9000) && echo same)" same 'each once, in order'
done_testing
