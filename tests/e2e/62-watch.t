#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# --watch: the probe is edited while it runs.
# shellcheck disable=SC2317 # functions are called by wait_for and ok
. "$(dirname "$0")/lib.sh"

probe=$tmp/numbers.c

# The workload makes system calls with a running number, in bursts, until it is told to end, and
# prints the last number.
cat >"$tmp/load.c" <<'PROGRAM'
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t over;

static void end(int sig)
{
	over = sig;
}

int main(int argc, char **argv)
{
	long last = argc > 1 ? atol(argv[1]) : -1, number = 0;

	signal(SIGUSR1, end);
	while (!over && number != last) {
		getpgid(++number);
		if (number % 100 == 0)
			usleep(1000);
	}
	printf("%ld\n", number);
	return 0;
}
PROGRAM
ok 'the workload is built' gcc -O1 -o "$tmp/numbers" "$tmp/load.c" || done_testing

# said N REGEX: whether stderr has so many lines like it
said() {
	(($(grep -cE -- "$2" "$err") >= $1))
}
swaps=0
# swapped: wait for one more swap than there were
swapped() {
	swaps=$((swaps + 1))
	wait_for said "$swaps" ' swapped in '
}
begin() {
	swaps=0
	start_hotprobe "$@"
}
# seen TEXT: whether stdout has it
seen() {
	grep -qF -- "$1" "$out"
}

# write_probe [EDIT]: its text to stdout; the events say by which edit they were made
write_probe() {
	cat <<PROBE
// SPDX-License-Identifier: GPL-2.0
/*
 * numbers - tells numbers
 *
 * Options:
 *   -x, --extra   nothing
 */
#include "hotprobe.h"
#include "part.h"

struct event {
	u32 number;
	u32 edit;
};
EVENTS(events, struct event);

TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)
{
	struct event e = {};

	e.number = args->pid;
	e.edit = EDIT(${1-0});
	return events_emit(args, &e);
}
PROBE
}
echo '#define EDIT(n) (n)' >"$tmp/part.h"
write_probe >"$probe"

# ---- no event is missed, none is doubled ---------------------------------------------------------

