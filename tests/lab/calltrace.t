#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe calltrace on the failures of tests/fixtures/calltrace/cases, all in one run: which function
# decided is known of each (tests/lab/failures.t finds it in another way). With FENTRY by trampolines.
. "$(dirname "$0")/../e2e/lib.sh"

fixtures=$(dirname "$0")/../fixtures
files=${FAILURES:-$hp_root/build/lab/files}
[[ -z ${FENTRY-} || $(uname -r) != 5.10.* ]] || skip_all 'fentry.t has what is said here'
case $(uname -r) in
5.10.*) column=0 ;;
6.1.*) column=1 ;;
6.12.*) column=2 ;;
*) column=3 ;;
esac

names=() commands=() deciding=() codes=() entries='' allowed=''
while IFS=';' read -r name command entry allow code decides; do
	[[ $name && $name != '#'* ]] || continue
	IFS=';' read -ra decides <<<"${decides//[ ]/}"
	names+=("$name")
	commands+=("$files/${command# }")
	codes+=("${code# }")
	deciding+=("${decides[column]}")
	entries+=${entries:+,}${entry# }
	allowed+=${allowed:+,}${allow# }
done <"$fixtures/calltrace/cases"
ok 'there are cases' test "${#names[@]}" -ge 9

# the shell's pid becomes the program's
cat >"$tmp/run" <<'RUN'
for command; do
	(
		echo "case $BASHPID" >>"$0.pids"
		exec $command
	)
done
exit 0
RUN
run_hotprobe calltrace ${FENTRY:+--fentry -v} -e "$entries" -a "$allowed" --args -o json --headers btf --buffer 4M -- \
	bash "$tmp/run" "${commands[@]}"
is "$status" 0 'a trace of them all ends well'
like "$(tail -n 1 "$err")" ', 0 lost' 'and is whole'
mapfile -t pids < <(sed -n 's/^case //p' "$tmp/run.pids")
grep '^{' "$out" | jq -c 'select(.comm == "failures" or .comm == "owner")' >"$tmp/traces"

# the calls that handed an error up, each with its result, by process and error: of the last such trace
# (by one jq, each of which takes a second to start in an emulated guest)
declare -A chains
while read -r pid code chain; do
	chains["$pid $code"]=$chain
done < <(jq -r '"\(.pid) \(.result) \([.calls[] | select(.failing) | "\(.function)=\(.result)"] | join(" "))"' \
	"$tmp/traces")

for i in "${!names[@]}"; do
	want=${deciding[i]} name=${names[i]} code=${codes[i]}
	got=${chains["${pids[i]} -$code"]-}
	if [[ $want == - ]]; then
		is "$got" '' "$name: nothing fails"
		continue
	fi
	[[ $want == *=false ]] || want="$want=-$code"
	# of which a kernel may not allow a trampoline: before 6.6 with more than six arguments
	if [[ ${FENTRY-} && $(<"$err") == *" ${deciding[i]%=*} is left out: the kernel does not allow it there"* ]]; then
		skip "$name: ${deciding[i]} decides" 'the kernel allows no trampoline there'
		continue
	fi
	# what compilers add to a function that they have changed
	want="(^| )${want%%=*}([.][a-z0-9.]+)?=${want#*=}$"
	like "$got" "$want" "$name: ${deciding[i]} decides"
	like "$got" "^[^ ]*=-$code " "$name: and the entry function returns $code"
done

# the case that this command was made for, as a person sees it
first=$(jq -c --argjson pid "${pids[0]}" 'select(.pid == $pid and .failed)' "$tmp/traces" | tail -n 1)
if [[ ${deciding[0]} != - ]]; then
	is "$(jq -r '.stack[0].frame + " " + .stack[0].result' <<<"$first")" "${deciding[0]%=*} false" \
		'the stack begins with the call that decided'
	like "$(jq -r '[.stack[].frame] | join(" ")' <<<"$first")" \
		'bpf_fd_array_map_update_elem.*sys_bpf.*do_syscall_64\+.*entry_SYSCALL_64' \
		'and goes up to where user space called'
	like "$(jq -c '[.calls[] | select(.function == "bpf_fd_array_map_update_elem")][0].args' <<<"$first")" \
		'"name":"key"|"name":"map"' 'arguments have their names'
fi
is "$(jq -s '[.[] | .untold, .unreturned] | add' "$tmp/traces")" 0 'no call is missing in any trace'

# There are 64 places for traces: what ends in its trace gives its own back.
run_hotprobe calltrace ${FENTRY:+--fentry} -e __x64_sys_exit_group,do_sys_openat2 --args --headers btf -o json -- \
	sh -c 'for i in $(seq 70); do (:); done; exec cat /nosuch'
like "$(tail -n 1 "$err")" ', 0 lost' 'after 70 processes have ended in their traces none is lost'
ok 'and the next is there' [ "$(json_count '.comm == "cat" and .result == "-ENOENT"')" -ge 1 ]
args=$(json 'select(.comm == "cat" and .calls[0].args[1].value == "\"/nosuch\"") | .calls[0].args[2] | "\(.name) \(.value)"')
like "$args" '^how 0xf[0-9a-f]{15} \{\.flags = [0-9]+, \.mode = 0, ' 'what a pointer into the kernel leads to'
done_testing
