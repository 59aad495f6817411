#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# --watch on every way to attach: the probe is edited while a program does what is known, and each
# thing that it does is told once, by the old program or the new one.
. "$(dirname "$0")/../e2e/lib.sh"

probed=${PROBED:-$hp_root/build/lab/probed}
ways=(kprobe kretprobe tracepoint raw_tracepoint fentry fexit uprobe uretprobe usdt perf_event)

# Each round makes every way fire: the values tell the rounds apart.
sed 's/if (seen.lookup(&key))/if (0)/' "$(dirname "$0")/../fixtures/providers.c" >"$tmp/providers.c"
if grep -q bpf /sys/kernel/security/lsm 2>/dev/null; then
	ways+=(lsm)
	cat >>"$tmp/providers.c" <<'PROBE'

LSM_PROBE(file_open, struct file *file)
{
	SAY(11, "lsm", 0);
	return 0;
}
PROBE
fi
# Only what the probed program does, or there would be no end of it.
sed -i 's/struct event e = {};/&\n\tchar comm[16] = {};\n\n\tbpf_get_current_comm(comm, 16);\n\tif (comm[0] != '\''p'\'' || comm[1] != '\''r'\'' || comm[2] != '\''o'\'')\n\t\treturn 0;/' \
	"$tmp/providers.c"

start_hotprobe "$tmp/providers.c" --watch -o json --headers btf --binary "$probed"
for round in 1 2 3; do
	"$probed" "$round" <"$0" >/dev/null &
	wait $!
	pids[round]=$!
	wait_for_output "\"pid\":${pids[round]},\"way\":\"perf_event\"" || :
	((round == 3)) && break
	sed -i "s/struct event {/struct event {\n\tu32 round$round;/" "$tmp/providers.c"
	if ! hp_await "$err" "swapped in .*(swapped in .*){$((round - 1))}" "$hp_pid"; then
		diag "the edit of round $round did not come"
		break
	fi
done
stop_hotprobe
is "$status" 0 'every provider is swapped'
is "$(grep -c 'swapped in' "$err")" 2 'twice'
like "$(<"$err")" ' 0 lost' 'and nothing lost'
# the values by way and process; asked for once: in an emulated guest each jq takes a second to start
declare -A values
while read -r way pid value; do
	values["$way $pid"]+=${values["$way $pid"]:+ }$value
done < <(json '"\(.way) \(.pid) \(.value)"')
for way in "${ways[@]}"; do
	for round in 1 2 3; do
		isnt "${values["$way ${pids[round]}"]-}" '' "$way: round $round is traced"
	done
done
for round in 1 2 3; do
	for one in "tracepoint $round" "uprobe $round" "uretprobe $((2 * round))" "usdt $((100 + round))" \
		"fentry 7" "fexit 7"; do
		read -r way value <<<"$one"
		is "${values["$way ${pids[round]}"]-}" "$value" \
			"$way: once in round $round"
	done
done
is "$(json "select(.pid == ${pids[3]} and .way == \"uprobe\") | has(\"round1\") and has(\"round2\")")" true \
	'the last round has the fields of both edits'

done_testing
