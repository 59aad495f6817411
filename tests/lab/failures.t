#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The table tests/fixtures/calltrace/cases: of all functions that a case names, the one that it calls
# the deciding one is the first that returns the error, and the system call ends with it.
#
# tests/lab/calltrace.t has calltrace find them. This one does not take its word for it, and need not be
# run with each change of hotprobe, only when the table or the lab's kernels change, hence by hand, once
# scripts/test-matrix has built what it runs (for 6.1 here):
#
#   scripts/lab run --outside --files build/lab/files 6.1 -- \
#       env FAILURES=/lab/files HP_TIMEOUT=150 bash tests/lab/failures.t
. "$(dirname "$0")/../e2e/lib.sh"

fixtures=$(dirname "$0")/../fixtures
files=${FAILURES:-$hp_root/build/lab/files}
case $(uname -r) in
5.10.*) column=0 have=() ;;
6.1.*) column=1 ;;
6.12.*) column=2 ;;
*) column=3 ;;
esac
((column == 0)) || have=(-D HAVE_FUNC_IP)

# one run for all of them: each line of the table is a program to be run, known by its pid
names=() commands=() deciding=() codes=() own=() functions=
while IFS=';' read -r name command entry allowed code decides; do
	[[ $name && $name != '#'* ]] || continue
	names+=("$name")
	commands+=("$files/${command# }")
	codes+=("${code# }")
	IFS=';' read -ra decides <<<"${decides//[ ]/}"
	deciding+=("${decides[column]}")
	own+=("${entry# },${allowed# }")
	functions+=${functions:+,}${entry# },${allowed# }
done <"$fixtures/calltrace/cases"
ok 'there are cases' test "${#names[@]}" -ge 9

# the shell's pid becomes the program's
cat >"$tmp/run" <<'RUN'
for command; do
	(
		echo "case $BASHPID"
		exec $command
	)
done
exit 0
RUN
run_hotprobe "$fixtures/multi.c" -v -o json --headers btf --buffer 1M "${have[@]}" -F "$functions" \
	-- bash "$tmp/run" "${commands[@]}"
is "$status" 0 'a trace of them all ends well'
like "$(tail -n 1 "$err")" ', 0 lost' 'and is whole'
mapfile -t pids < <(sed -n 's/^case //p' "$out")
mapfile -t said < <(grep -v '^{\|^case\|^status' "$out")
grep '^{' "$out" | jq -r 'select(.comm == "failures" or .comm == "owner") | "\(.function | ltrimstr("0x")) \(.tid) \(.ret)"' |
	awk 'NR == FNR { name[$1] = $3; next } { print $2, name[$1], $3 }' /proc/kallsyms - >"$tmp/calls"

# decides PID CODE LIST: the first function of the list that returns it; an int is the lower half of
# its register. (The program's start has errors, too, in others.)
decides() {
	local nr function glob globs
	IFS=, read -ra globs <<<"$3"
	nr=$(perl -MErrno -e 'print &{"Errno::$ARGV[0]"}()' "$2")
	while read -r function; do
		for glob in "${globs[@]}"; do
			# shellcheck disable=SC2053 # it is a pattern
			[[ $function != $glob ]] || { echo "$function"; return; }
		done
	done < <(awk -v pid="$1" -v low="$((4294967296 - nr))" -v full="-$nr" \
		'$1 == pid && ($3 == low || $3 == full) { print $2 }' "$tmp/calls")
}

for i in "${!names[@]}"; do
	want=${deciding[i]} name=${names[i]} pid=${pids[i]}
	if [[ $want == - ]]; then
		is "$(decides "$pid" "${codes[i]}" "${own[i]}")" '' "$name: nothing fails"
	elif [[ $want == *=false ]]; then
		# false is a zero in the lowest byte; the last answer is that to the call that fails
		last=$(awk -v pid="$pid" -v name="${want%=*}" '$1 == pid && $2 == name { ret = $3 } END { print ret }' "$tmp/calls")
		is "$((${last:-1} & 255))" 0 "$name: ${want%=*} returns false"
		isnt "$(decides "$pid" "${codes[i]}" "${own[i]}")" '' "$name: which makes it ${codes[i]}"
	else
		is "$(decides "$pid" "${codes[i]}" "${own[i]}")" "$want" "$name: $want returns ${codes[i]}"
	fi
done
diag "${said[*]}"
done_testing