begin "$probe" --watch -o json --comm numbers --buffer 8M
"$tmp/numbers" >"$tmp/last" &
load=$!
wait_for_output '"edit":0}'
# in place
write_probe 1 >"$probe"
swapped
wait_for seen '"edit":1}'
# by rename, as most editors do
write_probe 2 >"$tmp/new" && mv "$tmp/new" "$probe"
swapped
wait_for seen '"edit":2}'
# the old one out of the way first
mv "$probe" "$probe~" && write_probe 3 >"$probe"
swapped
wait_for seen '"edit":3}'
# a mistake, and its cure
write_probe 4 | sed 's/e\.number =/e.nomber =/' >"$probe"
ok 'a mistake is told' wait_for said 1 'numbers\.c:[0-9]+:[0-9]+: error: struct event has no field nomber'
like "$(<"$err")" "$probe:21:4: error" 'with file and line'
ok 'and that the old program runs on' wait_for said 1 '^hotprobe: the old program runs on$'
write_probe 4 >"$probe"
swapped
wait_for seen '"edit":4}'
# a link to another file
write_probe 5 >"$tmp/new" && ln -f "$tmp/new" "$probe" && rm "$tmp/new"
swapped
wait_for seen '"edit":5}'
# what it includes
echo '#define EDIT(n) (n + 1)' >"$tmp/part.h"
swapped
wait_for seen '"edit":6}'
# what the verifier refuses
write_probe 7 | sed 's/e\.edit =.*/e.edit = *(u32 *)e.number;/' >"$probe"
ok 'a refusal by the verifier is told' wait_for said 1 "numbers.c:[0-9]*: the verifier refused "
ok 'and the old program runs on' wait_for said 2 '^hotprobe: the old program runs on$'
# twice, faster than it compiles
write_probe 100 >"$probe"
write_probe 6 >"$probe"
wait_for seen '"edit":7}'
# its events may come before the line that says it was swapped; attempts are made one by one
write_probe 6 | sed 's/tells numbers/tells of numbers/' >"$probe"
ok 'a comment changes nothing, which is said' wait_for said 1 'changed, but nothing in what it does'
swaps=$(grep -c ' swapped in ' "$err")
# a symbolic link
mkdir "$tmp/elsewhere"
write_probe 7 >"$tmp/elsewhere/real.c"
ln -sf "$tmp/elsewhere/real.c" "$probe"
swapped
wait_for seen '"edit":8}'
write_probe 8 >"$tmp/elsewhere/real.c"
swapped
wait_for seen '"edit":9}'
# another event
write_probe 9 | sed 's/u32 edit;/u64 more;\n\tu32 edit;/' >"$tmp/elsewhere/real.c"
swapped
wait_for seen '"edit":10}'
# one more function, then none of it
{
	write_probe 10
	printf 'TRACEPOINT_PROBE(syscalls, sys_enter_getsid)\n{\n\treturn 0;\n}\n'
} >"$tmp/elsewhere/real.c"
swapped
like "$(grep ' swapped in ' "$err" | tail -n 1)" 'attached at 1 more' 'a function that is new is attached'
wait_for seen '"edit":11}'
write_probe 11 >"$tmp/elsewhere/real.c"
swapped
like "$(grep ' swapped in ' "$err" | tail -n 1)" 'detached from 1' 'one that is gone is detached'
wait_for seen '"edit":12}'
# nothing that matters
write_probe 11 | sed 's/tells numbers/tells them/' >"$tmp/elsewhere/real.c"
ok 'nor does it after other edits' wait_for said 2 'changed, but nothing in what it does'
kill -USR1 "$load"
wait "$load"
last=$(<"$tmp/last")
stop_hotprobe
is "$status" 0 'a run with edits ends well'
ok 'the workload was a busy one' test "$last" -gt 10000
is "$(jq -r '.number' "$out" | awk '$1 != NR { print "number", $1, "in line", NR; exit }')" '' \
	'every number is printed once, in order'
is "$(wc -l <"$out")" "$last" 'up to the last'
is "$(jq -r '.edit' "$out" | uniq | awk 'NR > 1 && $1 < before { print } { before = $1 }')" '' \
	'no program prints after the one that took its place'
like "$(tail -n 1 "$err")" "^hotprobe: $last events printed, 0 lost" 'the count is of all programs'

# Faster than can be read, through a buffer that is too small: what is lost is counted, to the last.
write_probe 0 >"$probe"
begin "$probe" --watch -o json --comm flood --buffer 4K
sed 's/usleep(1000)/0/' "$tmp/load.c" >"$tmp/flood.c"
ok 'a flood is built' gcc -O1 -o "$tmp/flood" "$tmp/flood.c"
"$tmp/flood" >"$tmp/last" &
load=$!
for edit in 1 2 3 4 5; do
	write_probe "$edit" >"$probe"
	swapped
	wait_for seen "\"edit\":$((edit + 1))}"
done
kill -USR1 "$load"
wait "$load"
stop_hotprobe
read -r printed lost <<<"$(sed -nE 's/^hotprobe: ([0-9]+) events printed, ([0-9]+) lost.*/\1 \2/p' "$err")"
is "$printed" "$(wc -l <"$out")" 'a flood: what is said to be printed is printed'
ok 'a flood: something is lost' test "$lost" -gt 0
is "$((printed + lost))" "$(<"$tmp/last")" 'a flood: and nothing else is missing, over five programs'
echo '#define EDIT(n) (n)' >"$tmp/part.h"

# ---- maps ----------------------------------------------------------------------------------------

