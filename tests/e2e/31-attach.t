#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The ways to attach, each on a program of which all calls are known.
. "$(dirname "$0")/lib.sh"

fixtures=$hp_root/tests/fixtures
cat >"$tmp/target.c" <<'PROGRAM'
#include <stdio.h>
#include <unistd.h>
#include <sys/sdt.h>

__attribute__((noinline)) int work(int n, const char *text)
{
	DTRACE_PROBE3(hptest, worked, n, text, -5000000000L * n);
	return n * 2 + getppid() * 0;
}

int main(int argc, char **argv)
{
	int sum = 0;

	for (int i = 1; i < argc; i++)
		sum += work(i, argv[i]);
	printf("%d\n", sum);
	return 0;
}
PROGRAM
target=$tmp/the-target
if ! ok 'the program is built' gcc -O1 -g -o "$target" "$tmp/target.c"; then
	done_testing
fi

run_on_target() { # ARGS... with the target's output kept apart
	run_hotprobe "$@" -o json -- "$target" one 'two words' three
	ok "${1##*/} ${*:2}: the program has run as ever" grep -qx 12 "$out"
	sed -i '/^12$/d' "$out"
}

# ---- uprobe, uretprobe ---------------------------------------------------------------------------

run_on_target "$fixtures/called.c" -B "$target" -S work
is "$(json .arg | tr '\n' ' ')" '1 2 3 ' 'uprobe: a path and a symbol'
is "$(json .comm | sort -u)" the-target 'in the program'
# the first segment that is code lies in the file where it lies in memory
offset=$(nm "$target" | awk '$3 == "work" { print $1 }')
run_on_target "$fixtures/called.c" -B "$target" -S "0x$offset"
is "$(json .arg | tr '\n' ' ')" '1 2 3 ' 'uprobe: an offset'
run_on_target "$fixtures/called.c" -B c -S getppid
is "$(json_count '.comm == "the-target"')" 3 'uprobe: a library by its name'
PATH=$tmp:$PATH run_on_target "$fixtures/called.c" -B the-target -S work
is "$(json .arg | tr '\n' ' ')" '1 2 3 ' 'uprobe: a program of PATH'
run_on_target "$fixtures/returned.c" -B "$target"
is "$(json '"\(.arg)=\(.ret)"' | tr '\n' ' ')" '1=2 2=4 3=6 ' 'uprobe and uretprobe in pairs'

sleep 600 &
run_hotprobe "$fixtures/called.c" -B "$target" -S work -p $! -d 0.3 -o json
is "$status/$(wc -l <"$out")" 0/0 'uprobe -p: of another process'
run_hotprobe "$fixtures/called.c" -B "$target" -S wrok
is "$status" 1 'a symbol that does not exist'
like "$(<"$err")" 'wrok' 'is named'
like "$(<"$err")" 'work' 'and the one that is meant'

# ---- USDT ----------------------------------------------------------------------------------------

run_on_target "$fixtures/usdt.c" -B "$target"
is "$(json '"\(.number) \(.text) \(.large)"')" \
	$'1 one -5000000000\n2 two words -10000000000\n3 three -15000000000' 'usdt: each argument'

# ---- raw tracepoint, perf event ------------------------------------------------------------------

nr=$([[ $(uname -m) == x86_64 ]] && echo 110 || echo 173)
run_on_target "$fixtures/raw.c" --where "nr == $nr"
is "$(json '"\(.comm) \(.nr)"')" "$(printf "the-target $nr\n%.0s" 1 2 3)" 'raw tracepoint'

# bpf_trace_printk() reports itself: a program there that calls it would run within itself. From
# 5.12 on the kernel counts that.
cat >"$tmp/echo.c" <<-'PROBE'
	#include "hotprobe.h"
	struct event { u32 pid; };
	EVENTS(events, struct event);
	RAW_TRACEPOINT_PROBE(bpf_trace_printk)
	{
		struct event e = { .pid = bpf_get_current_pid_tgid() >> 32 };

		bpf_trace_printk("again");
		return events_emit(ctx, &e);
	}
PROBE
cat >"$tmp/speaks.c" <<-'PROBE'
	#include "hotprobe.h"
	struct event { u32 pid; };
	EVENTS(events, struct event);
	TRACEPOINT_PROBE(syscalls, sys_enter_getpriority)
	{
		struct event e = { .pid = bpf_get_current_pid_tgid() >> 32 };

		bpf_trace_printk("once");
		return events_emit(args, &e);
	}
PROBE
for how in -v --watch; do
	start_hotprobe "$tmp/echo.c" -o json "$how"
	"$hp" "$tmp/speaks.c" -q -n 3 -- perl -e 'getpriority 0, 0 for 1 .. 3' >/dev/null
	wait_for_output '"pid"'
	stop_hotprobe
	like "$(tail -n 1 "$err")" '[0-9]+ runs? of the probe missed within BPF programs' \
		"runs that the kernel left out are told, with $how"
done

cat >"$tmp/busy.pl" <<-'WORKER'
	$0 = "hp busy";
	use Time::HiRes;
	my $cpu = sub { my ($u, $s) = times; $u + $s };
	1 while $cpu->() < 0.6;
WORKER
run_hotprobe "$fixtures/sampled.c" -o json -- taskset -c 0 perl "$tmp/busy.pl"
samples=$(json_count '.comm == "hp busy" and .cpu == 0')
# 99 in a second of its time; other work on the machine delays ticks, and adds none
ok "perf event: 0.6 s at 99 Hz are about 59 samples ($samples)" \
	test "$samples" -ge 20 -a "$samples" -le 90
is "$(json .pid | sort -u | wc -l)" 1 'of the command alone'

done_testing
