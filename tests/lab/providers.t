#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One program for each way to attach, all at once, on a program that does what is known.
. "$(dirname "$0")/../e2e/lib.sh"

fixtures=$(dirname "$0")/../fixtures
probed=${PROBED:-$hp_root/build/lab/probed}

start_hotprobe "$fixtures/providers.c" -o json --headers btf --binary "$probed"
"$probed" 42 <"$0" >"$tmp/said" &
wait $!
pid=$!
stop_hotprobe
is "$status" 0 'every provider attaches, and detaches'
for want in 'kprobe' 'kretprobe' 'tracepoint 42' 'raw_tracepoint' 'fentry 7' 'fexit 7' \
	'uprobe 42' 'uretprobe 84' 'usdt 142' 'perf_event'; do
	read -r way value <<<"$want"
	got=$(json "select(.pid == $pid and .way == \"$way\") | .value")
	if [[ $value ]]; then
		is "$got" "$value" "$way: fires, with its value"
	else
		isnt "$got" '' "$way: fires"
	fi
done

# ---- nothing stays behind a killed run -----------------------------------------------------------

objects() {
	bpftool prog show | grep -c '^[0-9]' || :
	bpftool map show | grep -c '^[0-9]' || :
	bpftool link show | grep -c '^[0-9]' || :
}
before=$(objects)
start_hotprobe "$fixtures/providers.c" -o json --headers btf --binary "$probed"
isnt "$(objects)" "$before" 'a run has programs and maps in the kernel'
kill -KILL "$hp_pid"
wait_hotprobe
ok 'kill -9: the kernel frees them all' wait_for eval '[[ $(objects) == "$before" ]]'
is "$(cat /sys/kernel/tracing/kprobe_events /sys/kernel/tracing/uprobe_events)" '' \
	'kill -9: no kprobe and no uprobe stays'

done_testing
