#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The verifier's own log: with -v, in a file, and when it is larger than the first buffer for it.
. "$(dirname "$0")/bad.sh"

probe refused <<'EOT'
#include "hotprobe.h"
BPF_HASH(counts, u32, u64);
TRACEPOINT_PROBE(sched, sched_process_exec)
{
	u32 key = 0;
	u64 *count = counts.lookup(&key), next;

	next = *count;
	counts.update(&key, &next);
	return 0;
}
EOT
fails 'what may be NULL' 1 "$probe:8: the verifier refused tracepoint__sched__sched_process_exec: what the map's lookup() returned may be NULL" \
	'test it first' check --headers btf "$probe"
like "$(<"$err")" $'\n        next = \*count;\n {15}\^\nkernel: R[0-9] invalid mem access' 'its line and the kernel'\''s words'
like "$(<"$err")" $'\n    line 6 .* call bpf_map_lookup_elem#1' 'where it comes from'
unlike "$(<"$err")" '(b7) r' 'and no more of the log'

run_hotprobe check --headers btf -v "$probe"
like "$(<"$err")" $'\n0: \([0-9a-f]{2}\) r' 'with -v the whole log, from the first instruction'
like "$(<"$err")" $'\nprocessed [0-9]+ insns' '... to the end'

# ---- a file --------------------------------------------------------------------------------------

run_hotprobe check --headers btf --verifier-log "$tmp/log" "$probe"
is "$status" 1 '--verifier-log: a refusal stays one'
like "$(<"$err")" ':8: the verifier refused ' '... and is explained'
like "$(<"$tmp/log")" $'^==== tracepoint__sched__sched_process_exec: refused\n' '... and its log is in the file'
like "$(<"$tmp/log")" $'\nR[0-9] invalid mem access' '... with the reason'

probe_with ''
run_hotprobe check --headers btf --verifier-log "$tmp/log" "$probe"
is "$status" 0 '--verifier-log: what is taken stays taken'
like "$(<"$tmp/log")" $'^==== tracepoint__sched__sched_process_exec: taken\n' '... and has its log, too'
like "$(<"$tmp/log")" $'\n[0-9]+: \(95\) exit' '... with the instructions'
like "$(<"$tmp/log")" $'\nstack depth ' '... and the statistics'
fails 'a file that cannot be written' 1 '--verifier-log /nosuch/log: No such file' '' \
	check --headers btf "$probe" --verifier-log /nosuch/log
fails 'no file' 2 "--verifier-log: '' is not the name of a file" '' check "$probe" --verifier-log ''

# ---- a log of more than 64 KiB, the first buffer's size ------------------------------------------

probe large <<'EOT'
#include "hotprobe.h"
BPF_HASH(counts, u32, u64);
TRACEPOINT_PROBE(sched, sched_process_exec)
{
	u32 key = 0;
	u64 *count = counts.lookup(&key), sum = 0;

	for (u32 i = 0; i < 2000; i++) {
		sum += i;
		asm volatile("" : "+r"(sum));
	}
	*count = sum;
	return 0;
}
EOT
fails 'a long way to the refusal' 1 "$probe:12: the verifier refused" 'test it first' \
	check --headers btf "$probe"
run_hotprobe check --headers btf -v "$probe"
like "$(<"$err")" $'\n0: \([0-9a-f]{2}\) r' 'the log of a long way is whole'
like "$(<"$err")" ':12: the verifier refused' '... and explained'
ok "... and larger than the first buffer ($(wc -c <"$err") bytes)" test "$(wc -c <"$err")" -gt 65536
run_hotprobe check --headers btf --verifier-log "$tmp/log" "$probe"
ok 'the file has as much' test "$(wc -c <"$tmp/log")" -gt 65536
like "$(tail -n 1 "$tmp/log")" '^processed [0-9]+ insns' '... to its end'

done_bad
