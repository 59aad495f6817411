#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The bench still measures. Its numbers are no matter here, nor the machine's other work.
. "$(dirname "$0")/lib.sh"

(($(nproc) >= 2)) || skip_all 'the bench takes two CPUs'
[[ -x $hp_root/build/hotprobe && $hp == "$hp_root/build/hotprobe" ]] || skip_all 'the bench measures what is built in build/'

# bench PART: one short round of it with hotprobe alone
bench() {
	status=0
	BENCH_DIR=$tmp/bench BENCH_ROUNDS=1 BENCH_SWEEPS=1 BENCH_RATES='5000 0' BENCH_EVENTS=20000 BENCH_QUIET=1 \
		BENCH_SUBJECTS="${2:-hotprobe}" timeout "$((HP_TIMEOUT * 2))" "$hp_root/scripts/bench" "$1" >"$out" 2>"$err" || status=$?
}

bench start 'hotprobe-warm hotprobe-btf'
is "$status" 0 'the start is measured'
row='[0-9.,]+ \([0-9.,]+ to [0-9.,]+\) \| [0-9.,]+ \|'
like "$(<"$out")" "\| hotprobe, unchanged probe \| $row" 'of an unchanged probe'
like "$(<"$out")" "\| hotprobe, edited, kernel BTF \| $row" 'of an edited one'
like "$(<"$out")" 'unchanged probe, start to attached \| at most 5 ms \| [0-9.]+ ms \|' 'the bar has its number'

bench events
is "$status" 0 'events are measured'
like "$(<"$out")" "\| hotprobe \| [0-9.,]+ \([0-9.,]+ to [0-9.,]+\) \| [0-9.,]+ \([0-9.,]+ to" 'as JSON and as a table'
is "$(awk -F '\t' '$4 == "sent" || $4 == "printed" { print $5 }' "$tmp/bench/raw.tsv" | sort -u)" 20000 \
	'with room for all, all are printed'

bench loss
is "$status" 0 'losses are measured'
like "$(<"$out")" 'was not what was sent \| at most 0 \| 0\.00 \| met' 'each event is printed or said to be lost'
is "$(awk -F '\t' '{ n[$3, $4] += $5 } END {
	print n[5000, "sent"] == n[5000, "printed"] + n[5000, "said"], n[5000, "sent"], n[0, "again"]
}' "$tmp/bench/raw.tsv")" '1 5000 0' 'sent = printed + lost, and none twice'

done_testing
