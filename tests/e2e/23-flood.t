#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# More events than can be read, and many after few: each is printed once or counted, and soon.

. "$(dirname "$0")/lib.sh"

# flood FIRST LAST: numbered calls that fail at once, as fast as they can be made
cat >"$tmp/flood.c" <<'C'
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	for (long i = atol(argv[1]); argc == 3 && i <= atol(argv[2]); i++)
		syscall(SYS_dup3, 0x7fffffff, i, 0x7fffffff);
}
C
ok 'a program that makes many calls is built' gcc -O2 -o "$tmp/flood" "$tmp/flood.c"
cat >"$tmp/probe.c" <<'C'
#include "hotprobe.h"

struct event {
	u32 number;
	u32 pad[16];
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
sed -e 's/EVENTS(events.*/BPF_PERF_OUTPUT(events);/' \
	-e 's/events_emit.*/events.perf_submit(args, \&e, sizeof(e));/' "$tmp/probe.c" >"$tmp/plain.c"

# count WORD: the number before it in the last run's last line
count() {
	sed -nE "s/^hotprobe: .*\b([0-9]+) (events? )?$1.*/\1/p" "$err" | tail -n 1
}

# ---- what cannot be read in time -----------------------------------------------------------------

for format in json csv table; do
	run_hotprobe "$tmp/probe.c" -o $format --fields number --buffer 8K -- "$tmp/flood" 1 300000
	is "$status" 0 "$format, a buffer that is much too small: traced to the end"
	isnt "$(count lost)" 0 "$format: events were lost"
	is $(($(count printed) + $(count lost))) 300000 "$format: printed + lost = sent"
	is "$(grep -c '[0-9]' "$out")" "$(count printed)" "$format: what is said to be printed is there"
	tr -dc '0-9\n' <"$out" | sed '/^$/d' >"$tmp/numbers"
	ok "$format: in order, none twice" sort -nuc "$tmp/numbers"
done
run_hotprobe "$tmp/probe.c" -o json --fields number --buffer 8K --where 'number % 3 == 0' -- \
	"$tmp/flood" 1 300000
is "$(count 'filtered out')" 200000 'filtered ones are counted apart'
is $(($(count printed) + $(count lost))) 100000 'and the others, printed or lost'
start_hotprobe "$tmp/plain.c" -o json --buffer 8K
"$tmp/flood" 1 300000
stop_hotprobe
like "$(tail -n 1 "$err")" 'at least [1-9][0-9]* lost' 'BPF_PERF_OUTPUT: the kernel tells of some'
ok 'but of no more than there were' test $(($(count printed) + $(count lost))) -le 300000

# ---- what has room -------------------------------------------------------------------------------

# Few, many, few: what wakes the reader changes twice in each round. No number may be missing at the
# end of a round while the run goes on, however long the reader had to wait for a CPU.
start_hotprobe "$tmp/probe.c" -o csv --fields number --buffer 4M
last=0
for ((round = 1; round <= 5; round++)); do
	for ((i = 0; i < 3; i++)); do
		last=$((last + 1))
		"$tmp/flood" $last $last
		wait_for grep -qx "$last" "$out" || break 2
	done
	"$tmp/flood" $((last + 1)) $((last + 20000))
	last=$((last + 20000))
	wait_for grep -qx "$last" "$out" || break
done
is "$last" 100015 'five rounds, each seen to its end'
stop_hotprobe
is "$(count printed)/$(count lost)" "$last/0" 'nothing is lost where there is room'
is "$(tail -n +2 "$out" | cmp - <(seq $last) && echo same)" same 'each once, in order'

# ---- an end in the midst of it -------------------------------------------------------------------

# The probe is told to make no more events, and detached after that: the numbers that were traced are
# 1 to printed + lost.
for buffer in 32M 8K; do
	start_hotprobe "$tmp/probe.c" -o csv --fields number --buffer $buffer
	"$tmp/flood" 1 2000000000 &
	flood=$!
	wait_for grep -qE '^[0-9]{5}' "$out"
	stop_hotprobe
	ok "ended in a flood, $buffer: which goes on" kill -0 $flood
	ok "ended in a flood, $buffer: and is let go of" wait_for no_process "$tmp/probe.c"
	kill $flood
	wait $flood
	printed=$(count printed) lost=$(count lost) last=$(tail -n 1 "$out")
	is "$(($(wc -l <"$out") - 1))" "$printed" "ended in a flood, $buffer: what is said to be printed is there"
	ok "ended in a flood, $buffer: in order, none twice" sort -nuc "$out"
	# where there is room none is lost behind the last one
	[[ $buffer == 8K ]] && room=$lost || room=0
	is "$((last <= printed + lost && printed + lost <= last + room))" 1 \
		"ended in a flood, $buffer: all up to one moment was printed or counted ($last, $printed + $lost)"
done

# ---- the very first ------------------------------------------------------------------------------

# Once the header is there, events are traced; the first one must not wait for the second.
cat >"$tmp/first.pl" <<'PERL'
alarm shift;
open STDERR, ">", "/dev/null";
open my $null, ">", "/dev/null";
for (1 .. 15) {
	my $pid = open(my $hp, "-|", @ARGV) or die;
	<$hp>;
	syswrite $null, "x" x $_;
	print scalar <$hp>;
	kill "INT", $pid;
	close $hp;
}
PERL
is "$(perl "$tmp/first.pl" "$HP_TIMEOUT" "$hp" write -o csv --fields size --comm perl | uniq | tr '\n' ' ')" \
	'1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 ' 'the first event is seen before there is a second'

# ---- a reader that is slow -----------------------------------------------------------------------

# Nobody reads the pipe before the run is over: all has room in it.
mkfifo "$tmp/pipe"
exec {pipe}<>"$tmp/pipe"
timeout "$HP_TIMEOUT" "$hp" "$tmp/probe.c" -o csv --fields number --buffer 4M -- \
	"$tmp/flood" 1 100000 >"$tmp/pipe" 2>"$err"
is "$?" 0 'a run whose output nobody reads yet comes to its end'
is "$(count printed)/$(count lost)" 100000/0 'and loses nothing'
is "$(head -n 100001 <&"$pipe" | tail -n 1)" 100000 'it is all there'

done_testing
