#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe disasm: the instructions are those that the kernel's verifier logs for the same program,
# word for word; maps, constants, helpers and lines have their names.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/disasm.sh"

[[ $(id -u) == 0 ]] || skip_all 'loading programs needs root'

gcc -shared -fPIC -o "$tmp/log.so" "$hp_root/tests/fixtures/verifier_log.c" -ldl || exit 1
for probe in exec open write; do
	disasm_as_logged "$tmp/log.so" "$probe" -p $$ --comm x
done
ok 'hundreds of instructions were compared' [ "$disasm_compared" -gt 300 ]

cat >"$tmp/small.c" <<'EOF'
#include "hotprobe.h"
struct event {
	u32 pid;
};
EVENTS(events, struct event);
BPF_HASH(counts, u32, u64);
TRACEPOINT_PROBE(sched, sched_process_exec)
{
	struct event e = {};

	e.pid = bpf_get_current_pid_tgid() >> 32;
	counts.increment(e.pid);
	return events_emit(args, &e);
}
TRACEPOINT_PROBE(sched, sched_process_exit)
{
	if (bpf_get_current_uid_gid() > 5)
		return 0;
	return 1;
}
EOF
line() {
	grep -nF "$1" "$tmp/small.c" | cut -d : -f 1
}
run_hotprobe disasm "$tmp/small.c" -p $$
is "$status" 0 'for people'
text=$(<"$out")
like "$text" '(^|\n)tracepoint__sched__sched_process_exec: [0-9]+ instructions, [0-9]+ bytes' 'a size'
like "$text" 'loaded as tracepoint: [1-9][0-9]* bytes when translated, [0-9]+ of machine code' 'what the kernel made of it'
like "$text" 'verified: [1-9][0-9]* instructions processed of at most [0-9]+, [0-9]+ states, [0-9]+ us, stack [1-9][0-9]* bytes' 'what the verifier took for it'
like "$text" "; $(line 'e.pid = '): e\.pid = bpf_get_current_pid_tgid\(\) >> 32;"$'\n'' +[0-9]+: \(' \
	'a source line above its instructions'
like "$text" ': \(85\) call bpf_get_current_pid_tgid#14'$'\n' 'a helper'
like "$text" '\(18\) r[0-9] = map\[counts\]' 'a map'
like "$text" '\(18\) r[0-9] = const\(pid\)' 'a constant of -p'
like "$text" 'goto pc\+[0-9]+ <[0-9]+>' 'where it jumps'
run_hotprobe disasm "$tmp/small.c" sched__sched_process_exit -o json
is "$(jq -rs 'map(.function) | tostring' "$out")" '["tracepoint__sched__sched_process_exit"]' 'only one function'
is "$(json '.insns[] | select(.text | test("bpf_get_current_uid_gid")) | .line')" "$(line bpf_get_current_uid_gid)" 'lines in JSON'
is "$(json '.instructions * 8 == .bytes')" true 'sizes in JSON'
ok 'statistics in JSON' [ "$(json '.processed')" -gt 0 ]
run_hotprobe disasm "$tmp/small.c" sched__sched_process_exti
is "$status" 1 'a function that it has not'
like "$(<"$err")" 'did you mean (tracepoint__)?sched__sched_process_exit' 'has a near one'
run_hotprobe disasm
is "$status" 2 'no probe is wrong usage'

# ---- what the kernel made of it ------------------------------------------------------------------

run_hotprobe disasm "$tmp/small.c" sched__sched_process_exec --xlated -o json
is "$status" 0 '--xlated'
is "$(json '.instructions')" "$(json '.bytes / 8')" 'with the sizes of the object'
is "$(json '(.insns[-1].pc + 1) * 8')" "$(json .translated_bytes)" 'all of it'
like "$(json '.insns[] | select(.map) | .map')" 'counts' 'its maps by name'
if [[ $(cat /proc/sys/net/core/bpf_jit_enable 2>/dev/null) == 1 ]]; then
	run_hotprobe disasm "$tmp/small.c" sched__sched_process_exit --jited -o json
	is "$status" 0 '--jited'
	is "$(json '[.machine_code[].line] | index($line) != null' --argjson line "$(line uid_gid)")" true \
		'with source lines'
	ok 'to its end' [ "$(json '.machine_code[-1].at')" -lt "$(json .machine_code_bytes)" ]
	if [[ -e /usr/include/capstone/capstone.h ]]; then
		like "$(json '.machine_code[].text')" '(call|bl) [^ ]+ <bpf_get_current_uid_gid' 'and the name of what is called'
	else
		skip 'what is called' 'built without Capstone'
	fi
else
	skip '--jited' 'no JIT'
fi

# ---- what cannot be loaded -----------------------------------------------------------------------

cat >"$tmp/refused.c" <<'EOF'
#include "hotprobe.h"
BPF_HASH(m, u64, u64);
RAW_TRACEPOINT_PROBE(sched_process_exec)
{
	u64 key = 1, *v = m.lookup(&key);

	return *v;
}
EOF
run_hotprobe disasm "$tmp/refused.c"
is "$status" 0 'a program that the verifier refuses is shown'
like "$(<"$out")" 'not loaded: .*verifier refused' 'with what it said'
like "$(<"$out")" 'r[0-9] = \*\(u64 \*\)\(r0 \+0\)' 'and the instruction at fault'
run_hotprobe disasm "$tmp/refused.c" --xlated
is "$status" 1 'nothing was translated'
mkdir -p "$tmp/copy/build"
chmod 755 "$tmp"
cp "$hp" "$(dirname "$hp")/hotprobe-cc" "$tmp/copy/build/"
cp -r "$hp_root/bpf_src" "$tmp/copy/"
chmod -R a+rX "$tmp/copy" "$tmp/refused.c"
hp=$tmp/copy/build/hotprobe
hp_via=(setpriv --reuid 65534 --regid 65534 --clear-groups)
run_hotprobe disasm "$tmp/refused.c"
is "$status" 0 'nobody sees the instructions'
like "$(<"$out")" 'not loaded: tracing needs CAP_BPF' 'and why there are no statistics'
like "$(<"$out")" 'map\[m\]' 'with names all the same'

done_testing
