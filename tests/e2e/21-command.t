#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The beginning and the end of a run: a command and what it starts, limits, signals.
. "$(dirname "$0")/lib.sh"

# A neighbour that execs all the time: its events are nobody's here.
cat >"$tmp/neighbour" <<'NEIGHBOUR'
while :; do /bin/true neighbour; read -rt 0.02 <> <(:); done
NEIGHBOUR
/bin/bash "$tmp/neighbour" &

# ---- -- COMMAND ----------------------------------------------------------------------------------

cat >"$tmp/family" <<'FAMILY'
/bin/true child
/bin/bash -c '/bin/true grandchild; (exec /bin/true greatgrandchild); :'
/bin/true pipe | /bin/true line
FAMILY
run_hotprobe exec -o json -- /bin/bash "$tmp/family"
is "$status" 0 'a command that succeeds'
is "$(json '.args[-1]' | grep -v '/\|:' | sort | tr '\n' ' ')" \
	'child grandchild greatgrandchild line pipe ' 'its children and theirs are traced'
is "$(json '.args[1]' | head -n 1)" "$tmp/family" 'the first event is its own start'
is "$(json_count '.args[1] == "neighbour"')" 0 'and nobody else'

run_hotprobe exec -o json -- /bin/sh -c 'exit 7'
is "$status" 7 'its exit status is passed on'
# shellcheck disable=SC2016 # the inner shell's variables
run_hotprobe exec -o json -- /bin/sh -c 'kill -KILL $$'
is "$status" 137 'death by a signal as a shell tells it'
run_hotprobe exec -o json -- no-such-command-at-all
is "$status" 1 'a command that does not exist'
like "$(<"$err")" 'no-such-command-at-all' 'is named'
is "$(wc -l <"$out")" 0 'and nothing was traced'
printf '#!/nonexistent/interpreter\n' >"$tmp/no program"
chmod +x "$tmp/no program"
run_hotprobe exec -o json -- "$tmp/no program"
is "$status" 1 'a command that cannot be started'
like "$(<"$err")" 'cannot run .*no program' 'is named'
run_hotprobe exec -o json -- cat
is "$status" 0 'the command has hotprobe'\''s stdin'
is "$(json '.args[0]' | head -n 1)" cat 'and is found in PATH'

# A child that outlives the command: the run ends with the command, the child stays.
start_hotprobe exec -o json -- /bin/bash -c "sleep 600 & echo \$! >'$tmp/child'; exit 3"
wait_hotprobe
is "$status" 3 'the run ends with the command'
child=$(<"$tmp/child")
ok 'what it left in the background goes on' kill -0 "$child"
kill "$child"

cat >"$tmp/threads.c" <<'PROGRAM'
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static void *run(void *arg)
{
	close(open(arg, O_RDONLY));
	return NULL;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, run, "/in a thread");
	pthread_join(thread, NULL);
	run("/in the first");
	return 0;
}
PROGRAM
if ok 'a program of two threads is built' gcc -pthread -o "$tmp/threads" "$tmp/threads.c"; then
	run_hotprobe open -o json --failed -- "$tmp/threads"
	is "$(json 'select(.path | startswith("/in")) | .path')" $'/in a thread\n/in the first' \
		'threads of the command are traced'
fi

# ---- -n, -d --------------------------------------------------------------------------------------

run_hotprobe exec -o json -n 3
is "$status/$(wc -l <"$out")" 0/3 '-n: so many events'
like "$(<"$err")" '^hotprobe: 3 events printed, 0 lost' 'are told'
run_hotprobe exec -n 1
is "$(wc -l <"$out")" 2 '-n 1: the header and one line'
run_hotprobe exec -o json -n 100 -- /bin/true
is "$status/$(wc -l <"$out")" 0/1 'a command may end before the limit'
# The time runs from when the probe is attached.
before=$EPOCHREALTIME
start_hotprobe exec -o json -d 0.5
attached=$EPOCHREALTIME
wait_hotprobe
after=$EPOCHREALTIME
is "$status" 0 '-d: a run of half a second'
ok 'is not over sooner' test $(((${after/./} - ${before/./}) / 1000)) -ge 500
ok 'nor much later' test $(((${after/./} - ${attached/./}) / 1000)) -lt 20000
ok 'and has seen what happened in it' test "$(wc -l <"$out")" -gt 0
start_hotprobe exec -o json -d 300ms -- /bin/sleep 600
wait_hotprobe
is "$status" 0 '-d ends a command that takes longer'
is "$(json '.args | join(" ")')" '/bin/sleep 600' 'which was traced'
pid=$(json .pid)
ok 'and is ended' eval "! kill -0 $pid 2>/dev/null"

# ---- signals -------------------------------------------------------------------------------------

for signal in INT TERM HUP; do
	start_hotprobe exec -o json
	wait_for_output neighbour
	stop_hotprobe "$signal"
	is "$status" 0 "SIG$signal ends a run well"
	ok "SIG$signal: with all its events" json_is_valid
	is "$(wc -l <"$out")" "$(sed -nE 's/^hotprobe: ([0-9]+) events? printed, 0 lost.*/\1/p' "$err")" \
		"SIG$signal: and their count"
done
start_hotprobe exec -o json -- /bin/sh -c 'trap "/bin/true its end; exit 5" INT; sleep 600 & wait'
wait_for_output 'sleep'
stop_hotprobe
is "$status" 5 'a signal is passed on to the command'
is "$(json 'select(.args[0] == "/bin/true") | .args[1:] | join(" ")')" 'its end' \
	'whose end is traced'
json 'select(.args[0] == "sleep") | .pid' | xargs -r kill
start_hotprobe exec -o json -- /bin/sh -c 'trap "/bin/true again" INT; while :; do sleep 0.1; done'
wait_for_output '"sleep"'
kill -INT "$hp_pid"
wait_for_output '"again"'
stop_hotprobe
is "$status" 0 'the second signal ends both'

done_testing