write_counts() { # TYPE OF VALUES, STATEMENT
	cat <<PROBE
#include <uapi/linux/ptrace.h>
struct wide {
	u64 first;
	u64 second;
};
BPF_HASH(kept, u32, u64);
BPF_HASH(counts, u32, $1);

TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)
{
	u64 name[2] = {}, one = 1, *n;
	$1 zero = { 0 };
	u32 key = 7;

	bpf_get_current_comm(name, sizeof(name));
	if (name[0] != 0x737265626d756eULL)
		return 0;
	n = kept.lookup(&key);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		kept.update(&key, &one);
	n = (u64 *)counts.lookup_or_try_init(&key, &zero);
	if (n)
		__sync_fetch_and_add(n, $2);
	return 0;
}
PROBE
}
write_counts u64 1 >"$tmp/counts.c"
begin "$tmp/counts.c" --watch -o json
"$tmp/numbers" 300 >/dev/null
write_counts u64 2 >"$tmp/counts.c"
swapped
like "$(<"$err")" 'swapped in [0-9]+ ms; 2 maps kept' 'maps that are alike are kept'
"$tmp/numbers" 300 >/dev/null
write_counts 'struct wide' 1 >"$tmp/counts.c"
swapped
like "$(<"$err")" '1 map kept; emptied, because of another type or size: counts' \
	'one of another size is not'
"$tmp/numbers" 50 >/dev/null
stop_hotprobe
is "$(json 'select(.event == "kept") | .value')" 650 'a map goes on over two swaps'
is "$(json 'select(.event == "counts") | .first')" 50 'one that changed began anew'

# ---- a call that is under way --------------------------------------------------------------------

write_calls() {
	cat <<PROBE
/*
 * calls - pairs
 */
#include "hotprobe.h"

struct event {
	u32 pid;
	u32 at;
	u64 size;
};
EVENTS(events, struct event);
BPF_HASH(calls, u64, u64);

TRACEPOINT_PROBE(syscalls, sys_enter_read)
{
	u64 id = bpf_get_current_pid_tgid(), size = args->count;
	struct event e = { .pid = id >> 32, .at = $1, .size = size };

	if (size != 4711)
		return 0;
	calls.update(&id, &size);
	return events_emit(args, &e);
}

TRACEPOINT_PROBE(syscalls, sys_exit_read)
{
	u64 id = bpf_get_current_pid_tgid(), *size = calls.lookup(&id);
	struct event e = { .pid = id >> 32, .at = $1 + 100 };

	if (!size)
		return 0;
	e.size = *size;
	calls.delete(&id);
	return events_emit(args, &e);
}
PROBE
}
write_calls 1 >"$tmp/calls.c"
begin "$tmp/calls.c" --watch -o json
mkfifo "$tmp/fifo"
perl -e 'sysread(STDIN, my $line, 4711)' <>"$tmp/fifo" &
reader=$!
wait_for_output '"at":1,'
write_calls 2 >"$tmp/calls.c"
swapped
echo >"$tmp/fifo"
wait "$reader"
wait_for_output '"at":102,'
stop_hotprobe
is "$(json '"\(.at) \(.size)"')" $'1 4711\n102 4711' \
	'a call that began under the old program ends under the new one'

# ---- what is printed -----------------------------------------------------------------------------

echo '#define EDIT(n) (n)' >"$tmp/part.h"
rm -f "$probe"
for form in table csv; do
	write_probe 1 >"$probe"
	begin "$probe" --watch -o "$form" --comm numbers
	"$tmp/numbers" 2 >/dev/null
	wait_for eval '(($(wc -l <"$out") == 3))'
	write_probe 2 >"$probe"
	swapped
	"$tmp/numbers" 2 >/dev/null
	wait_for eval '(($(wc -l <"$out") == 5))'
	write_probe 3 | sed 's/u32 edit;/u32 edit;\n\tu32 more;/' >"$probe"
	swapped
	"$tmp/numbers" 2 >/dev/null
	wait_for eval '(($(wc -l <"$out") == 8))'
	stop_hotprobe
	is "$(tr 'A-Z,' 'a-z ' <"$out" | awk '{ $1 = $1; print }')" 'number edit
