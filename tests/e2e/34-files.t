#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Outputs that go to files, by the doc comment's section Files: what is written, when, to whom.
. "$(dirname "$0")/lib.sh"

probe=$hp_root/tests/fixtures/payloads.c
cat >"$tmp/say.pl" <<'WORKER'
use POSIX;
open my $null, ">", "/dev/null";
POSIX::dup2(fileno($null), 77);
if ($ARGV[0] eq "-") { while (<STDIN>) { chomp; POSIX::write(77, $_, length $_) } }
else { POSIX::write(77, $_, length $_) for @ARGV }
WORKER
perl=$(command -v perl)
keys=$tmp/keys
# what the fixture makes of "key NAMEabcd"
line_of() {
	echo "$1 <0001abff> 61626364 4294967295/-1"
}

# ---- a file --------------------------------------------------------------------------------------

umask 022
run_hotprobe "$probe" --keylog "$keys" -o json -- "$perl" "$tmp/say.pl" one 'key Aabcd' two 'key Babcd'
is "$status" 0 'an output that goes to a file'
is "$(<"$keys")" "$(line_of A)"$'\n'"$(line_of B)" 'text, bytes and numbers, in the form that is asked for'
is "$(stat -c %a "$keys")" 600 'which only its owner can read'
is "$(json .data)" $'one\nkey Aabcd\ntwo\nkey Babcd' 'the other output is printed'
is "$(json_count 'has("event")')" 0 'as the only one that is'
is "$(<"$err")" 'hotprobe: 6 events printed, 0 lost' 'all are counted'

run_hotprobe "$probe" --keylog "$keys" --fields fd -- "$perl" "$tmp/say.pl" one 'key Cabcd'
is "$(sed 's/ .*//' "$keys" | tr '\n' ' ')" 'A B C ' 'a file that is there is added to'
is "$(<"$out")" $'  FD\n  77\n  77' '--fields is about what is printed'
run_hotprobe "$probe" --keylog "$keys" --where 'length == 3' --fields fd -- \
	"$perl" "$tmp/say.pl" one two! 'key Dabcd'
is "$(wc -l <"$out")/$(tail -n 1 "$keys" | cut -d ' ' -f 1)" 2/D 'as is --where'
(cd "$tmp" && run_hotprobe "$probe" --keylog relative -n 1 -- "$perl" "$tmp/say.pl" 'key Eabcd')
is "$(<"$tmp/relative")" "$(line_of E)" 'a path is relative to the current folder'
like "$(<"$err")" '^hotprobe: 1 event printed, .*1 after the last one' '-n counts lines'
run_hotprobe "$probe" --keylog "$keys.odd" -- "$perl" "$tmp/say.pl" $'key \e\n\\abcd' $'key \xc3\xbc\xffabcd'
is "$(<"$keys.odd")" '\x1b\n\\ <0001abff> 61626364 4294967295/-1
ü\xff <0001abff> 61626364 4294967295/-1' 'a text cannot end its line'

# ---- the program is the same ---------------------------------------------------------------------

run_hotprobe "$probe" --keylog "$keys.1" -v -- "$perl" "$tmp/say.pl" 'key Fabcd'
run_hotprobe "$probe" --keylog "$keys.2" -v -- "$perl" "$tmp/say.pl" 'key Fabcd'
is "$(cat "$keys.2")" "$(line_of F)" 'another file'
like "$(<"$err")" 'as it was compiled before' 'needs no other program'

# ---- at once -------------------------------------------------------------------------------------

mkfifo "$tmp/said"
mkfifo -m 600 "$tmp/fifo"
cat "$tmp/fifo" >"$tmp/read" &
reader=$!
start_hotprobe "$probe" --keylog "$tmp/fifo" -o json
"$perl" "$tmp/say.pl" - <"$tmp/said" &
exec 5>"$tmp/said"
echo 'key Gabcd' >&5
ok 'a FIFO: a line is there as soon as it is written' wait_for grep -qx "$(line_of G)" "$tmp/read"
exec 5>&-
stop_hotprobe
is "$status" 0 'it ends well'
wait "$reader"
is "$(<"$tmp/read")" "$(line_of G)" 'and its end is the end of the FIFO'

# ---- --watch -------------------------------------------------------------------------------------

cp "$probe" "$tmp/edited.c"
sed -i 's/ \* payloads - / * edited - /' "$tmp/edited.c"
rm -f "$keys"
start_hotprobe "$tmp/edited.c" --keylog "$keys" -o json --watch
"$perl" "$tmp/say.pl" 'key Habcd'
ok 'under --watch' wait_for grep -q '^H ' "$keys"
mv "$keys" "$keys.moved"
sed -i 's/{label} </{label} again </' "$tmp/edited.c"
hp_await "$err" 'swapped in' "$hp_pid"
"$perl" "$tmp/say.pl" 'key Iabcd'
ok 'the file stays open while the probe is exchanged' wait_for grep -q '^I again ' "$keys.moved"
is "$(<"$keys.moved")" "$(line_of H)"$'\nI again <0001abff> 61626364 4294967295/-1' \
	'and a new form is all that need be new'
sed -i 's/{label} again/{labl}/' "$tmp/edited.c"
hp_await "$err" 'the old program runs on' "$hp_pid"
like "$(<"$err")" 'edited.c:16: the events of keys have no field labl' 'a form that cannot be is told'
"$perl" "$tmp/say.pl" 'key Jabcd'
ok 'and the old one stays' wait_for grep -q '^J again ' "$keys.moved"
stop_hotprobe
is "$(grep -o 'printed, .*' "$err")/$(wc -l <"$out")" 'printed, 0 lost/3' 'all is counted'

# ---- stdout --------------------------------------------------------------------------------------

run_hotprobe "$probe" --keylog - -o json -- "$perl" "$tmp/say.pl" one 'key Jabcd' 'key Kabcd'
is "$(<"$out")" "$(line_of J)"$'\n'"$(line_of K)" '- is stdout, and nothing else is there'
is "$(<"$err")" 'hotprobe: 2 events printed, 0 lost' 'nor counted'
run_hotprobe "$probe" --keylog - --where 'label[0] == 75' -- "$perl" "$tmp/say.pl" 'key Jabcd' 'key Kabcd'
is "$(<"$out")" "$(line_of K)" 'what is printed can be chosen by --where'
timeout 60 "$hp" "$probe" --keylog - -- "$perl" "$tmp/say.pl" 'key Labcd' 'key Mabcd' 2>"$err" |
	head -n 1 >"$out"
is "${PIPESTATUS[0]}/$(<"$out")" "0/$(line_of L)" 'a reader that goes away ends the run well'

# ---- help ----------------------------------------------------------------------------------------

run_hotprobe "$probe" --help
is "$(grep -A2 '^Files:' "$out")" 'Files:
  --keylog: a line for each of keys, - for stdout:
      {label} <{random}> {secret} {nr}/{neg}' 'the help has the section'

done_testing
