#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fentry.multi and fexit.multi: many functions, a program and a link for each.
. "$(dirname "$0")/../e2e/lib.sh"

fixture=$(dirname "$0")/../fixtures/multi_fentry.c

multi() { # COMMAND ARGS...
	"${@:1:1}" "$fixture" -o json --headers btf --buffer 1M "${@:2}"
}
# how many links of trampolines there are, or -1: bpftool gives up at one that is just being made
links() {
	local all
	if all=$(bpftool link show 2>/dev/null); then
		grep -cE '^[0-9]+: tracing' <<<"$all" || :
	else
		echo -1
	fi
}
no_links='[[ $(links) == 0 ]]'

if [[ $(uname -r) == 5.10.* ]]; then
	multi run_hotprobe -F 'vfs_*'
	is "$status" 1 'a kernel whose programs can run inside themselves'
	like "$(<"$err")" 'fexit.multi vfs_\*: this kernel does not keep such programs from recursion.*
 *use kprobe.multi' 'is told, with what to use instead'
	run_hotprobe calltrace --fentry -e vfs_read
	is "$status" 1 'for calltrace as well'
	like "$(<"$err")" 'hotprobe calltrace without --fentry' 'with what to leave out'
	done_testing
fi

# ---- each function, its arguments and its result -------------------------------------------------

multi run_hotprobe -v -F 'vfs_statx,vfs_rea*,do_sys_openat2,!vfs_readlink,_printk,port_fops_*[virtio_console]' -- \
	perl -e '$0 = "hp multi"; open my $f, "<", "/nosuch"; -e "/" or die; open $f, "<", "/etc/passwd"; sysread $f, my $b, 5 or die'
is "$status" 0 'ends well'
json 'select(.comm == "hp multi" or .comm == "perl") | "\(.function | ltrimstr("0x")) \(.slots) \(.ret)"' |
	awk 'NR == FNR { name[$1] = $3; next } { print name[$1], $2, $3 }' /proc/kallsyms - | sort -u >"$tmp/calls"
# an int is the lower half of the slot
ok 'a function that is named, its slots and its result' \
	grep -qxE 'do_sys_openat2 3 (-2|4294967294)' "$tmp/calls"
ok 'one that a pattern means' grep -qx 'vfs_read 4 5' "$tmp/calls"
is "$(json_count '.same | not')" 0 'each return is of the function that was called'
is "$(json_count '.slots == 4 and .first < 18374686479671623680')" 0 'arguments are there: a pointer to a file'
like "$(<"$err")" '_printk is left out: how many arguments it takes varies' 'what varies is left out'
like "$(<"$err")" 'fentry.multi on_call: [0-9]+ functions, [0-9]+ left out' 'they are counted'
like "$(tail -n 1 "$err")" ', 0 lost' 'all events are there'
# the guest's console
unlike "$(<"$err")" 'port_fops_write \[virtio_console\] is left out' "a module's function is among them"

# what the programs themselves call: the kernel does not run them then, and counts that
multi run_hotprobe -n 5 -F 'vfs_statx,__htab_map_lookup_elem,htab_map_update_elem' -- stat /
is "$status" 0 'functions that the programs call: no harm is done'
like "$(tail -n 1 "$err")" ', [0-9]+ runs of the probe missed within BPF programs' 'and what is not seen is told'

# ---- many ----------------------------------------------------------------------------------------

multi start_hotprobe -F 'vfs_s*' --where 0
functions=$(grep -oP 'fentry.multi [^ ]*: \K[0-9]+' "$err")
diag "$functions functions: $(grep -oP 'f[a-z]*.multi .* \K[0-9]+ ms' "$err" | tr '\n' ' ')"
ok 'several functions' test "$functions" -ge 5
ok 'a link for each call and each return' test "$(links)" -ge $((2 * functions))
begin=${EPOCHREALTIME/./}
stop_hotprobe
diag "$(((${EPOCHREALTIME/./} - begin) / 1000)) ms to detach"
is "$status" 0 'ends well'
ok 'nothing stays in the kernel' wait_for eval "$no_links"
diag "$(((${EPOCHREALTIME/./} - begin) / 1000)) ms until nothing is left"

multi start_hotprobe -F vfs_statx --where 0
kill -KILL "$hp_pid"
wait_hotprobe
ok 'kill -9: no link stays' wait_for eval "$no_links"
ok 'kill -9: no program stays' wait_for eval '[[ $(bpftool prog show) != *on_return* ]]'

# Ctrl-C on the way to hundreds of functions, which an emulated machine takes a minute for: all that
# was attached goes, and the rest is not waited for
env --default-signal=INT "$hp" calltrace --fentry -v -e ksys_read -a 'vfs_*,ext4_*,security_*' --headers btf \
	</dev/null >"$out" 2>"$err" &
hp_pid=$!
ok 'calltrace is attaching' wait_for eval '(($(links) >= 10))'
like "$(bpftool prog show)" ' name on_(call|return) ' 'by programs of its own'
begin=${EPOCHREALTIME/./}
stop_hotprobe
diag "$(((${EPOCHREALTIME/./} - begin) / 1000)) ms to end"
is "$status" 1 'Ctrl-C ends it'
like "$(tail -n 1 "$err")" '^hotprobe: interrupted while attaching$' 'which it says'
is "$(grep -cE 'multi on_(call|return): [0-9]+ functions' "$err")" 0 'without attaching to the other functions first'
ok 'no link stays' wait_for eval "$no_links"
ok 'no program stays' wait_for eval 'all=$(bpftool prog show) && [[ $all != *" name on_"* ]]'
ok 'no process stays' wait_for eval '! pgrep -x "hotprobe(-cc)?" >/dev/null'

# ---- what cannot be ------------------------------------------------------------------------------

multi run_hotprobe -F 'nosuch_*'
is "$status" 1 'a pattern that means nothing'
like "$(<"$err")" "fexit.multi nosuch_\*: no function of this kernel matches 'nosuch_\*'" 'is told'
multi run_hotprobe -F _printk
is "$status" 1 'a function that cannot have a trampoline'
like "$(<"$err")" 'none of the 1 functions' 'is told'
multi run_hotprobe --watch -F vfs_read
like "$(<"$err")" '--watch cannot exchange what is a program for each function.*
 *run it without --watch' '--watch is refused'
done_testing
