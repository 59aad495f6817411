#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe open: each of the system calls, descriptors, errors, flags and paths.
. "$(dirname "$0")/lib.sh"

perl=$(command -v perl)
x86=$([[ $(uname -m) == x86_64 ]] && echo 1)

# of PATH FILTER: FILTER's answer over the one event of this path
of() {
	json 'select(.path == $path) | '"$2" --arg path "$1"
}

long=$tmp/$(printf '%0200d/' {1..15})
mkdir -p "$long"
# Each line that it prints is the descriptor or the error that a call got, with the name of the call.
cat >"$tmp/opens.pl" <<'WORKER'
use strict; use Errno; use Fcntl;
my ($tmp, $long, $x86) = @ARGV;
sub report { my ($name, $ret) = @_; print "$name ", ($ret < 0 ? -($!+0) : $ret), "\n"; }
sub openat {
	my ($name, $path, $flags) = @_;
	report($name, syscall($x86 ? 257 : 56, -100, "$path\0", $flags, 0600));
}
sub openat2 {
	my ($name, $path, $flags, $size) = @_;
	my $how = pack("QQQ", $flags, $flags & O_CREAT ? 0600 : 0, 0);
	report($name, syscall(437, -100, "$path\0", $how, $size));
}
openat("created", "$tmp/created", O_CREAT | O_WRONLY | O_TRUNC);
openat("odd", "$tmp/odd \e[1m\"name\"\n\xff", O_CREAT | O_RDWR);
openat("missing", "$tmp/missing", O_RDONLY);
openat("exists", "$tmp/created", O_CREAT | O_EXCL | O_WRONLY);
openat("notdir", "$tmp/created/below", O_RDONLY);
openat("long", "${long}missing", O_RDONLY | O_NONBLOCK);
openat("over", "x" x 5000, O_RDONLY);
openat("empty", "", O_RDONLY);
report("fault", syscall($x86 ? 257 : 56, -100, 16, 01234, 0));
openat2("how", "$tmp/how", O_CREAT | O_APPEND | O_WRONLY, 24);
openat2("howless", "$tmp/howless", O_RDONLY | O_DIRECTORY, 24);
openat2("badhow", "$tmp/badhow", O_RDONLY, 7);
report("plain", syscall(2, my $null = "/dev/null\0", O_RDWR | 02000000, 0)) if $x86;
WORKER

run_opens() {
	run_hotprobe open -o json "$@" -- "$perl" "$tmp/opens.pl" "$tmp" "$long" "$x86"
	# what the program printed is its own, and stands among hotprobe's lines
	grep -v '^{' "$out" >"$tmp/said"
	grep '^{' "$out" >"$tmp/events"
	cp "$tmp/events" "$out"
}

# got CALL: what the program itself got from it
got() {
	sed -n "s/^$1 //p" "$tmp/said"
}

run_opens
is "$status" 0 'the program is traced to its end'
ok 'all is valid JSON' json_is_valid
is "$(json .pid | sort -u | wc -l)" 1 'all are its own'
is "$(json .comm | sort -u | tail -n 1)" perl 'under its name'

# O_CREAT 0100, O_EXCL 0200, O_TRUNC 01000, O_APPEND 02000, O_NONBLOCK 04000, O_WRONLY 1, O_RDWR 2
is "$(of "$tmp/created" '"\(.ret) \(.flags)"' | head -n 1)" "$(got created) 01101" \
	'openat: the descriptor and the flags'
is "$(of "$tmp/created" '"\(.ret) \(.flags)"' | tail -n 1)" "-17 0301" 'EEXIST'
is "$(of "$tmp/missing" '"\(.ret) \(.flags)"')" '-2 0' 'ENOENT'
is "$(of "$tmp/created/below" .ret)" -20 'ENOTDIR'
is "$(of "$long"missing '"\(.ret) \(.flags) \(.path_cut)"')" "-2 04000 null" \
	"a path of ${#long} bytes is whole"
is "$(json 'select(.path_hex) | .path_hex' | tail -c 3)" 'ff' 'bytes that are no UTF-8 are kept'
like "$(json 'select(.path_hex) | .path')" $'/odd \e\\[1m"name"\n' 'and so are control characters'
is "$(json 'select(.ret == -36) | .path | length')" 4095 'ENAMETOOLONG: as much of the path as one can have'
is "$(of '' .ret)" -2 'an empty path'
is "$(json 'select(.ret == -14) | "\(.path) \(.path_errno) \(.flags)"')" "null -14 01234" \
	'a path that cannot be read says so'
if (($(got how) >= 0)); then
	is "$(of "$tmp/how" '"\(.ret) \(.flags)"')" "$(got how) 02101" \
		'openat2: the descriptor and the flags out of its struct'
	is "$(of "$tmp/howless" .ret)" -2 'openat2: ENOENT'
	is "$(of "$tmp/badhow" .ret)" -22 'openat2: a struct of a wrong size'
else
	skip 'openat2' "this kernel does not have it ($(got how))"
fi
if [[ $x86 ]]; then
	is "$(of /dev/null '"\(.ret) \(.flags)"' | tail -n 1)" "$(got plain) 02000002" 'open'
else
	skip 'open' "$(uname -m) does not have it"
fi
everything=$(wc -l <"$out")

run_opens --failed
is "$(json_count '.ret >= 0')" 0 '--failed: none that succeeded'
is "$(of "$tmp/missing" .ret)" -2 'those that failed'
# created exists by now, so that this run's calls are those of the first; what failed are:
# missing, exists, notdir, long, over, empty, fault, and with openat2 howless, badhow
failed=$((7 + ($(got how) >= 0 ? 2 : 1)))
is "$(json_count '(.path // "" | test("perl|/lib")) | not')" "$failed" 'all of them'
ok 'fewer than all' test "$(wc -l <"$out")" -lt "$everything"

run_hotprobe open -- "$perl" "$tmp/opens.pl" "$tmp" "$long" "$x86"
table=$(<"$out")
like "$table" "[0-9] perl +[0-9]+ +01101 $tmp/created"$'\n' 'the table: flags are octal'
like "$table" "[0-9] perl +ENOENT +0 $tmp/missing"$'\n' 'errors have names'
like "$table" "$tmp/odd "'\\x1b\[1m"name"\\n\\xff'$'\n' 'and paths cannot reach the terminal'
unlike "$table" $'\e' 'no escape character at all'

done_testing
