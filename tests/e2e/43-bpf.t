#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe bpf: what it tells of objects whose makings are known; bpftool says the same.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/bpf.sh"

[[ $(id -u) == 0 ]] || skip_all 'BPF objects are shown to root only'
[[ $(stat -fc %T /sys/kernel/tracing) == tracefs ]] || mount -t tracefs tracefs /sys/kernel/tracing

gcc -O2 -Wall -Werror -D_GNU_SOURCE -I"$hp_root/tool" -o "$tmp/bpf_objects" \
	"$hp_root/tests/fixtures/bpf_objects.c" -lbpf || exit 1
bpf_start "$tmp/bpf_objects"
bpf() { run_hotprobe bpf "$@"; }

# ---- programs ------------------------------------------------------------------------------------

bpf progs -o json
is "$status" 0 'progs -o json'
ok 'one object a line' json_is_valid
prog() { json "select(.id == ${id[$1]}) | $2"; }
is "$(prog target .name)" a_target_with_a_long_name 'the whole name, from BTF'
is "$(prog target '.functions | tostring')" '["a_target_with_a_long_name","its_helper"]' 'its functions'
is "$(prog caller '[.type, .uid, .gpl] | tostring')" '["tracepoint",0,true]' 'type, user, licence'
is "$(prog caller '.maps | sort | tostring')" "[${id[counts]},${id[array]}]" 'its maps'
is "$(prog caller '.holders | tostring')" "[{\"pid\":$bpf_pid,\"comm\":\"bpf_objects\"}]" 'who has it'
is "$(prog called '.attached | tostring')" \
	'[{"how":"tracepoint","target":"sched_process_exec","link":null}]' 'where a perf event has it'
is "$(prog raw '.attached[] | [.how, .target, .link] | tostring')" \
	"[\"raw_tracepoint\",\"sched_process_fork\",${id[raw_link]}]" 'where a link has it'
like "$(prog target '.attached[].target')" 'another network namespace' 'an interface of another network namespace is not taken for one of this'
is "$(prog linked '.attached | map([.how, .target, .link]) | tostring')" \
	"[[\"tracepoint\",\"sched_process_exit\",${id[event_link]}]]" 'a link to a perf event, once'
loaded=$(date -d "$(prog caller .loaded)" +%s)
ok 'when it was loaded' [ "$((loaded > $(date +%s) - 600 && loaded <= $(date +%s)))" = 1 ]
if [[ -n ${id[cgroup]} ]]; then
	is "$(prog cgroup_prog '.attached[] | [.how, .target] | tostring')" \
		"[\"cgroup_inet_egress\",\"$bpf_cgroup\"]" 'a cgroup'
else
	skip 'a cgroup' 'none could be made'
fi
hp_via=("${in_its_net[@]}")
bpf progs -o json
hp_via=()
is "$(prog target '.attached[] | [.how, .target, .link] | tostring')" "[\"xdp\",\"lo\",${id[xdp_link]}]" 'XDP, in its network namespace'
if [[ -n ${id[tc_at]} ]]; then
	is "$(prog tc '.attached[] | [.how, .target] | tostring')" '["tc egress","lo priority 9"]' 'a classifier, which has no link'
else
	skip 'a classifier' 'no sch_clsact'
fi

bpf progs "${id[target]}"
like "$(<"$out")" 'functions +2: a_target_with_a_long_name, its_helper' 'for people, all of one'
bpf progs a_target_with_a
like "$(<"$out")" "program ${id[target]} " 'by the name that others show'
bpf pro 'a_target*' -o json
is "$(json .id)" "${id[target]}" 'by a glob; words may be shortened'
bpf progs
like "$(<"$out")" $'\n'" *${id[raw]} +raw_tracepoint +raw +[0-9a-f]{16} .* raw_tracepoint sched_process_fork" 'the table'

# a terminal of 70 columns; script(1) is in Debian's bsdutils
narrow() { script -qec "stty cols $1; '$hp' bpf progs 2>'$err'" /dev/null | tr -d '\r' >"$out"; }
narrow 70
unlike "$(<"$out")" 'TAG' 'a narrow terminal: not every column'
like "$(<"$out")" 'ATTACHED' 'but the one that is looked for'
like "$(<"$err")" 'too narrow for TAG, UID' 'which is said'
narrow 400
like "$(<"$out")" ' TAG .* UID .* ATTACHED' 'a wide one: all'

# ---- maps ----------------------------------------------------------------------------------------

bpf maps -o json
map() { json "select(.id == ${id[$1]}) | $2"; }
is "$(map counts '[.type, .key_size, .value_size, .max_entries, .flags, .frozen] | tostring')" \
	'["hash",4,20,16,["no_prealloc"],false]' 'a map'