1 1
2 1
1 2
2 2
number edit more
1 3 0
2 3 0' "$form: a new header where the columns change, and only there"
done

# ---- options, ends -------------------------------------------------------------------------------

write_probe 1 >"$probe"
begin "$probe" --watch --extra -o json --comm numbers -n 3
"$tmp/numbers" 2 >/dev/null
wait_for eval '(($(wc -l <"$out") == 2))'
write_probe 2 | sed 's/--extra/--other/' >"$probe"
ok 'an option that is no more is an error of the edit' wait_for said 1 "extra"
wait_for said 1 'the old program runs on'
rm "$probe"
ok 'a file that is removed is one, too' wait_for said 1 'cannot open .*numbers.c'
write_probe 1 >"$probe"
ok 'until it is there again' wait_for said 1 'is again what runs'
write_probe 2 >"$probe"
swapped
"$tmp/numbers" 2 >/dev/null
wait_hotprobe
is "$status/$(wc -l <"$out")" 0/3 '-n counts over all programs'
like "$(tail -n 1 "$err")" '^hotprobe: 3 events printed, 0 lost' 'as the last line does'

write_probe 1 >"$probe"
begin "$probe" --watch -o json -- /bin/bash -c "
	'$tmp/numbers' 1 >/dev/null
	until [[ -e '$tmp/go' ]]; do read -rt 0.02 <> <(:); done
	'$tmp/numbers' 2 >/dev/null; exit 9"
wait_for_output '"edit":1}'
write_probe 2 >"$probe"
swapped
touch "$tmp/go"
wait_hotprobe
is "$status" 9 'a command runs on, and its status is passed on'
is "$(json 'select(.edit == 2) | .number' | tail -n 2 | tr '\n' ' ')" '1 2 ' 'its children are traced on'

gone() {
	! kill -0 "$1" 2>/dev/null
}
worker() {
	worker=$(pgrep -P "$hp_pid" hotprobe-cc)
}
write_probe 1 >"$probe"
touch "$tmp/start"
begin "$probe" --watch --no-cache -o json --comm numbers
"$tmp/numbers" 1 >/dev/null
wait_for_output '"edit":1}'
write_probe 2 >"$probe"
ok 'an edit is compiled' wait_for worker
stop_hotprobe
is "$status" 0 'an interrupt meanwhile ends the run well'
like "$(tail -n 1 "$err")" '^hotprobe: 1 event printed' 'with its last line'
unlike "$(<"$err")" 'interrupted' 'and without an error'
ok 'the compiler ends with it' wait_for gone "$worker"

# a save while the one before is compiled
begin "$probe" --watch --no-cache -o json --comm numbers
write_probe 3 >"$probe"
wait_for worker
write_probe 4 >"$probe"
swapped
"$tmp/numbers" 1 >/dev/null
wait_for_output '"edit":4}'
stop_hotprobe
is "$(json .edit | tr '\n' ' ')" '4 ' 'only the last of two saves runs'

# its folder goes, and comes again
mkdir "$tmp/folder"
cp "$tmp/part.h" "$tmp/folder"
write_probe 5 >"$tmp/folder/numbers.c"
begin "$tmp/folder/numbers.c" --watch -o json --comm numbers
rm -r "$tmp/folder"
ok 'a folder that is removed' wait_for said 1 'the old program runs on'
mkdir "$tmp/folder"
cp "$tmp/part.h" "$tmp/folder"
write_probe 6 >"$tmp/folder/numbers.c"
swapped
"$tmp/numbers" 1 >/dev/null
wait_for_output '"edit":6}'
stop_hotprobe
is "$(json .edit | tr '\n' ' ')" '6 ' 'is found again'

