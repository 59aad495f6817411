#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kprobe.multi and kretprobe.multi: many functions at once, by one link where the kernel has them,
# else by a kprobe each.
. "$(dirname "$0")/../e2e/lib.sh"

fixture=$(dirname "$0")/../fixtures/multi.c
kprobes=/sys/kernel/debug/kprobes/list
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug

multi() { # ARGS...: the fixture's options
	local have=()
	[[ $(uname -r) == 5.10.* ]] || have=(-D HAVE_FUNC_IP)
	"${@:1:1}" "$fixture" -o json --headers btf --buffer 1M "${have[@]}" "${@:2}"
}

# a file there has no size
no_kprobe='[[ -z $(<"$kprobes") ]]'

# ---- each function, and its result ---------------------------------------------------------------

multi run_hotprobe -v -F 'vfs_statx,vfs_re*,!vfs_rename,do_sys_openat2,kfree_skb_nosuch' -- \
	perl -e '$0 = "hp multi"; open my $f, "<", "/nosuch"; -e "/" or die; open $f, "<", "/etc/passwd"; sysread $f, my $b, 5 or die'
is "$status" 0 'ends well'
# "do_sys_openat2 -2": by the kernel's own names for the addresses
json 'select(.comm == "hp multi" or .comm == "perl") | "\(.function | ltrimstr("0x")) \(.ret)"' |
	awk 'NR == FNR { name[$1] = $3; next } { print name[$1], $2 }' /proc/kallsyms - | sort -u >"$tmp/calls"
# an int is the lower half of the register
ok 'a function that is named, with its result' grep -qxE 'do_sys_openat2 (-2|4294967294)' "$tmp/calls"
ok 'one that a pattern means' grep -qx 'vfs_read 5' "$tmp/calls"
unlike "$(<"$tmp/calls")" 'vfs_rename' 'not the one that is left out'
is "$(json_count '.same | not')" 0 'each return is of the function that was called'
like "$(<"$err")" 'kretprobe.multi [^ ]*: [0-9]+ functions, [0-9]+ left out' 'they are counted'
like "$(tail -n 1 "$err")" ', 0 lost' 'all events are there'

# ---- many ----------------------------------------------------------------------------------------

if [[ $(uname -r) == 5.10.* || $(uname -r) == 6.1.* ]]; then
	many='ext4_e*,vfs_s*'
	link=
else
	many='ext4_*,vfs_*,tcp_*,bpf_prog_*'
	link=1
fi
multi start_hotprobe -F "$many" --where '0'
functions=$(grep -oP 'kretprobe.multi [^ ]*: \K[0-9]+' "$err")
took=$(grep -oP 'kretprobe.multi .* \K[0-9]+(?= ms)' "$err")
# an emulated machine is many times slower than one: this is only told
diag "$functions functions in $took ms"
if [[ $link ]]; then
	ok 'hundreds of functions' test "$functions" -ge 500
	is "$(bpftool link show | grep -c kprobe_multi)" 2 'by one link for the calls and one for the returns'
	ok 'none is a kprobe' eval "$no_kprobe"
else
	ok 'dozens of functions' test "$functions" -ge 30
	is "$(wc -l <"$kprobes")" $((2 * functions)) 'by a kprobe each'
fi
begin=${EPOCHREALTIME/./}
stop_hotprobe
diag "$(((${EPOCHREALTIME/./} - begin) / 1000)) ms to detach"
is "$status" 0 'ends well'
ok 'nothing stays in the kernel' wait_for eval "$no_kprobe"

multi start_hotprobe -F "$many" --where '0'
kill -KILL "$hp_pid"
wait_hotprobe
ok 'kill -9: no kprobe stays' wait_for eval "$no_kprobe"
ok 'kill -9: no program stays' wait_for eval '[[ $(bpftool prog show) != *on_return* ]]'

# ---- what cannot be ------------------------------------------------------------------------------

multi run_hotprobe -F 'nosuch_*'
is "$status" 1 'a pattern that means nothing'
like "$(<"$err")" "kprobe.multi nosuch_\*: no function of this kernel matches 'nosuch_\*'" 'is told'
multi run_hotprobe -F 'vfs_raed'
like "$(<"$err")" 'this kernel has no function vfs_raed.*did you mean vfs_read' 'a name that is misspelt'
done_testing
