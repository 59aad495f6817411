#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Many kernel functions at once: what is no list of functions, and a kernel on which none can be had.
. "$(dirname "$0")/bad.sh"

fixture=$hp_root/tests/fixtures/multi.c

# functions NAME SAYS HINT LIST
functions() {
	fails "$1" 1 "$2" "$3" "$fixture" -F "$4"
	like "$(<"$err")" "^hotprobe: $fixture:9: kprobe.multi " "$1: its line"
}

functions 'a comma too many' "'' is not a function's name or pattern: it is empty" \
	'write names and patterns with commas between them' 'vfs_*,'
functions 'brackets around nothing' "'vfs_*[]' is not a function's name or pattern" \
	'commas between them' 'vfs_*[]'
functions 'a bracket that was not opened' "'vfs_*]' is not a function's name" 'commas' 'vfs_*]'
functions 'a module without a function' "'[xfs]' is not a function's name or pattern: it is empty" \
	'commas between them' '[xfs]'
functions 'nothing but what is left out' 'it only says which functions are not meant' "'*,!vfs_*'" \
	'!vfs_*'
if [[ ! -e /sys/bus/event_source/devices/kprobe ]]; then
	functions 'a kernel without kprobes' 'this kernel was built without kprobes (CONFIG_KPROBES)' \
		'use a tracepoint' 'vfs_*'
else
	functions 'a pattern that means nothing' "no function of this kernel matches 'nosuch_*'" \
		'hotprobe list functions' 'nosuch_*'
	functions 'a misspelt name' 'this kernel has no function vfs_raed' 'did you mean vfs_read?' \
		'vfs_raed'
fi

# by trampolines
fixture=$hp_root/tests/fixtures/multi_fentry.c
if [[ ! -e /sys/kernel/btf/vmlinux ]]; then
	fails 'a kernel without BTF' 1 'built without BTF' 'use kprobe.multi' "$fixture" -F 'vfs_*'
else
	fails 'trampolines: a comma too many' 1 "fexit.multi vfs_*,: '' is not a function's name or pattern" \
		'commas between them' "$fixture" -F 'vfs_*,'
	fails 'trampolines: a pattern that means nothing' 1 \
		"fexit.multi nosuch_*: no function of this kernel matches 'nosuch_*'" \
		'hotprobe list functions' "$fixture" -F 'nosuch_*'
fi
done_bad