is "$(map counts '.progs | sort | tostring')" "[${id[caller]},${id[target]}]" 'the programs that use it'
is "$(map counts '.pins | tostring')" "[\"$bpf_fs/counts_pin\"]" 'where it is pinned'
is "$(map twin .frozen)" true 'a frozen one'
is "$(map array '[.owner_type, .slots] | tostring')" \
	"[\"tracepoint\",[{\"key\":1,\"prog\":${id[called]},\"name\":\"called\"}]]" 'a program array: owner and slots'
is "$(map array .owner_jited)" "$([[ $(cat /proc/sys/net/core/bpf_jit_enable) == 0 ]] && echo false || echo true)" 'and its JIT state'
is "$(map outer '.slots | tostring')" "[{\"key\":0,\"map\":${id[twin2]},\"name\":\"twin\"}]" 'a map of maps'
bpf maps "$bpf_fs/counts_pin" -o json
is "$(json .id)" "${id[counts]}" 'by the path at which it is pinned'
bpf maps array
like "$(<"$out")" 'owner +programs of type tracepoint, (not )?JITed' 'the owner, for people'
like "$(<"$out")" "slots +\[1\] program ${id[called]} called" 'and the slots'
bpf links -o json
is "$(json "select(.id == ${id[raw_link]}) | [.type, .prog, .target] | tostring")" \
	"[\"raw_tracepoint\",${id[raw]},\"sched_process_fork\"]" 'a link'
bpf links "${id[raw_link]}"
like "$(<"$out")" "held by +bpf_objects\($bpf_pid\)" 'who has it'

# ---- what is in maps -----------------------------------------------------------------------------

bpf dump counts
is "$(<"$out")" '77: {.pid = 4711, .comm = "b\"ash", .color = GREEN, .low = -3}' 'dump: by BTF'
bpf dump "${id[counts]}" -o json
is "$(json 'tostring')" '{"key":77,"value":{"pid":4711,"comm":"b\"ash","color":"GREEN","low":-3}}' 'dump: the same in JSON'
bpf dump percpu -o json
is "$(json '.values | length')" "$(nproc --all)" 'dump: a value for each CPU'
is "$(json '.values[0]')" bc0a000000000000 'dump: hex without BTF'
bpf dump array
is "$(<"$out")" "1: program ${id[called]} called" 'dump: a program array'
bpf dump outer -o json
is "$(json '.value | tostring')" "{\"map\":${id[twin2]},\"name\":\"twin\"}" 'dump: a map of maps'
bpf dump "${id[twin]}"
is "$(<"$out")" $'0: 4d 00 00 00\n1: 00 00 00 00\n2: 00 00 00 00' 'dump: an array'
bpf dump queue
is "$(<"$out")" '4d 00 00 00' 'dump: the next value of a queue'
like "$(<"$err")" 'taken away' 'and why not the others'
bpf dump queue
is "$(<"$out")" '4d 00 00 00' 'it is still there'
bpf dump ring
is "$status" 1 'dump: a ring buffer is not read'
like "$(<"$err")" 'takes its records from the process' 'with the reason'
bpf dump twin
is "$status" 1 'dump: a name of two maps'
like "$(<"$err")" "${id[twin]} twin \(array, 3 entries at most\), ${id[twin2]} twin" 'lists them'

# ---- how it hangs together -----------------------------------------------------------------------

bpf tree caller
like "$(<"$out")" "program ${id[caller]} caller \(tracepoint\)" 'tree'
like "$(<"$out")" "─ shares map ${id[counts]} counts \(hash\) with ${id[target]} a_target" 'tree: shared maps'
like "$(<"$out")" "─ tail-calls through map ${id[array]} array \(prog_array, owner tracepoint, (not )?JITed\)" 'tree: tail calls'
like "$(<"$out")" $'\n'".  └─ \[1\] program ${id[called]} called \(tracepoint\) at tracepoint sched_process_exec|"$'\n'"   └─ \[1\] program ${id[called]} called \(tracepoint\) at tracepoint sched_process_exec" 'tree: where they lead'
LC_ALL=C bpf tree caller
unlike "$(<"$out")" '[│└├]' 'tree: ASCII where the locale is not UTF-8'
like "$(<"$out")" '(^|'$'\n'')`- ' 'tree: drawn all the same'
bpf tree -o json
is "$(prog target '.calls | tostring')" '["its_helper"]' 'tree: calls'
is "$(prog caller '.maps[] | select(.name == "array") | .slots[].prog')" "${id[called]}" 'tree: in JSON'

# ---- bpftool says the same -----------------------------------------------------------------------

