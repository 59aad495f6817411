#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is printed: table, JSON, CSV, columns, order, and to whom.
. "$(dirname "$0")/lib.sh"

cat >"$tmp/execs" <<'EXECS'
/bin/true plain 'two words' ''
/bin/true $'\e[2J\e]0;title\a' $'c\x9b1' $'\xc2\x9b' $'line\nbreak\r'
/bin/true 'a,b' '"quoted"'
EXECS

# ---- formats -------------------------------------------------------------------------------------

run_hotprobe exec -- /bin/bash "$tmp/execs"
table=$(<"$out")
is "$(head -n 1 "$out" | tr -s ' ')" 'TIME PID PPID UID CGROUP RET COMM ARGC FILE ARGS' \
	'the table has a header'
is "$(wc -l <"$out")" 5 'and a line for each event'
like "$table" "/bin/true plain 'two words' ''"$'\n' 'arguments are quoted as a shell would'
unlike "$table" $'[\x01-\x09\x0b-\x1f\x7f]' 'no control character gets through'
ok 'nor a C1 one' eval '! grep -q $'\''\xc2\x9b'\'' "$out"'
like "$table" '\\x1b\[2J\\x1b\]0;title\\a|\\x1b\[2J\\x1b\]0;title\\x07' 'they are shown as escapes'
like "$table" 'line\\nbreak\\r' 'as are line breaks'
is "$(tail -n 4 "$out" | cut -c 1-12 | grep -cE '^[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3}$')" 4 \
	'a time of day'
ok 'no colours in a file' eval '! grep -q $'\''\e'\'' "$out"'

run_hotprobe exec -o json -- /bin/bash "$tmp/execs"
ok 'JSON: one object a line' json_is_valid
is "$(json 'keys_unsorted | join(" ")' | sort -u | tail -n 1 | cut -d ' ' -f 1-10)" \
	'time pid ppid uid cgroup ret comm argc file args' 'in the order of the fields'
is "$(json 'select(.argc == 5) | .args[1:] | tojson')" \
	"$(jq -cn '$ARGS.positional' --args -- $'\e[2J\e]0;title\a' '' $'\xc2\x9b' $'line\nbreak\r' |
		sed 's/,"",/,"c\xef\xbf\xbd1",/')" 'text arrives as it was'

run_hotprobe exec -o csv -- /bin/bash "$tmp/execs"
is "$(head -n 1 "$out")" 'time,pid,ppid,uid,cgroup,ret,comm,argc,file,args' 'CSV has a header'
like "$(tail -n 1 "$out")" ",true,3,/bin/true,\"/bin/true a,b '\"\"quoted\"\"'\"\$" \
	'and quotes (RFC 4180)'
is "$(wc -l <"$out")" 5 'a line for each event'

# ---- columns -------------------------------------------------------------------------------------

run_hotprobe exec --fields args,ret,comm -- /bin/true x
is "$(tr -s ' ' <"$out" | sed 's/ $//')" $'ARGS RET COMM\n/bin/true x 0 true' \
	'--fields: these columns in this order'
run_hotprobe exec --fields comm,ret -o json -- /bin/true x
is "$(<"$out")" '{"comm":"true","ret":0}' '--fields in JSON'
run_hotprobe exec --fields comm,argc -o csv -- /bin/true x
is "$(<"$out")" $'comm,argc\ntrue,2' '--fields in CSV'
run_hotprobe exec --fields comm,nosuch -- /bin/true
is "$status/$(wc -l <"$out")" 2/0 'a field that is not there'
like "$(<"$err")" 'nosuch' 'is named'

run_hotprobe write -T -- /bin/sh -c 'echo x >/dev/null'
like "$(<"$out")" $'^TIME +PID +TID .*\n[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3} +[0-9]+ ' \
	'-T: the time first'
run_hotprobe write -T -o json -- /bin/sh -c 'echo x >/dev/null'
is "$(json '(.time | sub("\\.\\d+Z$"; "Z") | fromdate) as $at | now - $at | . > -2 and . < 300')" true \
	'-T in JSON: that of the event'
run_hotprobe write -o json -- /bin/sh -c 'echo x >/dev/null'
is "$(json 'has("time")')" false 'without it, none'

# ---- order ---------------------------------------------------------------------------------------

# Two processes, each on a CPU of its own, pass a token to and fro: each write is after the other's.
cat >"$tmp/token.pl" <<'WORKER'
use POSIX;
my ($cpu_a, $cpu_b, $rounds) = @ARGV;
my ($ar, $aw) = POSIX::pipe(); my ($br, $bw) = POSIX::pipe();
sub pin { system("taskset", "-p", "-c", $_[0], $$) == 0 or POSIX::_exit(1) }
open STDOUT, ">", "/dev/null";
my ($r, $w, $size) = fork ? ($ar, $bw, 1) : ($br, $aw, 2);
pin($size == 1 ? $cpu_a : $cpu_b);
POSIX::write($w, "x", 1) if $size == 2;
for (1 .. $rounds) { POSIX::read($r, my $got, 2); POSIX::write($w, "xx", $size) }
wait;
WORKER
if (($(nproc) > 1)); then
	run_hotprobe write -T -o json --buffer 4M --where 'size < 3 && comm == "perl"' -- \
		perl "$tmp/token.pl" 0 1 500
	is "$(wc -l <"$out")" 1001 'events of two CPUs: all of them'
	ok 'in the order in which they happened' \
		eval 'json .time >"$tmp/times" && LC_ALL=C sort -c "$tmp/times"'
else
	skip 'events of two CPUs' 'this machine has one'
fi

# ---- stdout --------------------------------------------------------------------------------------

cat >"$tmp/writer" <<'WRITER'
while :; do echo x >/dev/null; done
WRITER
/bin/bash "$tmp/writer" &
before=$SECONDS
timeout 60 "$hp" write 2>"$err" | head -n 1 >"$out"
is "${PIPESTATUS[0]}" 0 'a reader that goes away ends the run well'
is "$(wc -c <"$err")" 0 'without a word'
ok 'and soon' test $((SECONDS - before)) -lt 30
like "$(<"$out")" 'PID' 'what it read is there'
kill $!
# nothing happens any more: the end of the reader is noticed nevertheless
timeout 60 "$hp" write --comm nobody-at-all 2>"$err" | head -n 1 >"$out"
is "${PIPESTATUS[0]}/$(wc -c <"$err")" 0/0 'also where there are no events'
run_hotprobe exec -q -o json -- /bin/true
is "$(wc -l <"$out")/$(wc -c <"$err")" 1/0 '-q: nothing but events'

done_testing
