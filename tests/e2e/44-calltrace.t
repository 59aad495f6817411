#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe calltrace, as far as a kernel without kprobes can tell: options, patterns, the probe that
# is made. What it traces is tested in the lab.
. "$(dirname "$0")/lib.sh"

# refused NAME STATUS MESSAGE HINT ARGS...
refused() {
	run_hotprobe calltrace "${@:5}"
	is "$status" "$2" "$1: the exit status"
	like "$(<"$err")" "$3" "$1: what is wrong"
	like "$(<"$err")" "$4" "$1: what to do"
	is "$(<"$out")" '' "$1: nothing is printed"
}

refused 'no entry function' 2 'which calls\? -e names the functions' "calltrace -e '\*sys_bpf'" -a 'bpf_*'
refused 'a strange pattern' 2 "-a: 'a b' is no pattern" 'a module in brackets' -e vfs_read -a 'a b'
refused 'a function that is not there' 1 "-e 'vfs_raed': the kernel has no such function" 'did you mean vfs_read' -e vfs_raed
refused 'an unknown error' 2 "--errors: 'EFOO' is not the name of an error" 'EINVAL,EPERM' -e vfs_read --errors EFOO
refused 'no time' 2 "--longer: 'soon' is not a time" '--longer 10ms' -e vfs_read --longer soon
refused 'an option without its value' 2 '--entry needs GLOB' '' -e
refused 'no form for trees' 2 '-o csv: a tree has no such form' '' -e vfs_read -o csv
refused 'an unknown option' 2 'unknown option --foo|--foo' '' -e vfs_read --foo

refused 'an unknown option, with --show' 2 'unknown option --foo' 'lists the options' -e vfs_read --show --foo
refused 'a list given twice' 2 '--errors is given twice' 'EINVAL,EPERM' -e vfs_read --errors EIO --errors EPERM
refused 'columns' 2 '--fields: a trace is shown whole' '-o json' -e vfs_read --fields pid
refused 'maps' 2 '-i: calltrace has no maps' '' -e vfs_read -i 1
refused 'a list as JSON' 2 '-o json: --dry-run prints a list' '' -e vfs_read --dry-run -o json
refused '-d of a run' 2 '-d takes functions away from those of -a' '--duration' -e vfs_read -d 10
refused 'a pattern of -a that means nothing' 1 "-a 'vfs_raed': the kernel has no such function" 'did you mean vfs_read' \
	-e vfs_read -a vfs_raed
unlike "$(<"$err")" 'multi' 'and that is all that is said'
refused 'nothing left of -a' 1 '-a: all functions that it allows are denied' 'leave -a and -d out' \
	-e vfs_read -a 'vfs_*' -d '*' --dry-run
refused 'a module that is not there' 1 "-a 'vfs_\* \[nosuch\]': no module nosuch is loaded" \
	"lsmod .*'vfs_\*\[nosuch\]\*'" -e vfs_read -a 'vfs_* [nosuch]'
refused 'a value too many' 2 '--fentry takes no value' '' -e vfs_read --fentry=yes

run_hotprobe calltrace --help
is "$status" 0 '--help: the exit status'
like "$(<"$out")" '--dry-run +tell which functions' '--help: the options'

run_hotprobe calltrace -e '*sys_bpf' -a 'bpf_*' -d 'bpf_x*' --args --errors EINVAL --longer 1ms --show
is "$status" 0 '--show: the exit status'
like "$(<"$out")" 'kretprobe.multi  bpf_\*,!bpf_x\*,!\*sys_bpf  on_return' '--show: where it attaches'
like "$(<"$out")" '#define TRACE_ERRORS error == -22' '--show: which errors'
cp "$out" "$tmp/calltrace.c"

run_hotprobe calltrace -Sqevfs_read --show
is "$status" 0 'a group of short options: the exit status'
like "$(<"$out")" '#define TRACE_SUCCESS' 'a group of short options: -S'
like "$(<"$out")" 'kprobe.multi     vfs_read  on_entry' 'a group of short options: -e'
refused 'what is left of a group' 2 'unknown option -x' '' -e vfs_read -qSx

run_hotprobe -q calltrace -e vfs_read
is "$status" 1 'behind an option: the exit status'
like "$(<"$err")" 'a command stands before all options: hotprobe calltrace' 'behind an option: what to do'

run_hotprobe calltrace -e vfs_read -V
is "$status" 0 '--version: the exit status'
like "$(<"$out")" '^hotprobe [^ ]+$' '--version'

run_hotprobe calltrace --fentry -e vfs_read -a 'vfs_rea*' --show
is "$status" 0 '--fentry: the exit status'
like "$(<"$out")" 'fentry.multi     vfs_read  on_entry' '--fentry: where it attaches'
like "$(<"$out")" '#define TRACE_FENTRY' '--fentry: the program that goes with it'

if [[ -e /sys/kernel/btf/vmlinux ]]; then
	run_hotprobe calltrace --fentry -e vfs_read -a '*.isra.*,*.part.*,*.constprop.*' --dry-run
	is "$status" 0 '--fentry --dry-run: the exit status'
	like "$(<"$out")" 'not traced: BTF does not describe it' '--fentry --dry-run: what BTF lacks'
fi

run_hotprobe calltrace -e vfs_read -a 'vfs_[!a-v]*' -d 10 --dry-run
is "$status" 0 '[!...] in a pattern: the exit status'
like "$(<"$out")" $'\n *vfs_write' '[!...] in a pattern: what it means'
like "$(<"$err")" "-d '10': the kernel has no such function" '-d: what is not there'
like "$(<"$err")" 'how long to trace is --duration 10' '-d: what may be meant'

run_hotprobe calltrace -e 'vfs_read' -a 'vfs_rea*,vfs_raed' --dry-run
is "$status" 0 '--dry-run: the exit status'
like "$(<"$out")" 'entry  vfs_read' '--dry-run: the entry function'
like "$(<"$err")" "-a 'vfs_raed': the kernel has no such function" '--dry-run: what is not there'
if [[ -e /sys/bus/event_source/devices/kprobe ]]; then
	diag 'this kernel has kprobes'
else
	refused 'a kernel without kprobes' 1 'built without kprobes' '' -e vfs_read -a 'vfs_w*' -d vfs_write
	run_hotprobe run "$tmp/calltrace.c"
	is "$status" 1 'the probe that --show prints is taken by run'
	like "$(<"$err")" 'built without kprobes' 'and it needs kprobes as well'
fi
done_testing
