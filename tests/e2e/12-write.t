#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe write: results, durations, threads, and that no call is missing or told twice.
# shellcheck disable=SC2317 # functions are called by ok, wait_for and the like
. "$(dirname "$0")/lib.sh"

perl=$(command -v perl)

# of FD FIELDS: the values of these fields in the events of this descriptor, a line each
of() {
	json "select(.fd == $1) | [$2] | map(tostring) | join(\" \")"
}

cat >"$tmp/writes.pl" <<'WORKER'
use Fcntl; use POSIX;
$SIG{PIPE} = "IGNORE";
sub put { my ($fd, $text) = @_; POSIX::write($fd, $text, length $text); }
open my $null, ">", "/dev/null"; POSIX::dup2(fileno($null), 40);
open my $full, ">", "/dev/full"; POSIX::dup2(fileno($full), 41);
my ($r, $w) = POSIX::pipe(); POSIX::dup2($w, 42); POSIX::close($w); POSIX::close($r);
($r, $w) = POSIX::pipe();
fcntl(my $pipe = IO::Handle->new_from_fd($w, "w"), F_SETFL, O_NONBLOCK);
1 while put($w, "x" x 4096);
POSIX::dup2($w, 43);
put(40, "abc"); put(40, ""); put(40, "y" x 70000);
put(41, "abc"); put(42, "abcd"); put(999, "abcde"); put(43, "abcdef");
# a write that waits for its reader
fcntl($pipe, F_SETFL, 0);
POSIX::dup2($w, 44);
if (!fork) { select(undef, undef, undef, 0.3); POSIX::read($r, my $got, 65536); POSIX::_exit(0); }
put(44, "waits");
wait;
WORKER
run_hotprobe write -o json -- "$perl" -MIO::Handle "$tmp/writes.pl"
is "$status" 0 'the program is traced to its end'
ok 'all is valid JSON' json_is_valid
is "$(of 40 '.size, .ret')" $'3 3\n0 0\n70000 70000' 'what was asked for and what was written'
is "$(of 41 '.size, .ret')" '3 -28' 'ENOSPC'
is "$(of 42 '.size, .ret')" '4 -32' 'EPIPE'
is "$(of 999 '.size, .ret')" '5 -9' 'EBADF'
is "$(of 43 '.size, .ret')" '6 -11' 'EAGAIN'
is "$(of 44 '.size, .ret, (.duration | . > 250000000 and . < 30000000000)')" '5 5 true' \
	'a write that waits 0.3 s for its reader takes that long'
is "$(json 'select(.fd == 40) | .duration | . > 0 and . < 250000000' | sort -u)" true \
	'one that does not wait does not'
is "$(json 'select(.fd == 40) | "\(.comm) \(.pid == .tid)"' | sort -u)" 'perl true' \
	'a process of one thread'

run_hotprobe write --failed --fields fd,ret,size -- "$perl" -MIO::Handle "$tmp/writes.pl"
like "$(<"$out")" $'\n +41 +ENOSPC +3\n +42 +EPIPE +4\n +999 +EBADF +5\n +43 +EAGAIN +6\n?$' \
	'--failed: these, by name'
unlike "$(<"$out")" $'\n +4[04] ' 'and not those that succeeded'

# ---- threads -------------------------------------------------------------------------------------

cat >"$tmp/threads.c" <<'PROGRAM'
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *run(void *arg)
{
	/* by the number of bytes it says which thread it is */
	static char zeroes[1 << 23];

	if (write(*(int *)arg, zeroes, gettid()) < 0)
		return arg;
	return NULL;
}

int main(void)
{
	pthread_t thread;
	FILE *null = fopen("/dev/null", "w");
	int fd = dup2(fileno(null), 50);

	run(&fd);
	pthread_create(&thread, NULL, run, &fd);
	return pthread_join(thread, NULL);
}
PROGRAM
if ok 'a program of two threads is built' gcc -pthread -o "$tmp/threads" "$tmp/threads.c"; then
	run_hotprobe write -o json -- "$tmp/threads"
	is "$(of 50 '.tid - .size')" $'0\n0' 'the thread id is that of the thread'
	is "$(of 50 '.pid' | sort -u)" "$(of 50 .tid | head -n 1)" \
		'and the process id that of its first'
	is "$(of 50 '.tid' | sort -u | wc -l)" 2 'which are two'
fi

# ---- counting ------------------------------------------------------------------------------------

# count PRINTED|LOST|FILTERED: from the last line of the last run
count() {
	case $1 in
	printed) sed -nE 's/^hotprobe: ([0-9]+) events? printed,.*/\1/p' "$err" ;;
	lost) sed -nE 's/^hotprobe: .* printed, ([0-9]+) lost.*/\1/p' "$err" ;;
	filtered) sed -nE 's/^hotprobe: .* ([0-9]+) filtered out.*/\1/p' "$err" ;;
	esac
}

run_hotprobe write -o json --buffer 4M -- \
	/bin/dd if=/dev/zero of=/dev/null bs=1 count=5000 status=none
is "$(json_count '.comm == "dd" and .fd == 1 and .size == 1 and .ret == 1')" 5000 \
	'5000 writes are 5000 events'
is "$(wc -l <"$out")/$(count printed)/$(count lost)" '5000/5000/0' 'no more and no less, and it says so'

run_hotprobe write --where 'size == 2' -o json --buffer 4M -- "$perl" -e '
	open my $null, ">", "/dev/null";
	for (1 .. 4000) { syswrite $null, $_ % 4 ? "a" : "bb" }'
is "$(json_count '.size == 2')/$(count printed)/$(count lost)" '1000/1000/0' \
	'those that --where chooses, exactly'
ok 'the others are counted' test "$(count filtered)" -ge 3000

# With a reader that stands still the buffer runs over: what is lost must be counted, one for one.
mkfifo "$tmp/go"
# shellcheck disable=SC2016 # perl's variables
"$perl" -e '
	open my $null, ">", "/dev/null";
	open my $go, "<", $ARGV[0];
	<$go>;
	syswrite $null, "z" for 1 .. 20000;
	sleep 600' "$tmp/go" &
worker=$!
exec {go}>"$tmp/go"
start_hotprobe write -p "$worker" -o json --buffer 4K
kill -STOP "$hp_pid"
echo >&"$go"
# its own count of bytes written
all_written() {
	(($(awk '/^wchar/ { print $2 }' "/proc/$worker/io") >= 20000))
}
wait_for all_written
kill -CONT "$hp_pid"
stop_hotprobe
kill "$worker"
is "$(wc -l <"$out")" "$(count printed)" 'what is printed is counted'
ok 'a buffer that runs over loses events' test "$(count lost)" -gt 0
is "$(($(count printed) + $(count lost)))" 20000 'printed and lost together are all of them'
like "$(<"$err")" 'larger --buffer' 'and the remedy is named'

done_testing