# a bundled probe, and then the user's own copy of it
begin exec --watch -o json
wait_for said 1 'attached at'
EDITOR=true "$hp" edit exec 2>/dev/null
ok "one's own copy is seen" wait_for said 1 'config/hotprobe/exec.c changed, but nothing in what it does'
sed -i 's/^struct event {/struct event {\n\tu32 own;/' "$XDG_CONFIG_HOME/hotprobe/exec.c"
swapped
/bin/true
wait_for_output '"own":0'
stop_hotprobe
is "$status" 0 'and runs once it is another program'

# ---- where a program may not be attached ---------------------------------------------------------

write_far() { # OFFSET, ARGUMENT
	cat <<PROBE
/*
 * far - reads far
 *
 * Attach:
 *   tracepoint  syscalls:sys_enter_getpgid  on_getpgid
 */
#include "hotprobe.h"

struct event {
	u64 value;
};
EVENTS(events, struct event);
struct record {
	char before[$1];
	u64 value;
};

int on_getpgid(struct record *record)
{
	struct event e = { .value = record->value };

	return events_emit(record, &e);
}

RAW_TRACEPOINT_PROBE(sys_enter)
{
	struct event e = { .value = ctx->args[$2] };

	if (ctx->args[1] != 0x7fffffff)
		return 0;
	return events_emit(ctx, &e);
}
PROBE
}
write_far 16 1 >"$tmp/far.c"
begin "$tmp/far.c" --watch -o json --comm numbers
write_far 1024 1 >"$tmp/far.c"
ok 'a tracepoint'\''s record has an end' \
	wait_for said 1 'sys_enter_getpgid: the program reads beyond the end of this tracepoint'
wait_for said 1 'the old program runs on'
write_far 16 4 >"$tmp/far.c"
ok 'a raw tracepoint has so many arguments' \
	wait_for said 1 'sys_enter: the program reads more arguments than this raw tracepoint has'
wait_for said 2 'the old program runs on'
"$tmp/numbers" 2 >/dev/null
wait_for_output '"value":2}'
write_far 16 0 >"$tmp/far.c"
swapped
"$tmp/numbers" 1 >/dev/null
wait_for eval '(($(wc -l <"$out") == 3))'
stop_hotprobe
is "$(json .value | tr '\n' ' ')" '1 2 1 ' 'the old one ran on, and the next takes over'

# ---- a program that is built anew ----------------------------------------------------------------

echo '__attribute__((noinline, noipa)) int f(int n) { return n + 1; } int main(int c, char **v) { return f(c) - c - 1; }' >"$tmp/f.c"
gcc -O1 -o "$tmp/f" "$tmp/f.c"
write_call() {
	cat <<PROBE
/*
 * call - a function is called
 *
 * Attach:
 *   uprobe  $tmp/f:f  on_f
 */
#include "hotprobe.h"

struct event {
	u32 edit;
};
EVENTS(events, struct event);

int on_f(struct pt_regs *ctx)
{
	struct event e = { .edit = $1 };

	return events_emit(ctx, &e);
}
PROBE
}
write_call 1 >"$tmp/call.c"
begin "$tmp/call.c" --watch -o json
"$tmp/f"
write_call 2 >"$tmp/call.c"
swapped
unlike "$(<"$err")" 'attached at 1 more' 'a place in a program stays attached'
"$tmp/f"
gcc -O1 -o "$tmp/f.new" "$tmp/f.c" && mv "$tmp/f.new" "$tmp/f"
write_call 3 >"$tmp/call.c"
swapped
like "$(<"$err")" 'attached at 1 more; detached from 1' 'until it is built anew'
"$tmp/f"
wait_for eval '(($(wc -l <"$out") == 3))'
stop_hotprobe
is "$(json .edit | tr '\n' ' ')" '1 2 3 ' 'and is traced all the time'

run_hotprobe check "$probe" --watch
is "$status" 2 'check does not watch'

done_testing
