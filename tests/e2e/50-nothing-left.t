#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# However a run ends, it leaves nothing behind.
# shellcheck disable=SC2317 # functions are called by ok, wait_for and the like
. "$(dirname "$0")/lib.sh"

# Folders of others are not ours to count: ours go here.
export TMPDIR=$tmp/tmp
mkdir -m 1777 "$TMPDIR"
fixtures=$hp_root/tests/fixtures
tracefs=$(awk '$3 == "tracefs" { print $2; exit }' /proc/mounts)

holds() { # PID: whether a process with this id still is there, and not only as a zombie
	[[ -d /proc/$1 && $(awk '/^State/ { print $2 }' "/proc/$1/status" 2>/dev/null) != Z ]]
}
gone() {
	! holds "$1"
}

# events: what tracefs has of probes
events() {
	cat "$tracefs"/uprobe_events "$tracefs"/kprobe_events 2>/dev/null
}
before=$(events)

# nothing_left HOW: after a run
nothing_left() {
	is "$(find "$TMPDIR" /tmp -maxdepth 1 -newer "$tmp/start" -name 'hotprobe-*' \
		! -name 'hotprobe-test.*' -user root -cmin -1 2>/dev/null | while read -r path; do
		# another run's, under way at the same time, ends
		for _ in {1..500}; do [[ -e $path ]] || break; nap; done
		[[ -e $path ]] && echo "$path"
	done)" '' "$1: no file"
	is "$(events)" "$before" "$1: no probe in tracefs"
}
touch "$tmp/start"

# the ids of BPF objects that a process holds: of its maps and programs
objects() {
	cat /proc/"$1"/fdinfo/* 2>/dev/null | awk '/^(map|prog)_id:/ { print $1 $2 }' | sort -u
}
# Whether any process, or the kernel without one, still has one of these objects.
objects_gone() {
	local kind id
	while IFS=: read -r kind id; do
		if [[ $kind == prog_id ]]; then
			"$tmp/bpf" prog "$id" && return 1
		else
			"$tmp/bpf" map "$id" && return 1
		fi
	done <"$tmp/ids"
	return 0
}
cat >"$tmp/bpf.c" <<'PROGRAM'
/* bpf prog|map ID: whether the kernel has a BPF object of this id */
#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	unsigned int id = argc > 2 ? atoi(argv[2]) : 0;
	int fd = strcmp(argv[1], "prog") ? bpf_map_get_fd_by_id(id) : bpf_prog_get_fd_by_id(id);

	return fd < 0;
}
PROGRAM
ok 'a look at BPF objects is built' gcc -o "$tmp/bpf" "$tmp/bpf.c" -lbpf || done_testing

run_hotprobe exec -- /bin/true
nothing_left 'a run to its end'
run_hotprobe "$fixtures/called.c" -B c -S no_such_function
is "$status" 1 'a run that fails'
nothing_left 'a run that fails'
echo 'nonsense here;' >"$tmp/broken.c"
run_hotprobe "$tmp/broken.c"
is "$status" 1 'a probe that does not compile'
nothing_left 'a probe that does not compile'

for signal in INT KILL; do
	start_hotprobe "$fixtures/called.c" -B c -S getppid
	pid=$hp_pid
	objects "$pid" >"$tmp/ids"
	ok "SIG$signal: there are programs and maps" test "$(wc -l <"$tmp/ids")" -ge 3
	ok "SIG$signal: which the kernel has" eval '! objects_gone'
	kill -s "$signal" "$pid"
	wait_hotprobe
	ok "SIG$signal: the kernel lets go of them all" wait_for objects_gone
	nothing_left "SIG$signal"
done

start_hotprobe exec -- /bin/sleep 600
child=$(pgrep -P "$hp_pid")
stop_hotprobe KILL
is "$status" 137 'kill -9 with a command'
nothing_left 'kill -9 with a command'
kill "$child" 2>/dev/null

# While it compiles: the compiler must end as well.
for signal in INT TERM; do
	env --default-signal=INT,QUIT "$hp" exec --no-cache >"$out" 2>"$err" &
	hp_pid=$!
	worker() {
		worker=$(pgrep -P "$hp_pid" hotprobe-cc)
	}
	if ok "SIG$signal during the compile: it compiles" wait_for worker; then
		kill -s "$signal" "$hp_pid"
		wait_hotprobe
		is "$status" 1 "SIG$signal during the compile ends it"
		like "$(<"$err")" 'interrupted' 'which it says'
		ok "SIG$signal during the compile: the compiler ends" wait_for gone "$worker"
		nothing_left "SIG$signal during the compile"
	fi
done

done_testing
