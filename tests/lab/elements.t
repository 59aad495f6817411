#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Elements of arrays behind pointers, which libbcc's own rewriting reads at wrong places, with this
# release's libbcc.
. "$(dirname "$0")/../e2e/lib.sh"
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing

# equal HEADERS NAME: both halves of the event are the same, and not empty
equal() {
	local fields half
	run_hotprobe "$hp_root/tests/fixtures/elements.c" --headers "$1" -o csv -n 1 -- \
		perl -e 'getppid()'
	is "$status" 0 "$2: it is traced"
	IFS=, read -ra fields < <(sed -n 2p "$out" | tr -d '\r')
	half=$((${#fields[@]} / 2))
	is "$half" 9 "$2: each field"
	is "${fields[*]:0:half}" "${fields[*]:half}" "$2: each element is the right one"
	is "${fields[1]-}" "$(printf %d "'e")" "$2: the name's second character"
	isnt "${fields[6]-0}" 0 "$2: a limit"
}

equal btf 'kernel BTF'
done_testing