if command -v bpftool >/dev/null; then
	bpf progs -o json
	for name in caller called raw target plain tc; do
		is "$(prog "$name" '[.id, .type, .tag, .bytes, .machine_code_bytes, .memory, .maps // []] | tostring')" \
			"$(bpftool -j prog show id "${id[$name]}" |
				jq -r '[.id, .type, .tag, .bytes_xlated, .bytes_jited, .bytes_memlock, .map_ids // []] | tostring')" \
			"bpftool agrees on program $name"
	done
	bpf maps -o json
	for name in counts percpu twin outer queue ring array; do
		is "$(map "$name" '[.id, .type, .name, .key_size, .value_size, .max_entries, .memory, .frozen] | tostring')" \
			"$(bpftool -j map show id "${id[$name]}" |
				jq -r '[.id, .type, .name, .bytes_key, .bytes_value, .max_entries, .bytes_memlock, .frozen == 1] | tostring')" \
			"bpftool agrees on map $name"
	done
else
	skip 'bpftool says the same' 'there is no bpftool'
fi

# ---- what is asked wrongly -----------------------------------------------------------------------

bpf dump cuonts
is "$status" 1 'a name that is not there'
like "$(<"$err")" 'did you mean counts\?' 'and what was meant'
bpf progs counts
like "$(<"$err")" 'there is a map of that name: hotprobe bpf maps counts' 'a name of another kind'
bpf links 4294967294
like "$(<"$err")" 'no link with the id 4294967294' 'an id that is not there'
bpf dump
is "$status" 2 'dump: no map is wrong usage'
bpf dump "${id[sockets]}"
is "$status" 1 'dump: sockets in values without room for their cookies'
like "$(<"$err")" 'only where values have 8 bytes' 'is told'
bpf maps 4294967290 -o json
is "$(json .id)" "${id[number]}" 'a name that is a number'
bpf prgs 7
is "$status" 2 'a word that it does not know'
like "$(<"$err")" 'did you mean progs\?' 'and what was meant'
bpf -o xml
is "$status" 2 'a form that it does not have'
cp "$hp" "$tmp/hotprobe-copy"
chmod 755 "$tmp" "$tmp/hotprobe-copy"
hp_via=(setpriv --reuid=65534 --regid=65534 --clear-groups)
hp=$tmp/hotprobe-copy bpf
hp_via=()
is "$status" 1 'without privileges'
like "$(<"$err")" 'CAP_SYS_ADMIN' 'names what is missing'

# What is not seen is not said to be not there. The shell's last command is hotprobe itself.
hp_via=(unshare --mount sh -c 'umount -l /proc; exec "$0" "$@"')
bpf maps "${id[queue]}"
is "$status" 0 'without /proc'
like "$(<"$out")" 'held by +no process that could be looked into: /proc is not mounted' 'which is said'
run_hotprobe calltrace -e vfs_read --dry-run
like "$(<"$err")" 'cannot read /proc/kallsyms' 'without /proc it is not privileges that are missing'
hp_via=(unshare --pid --fork --mount-proc)
bpf maps "${id[queue]}"
like "$(<"$out")" 'those outside of this pid namespace cannot be seen' 'in a pid namespace'
hp_via=(setpriv --bounding-set=-sys_ptrace)
bpf maps "${id[queue]}"
like "$(<"$out")" 'to look into other processes takes CAP_SYS_PTRACE' 'without a capability that /proc asks for'
hp_via=()

# ---- the manual page -----------------------------------------------------------------------------

grep -oE '\w+' "$hp_root/man/hotprobe.8" >"$tmp/manual"
for what in progs maps links tree "dump ${id[counts]}"; do
	# shellcheck disable=SC2086 # dump and the map are two words
	bpf $what -o json
	unknown=$(json '.. | objects | select(has("kind") or has("key") or has("calls")) | keys[]' | sort -u |
		grep -vxFf "$tmp/manual")
	isnt "$(wc -l <"$out")" 0 "bpf $what prints objects"
	is "$unknown" '' 'whose keys are in the manual page'
done

# ---- what goes meanwhile -------------------------------------------------------------------------

start_hotprobe exec
out=$tmp/bpf
bpf
is "$status" 0 'all kinds'
like "$(<"$out")" "hotprobe\($hp_pid\)" "hotprobe's own programs are seen, and whose they are"
stop_hotprobe
for i in 1 2 3 4 5; do
	"$hp" exec -n 1 -- true >/dev/null 2>&1 &
	bpf -o json
	if [[ $status != 0 ]] || ! json_is_valid; then
		break
	fi
	wait $!
done
is "$i $status" '5 0' 'objects that come and go are no errors'
bpf_stop
# shellcheck disable=SC2317 # called by wait_for
gone() {
	bpf maps "${id[counts]}"
	[[ $status == 1 ]]
}
ok 'what is gone is not there' wait_for gone
done_testing
