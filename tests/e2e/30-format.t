#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe format: fields of all kinds, outputs, plain BCC, options, debugf.
. "$(dirname "$0")/lib.sh"

fixtures=$hp_root/tests/fixtures
cat >"$tmp/writes.pl" <<'WORKER'
use POSIX;
open my $null, ">", "/dev/null";
POSIX::dup2(fileno($null), 77);
for (@ARGV) { POSIX::write(77, "abcdefghijklmnop" x 8, $_) }
WORKER
perl=$(command -v perl)

# ---- fields --------------------------------------------------------------------------------------

run_hotprobe "$fixtures/fields.c" -o json -- "$perl" "$tmp/writes.pl" 16 3 0 20 30 40
is "$status" 0 'a probe of fields of all kinds'
ok 'its events are valid JSON' json_is_valid
is "$(json 'select(.text == "abc") | del(.pid, .text, .large) | tojson')" \
	'{"small":-5,"numbers":[1,2,65535],"hex":"0xbeef","ip":"127.0.0.1","ip6":"::1","either":"10.0.0.9","family":"AF_INET6","signal":"SIGKILL","mode":"0644","took":1234567,"mac":"de0000000001","bytes":"cafe00","name":"a\u001bb","args":["one","two words"]}' \
	'each kind of field'
is "$(head -n 1 "$out" | grep -o '"large":[0-9]*')" '"large":18446744073709551615' \
	'64 bits arrive whole'
is "$(json '"\(.text) \(.text_cut) \(.text_errno)"')" \
	$'abcdefghijklmnop null null\nabc null null\n null null\nabcdefghijklmnop true null\nnull null -14' \
	'a text as long as it is, empty, cut, and unreadable'
like "$(<"$err")" '^hotprobe: 5 events printed, 1 lost' 'an event that the probe drops is counted as lost'

run_hotprobe "$fixtures/fields.c" -- "$perl" "$tmp/writes.pl" 3 20 30
table=$(<"$out")
like "$table" '^ +PID +SMALL +LARGE +NUMBERS' 'the table has their names'
like "$table" ' -5 +18446744073709551615 +1,2,65535 +0xbeef +127\.0\.0\.1 +::1 +10\.0\.0\.9 +AF_INET6 ' \
	'numbers and addresses'
like "$table" ' SIGKILL +0644 +1\.23ms +de0000000001 +cafe00 +a\\x1bb +one '"'two words' +abc"$'\n' \
	'names, units, bytes, text and arguments'
like "$table" $' abcdefghijklmnop[.]{3}\n' 'a text that was cut'
like "$table" $' <EFAULT>\n?$' 'a text that could not be read'

# ---- two outputs, plain BCC ----------------------------------------------------------------------

run_hotprobe "$fixtures/two.c" -o json -- "$perl" "$tmp/writes.pl" 1 2 3
is "$(json '"\(.event) \(.fd) \(.ret)"' | grep -v '[012] null')" \
	$'starts 77 null\nends null 1\nstarts 77 null\nends null 2\nstarts 77 null\nends null 3' \
	'two outputs: each event says of which it is, in order'
like "$(<"$err")" '6 events printed, 0 lost' 'and both are counted'
run_hotprobe "$fixtures/two.c" --comm perl --where 'pid > 1' -o json -- \
	/bin/sh -c "echo x >/dev/null; $perl $tmp/writes.pl 1"
is "$(json '.event' | tr '\n' ' ')" 'starts ends ' 'filters hold for both'

start_hotprobe "$fixtures/plain.c" -o json
"$perl" "$tmp/writes.pl" 11 22 &
pid=$!
wait "$pid"
wait_for_output '"count":22'
stop_hotprobe
is "$(json '"\(.pid) \(.count) \(.comm)"')" "$pid 11 perl"$'\n'"$pid 22 perl" \
	'a plain BCC program runs as it is'
run_hotprobe "$fixtures/plain.c" -p $$
is "$status" 2 'but cannot be filtered'
like "$(<"$err")" 'EVENTS' 'and it says what would help'

# ---- options -------------------------------------------------------------------------------------

# values ARGS...: what the probe options made of these
values() {
	run_hotprobe "$fixtures/options.c" -o json "$@" -- "$perl" "$tmp/writes.pl" 1
	json '"\(.flag) \(.number) \(.name)"'
}
is "$(values)" '0 7 ' 'options that are not given, and a default'
is "$(values -f -N 9 --name 'two "words"')" '1 9 two "words"' 'a flag, a number, a text'
is "$(values --number=0x10 --flag)" '1 16 ' 'long options'
is "$(values --number 100 -D HP_EXTRA=11)" '0 111 ' '-D defines for the compiler'
run_hotprobe "$fixtures/options.c" --number 101
is "$status" 2 'a number out of range'
like "$(<"$err")" '101.*1-100|1.*100' 'is told with the range'
run_hotprobe --flag "$fixtures/options.c" -o json -- "$perl" "$tmp/writes.pl" 1
is "$(json .flag)" 1 'options may stand before the probe'

# ---- tracepoints' own types -------------------------------------------------------------------------

cat >"$tmp/seek.c" <<'END'
#include "hotprobe.h"
struct event {
	s64 offset;
};
EVENTS(events, struct event);
TRACEPOINT_PROBE(syscalls, sys_enter_lseek)
{
	struct event e = { .offset = args->offset };

	return events_emit(args, &e);
}
END
run_hotprobe "$tmp/seek.c" --headers btf -o json -- "$perl" -e 'sysseek(STDIN, 12345678901, 0)'
is "$(json 'select(.offset == 12345678901) | .offset')" 12345678901 \
	'a type that only the tracepoint names is taken from the kernel'

# ---- debugf --------------------------------------------------------------------------------------

run_hotprobe "$fixtures/debug.c" --debug -o json -- "$perl" "$tmp/writes.pl" 5 6
is "$(json .count | tr '\n' ' ')" '5 6 ' '--debug: the events go where they always go'
is "$(grep -o 'asked for .*' "$err")" $'asked for 5 bytes on 77\nasked for 6 bytes on 77' \
	'what debugf() says goes to stderr'
run_hotprobe "$fixtures/debug.c" -o json -- "$perl" "$tmp/writes.pl" 5
is "$(json .count)/$(grep -c 'asked for' "$err")" 5/0 'without --debug it says nothing'

done_testing
