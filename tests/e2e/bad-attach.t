#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Places that cannot be attached to: which, why, and the nearest one that can.
. "$(dirname "$0")/bad.sh"

# attach NAME SAYS HINT LINE: a probe whose Attach section has LINE
attach() {
	probe attach <<-EOF
		/*
		 * attach - a test
		 *
		 * Attach:
		 *   $4
		 */
		#include "hotprobe.h"
		struct event { u32 pid; };
		EVENTS(events, struct event);
		int fn(void *ctx)
		{
			struct event e = { .pid = bpf_get_current_pid_tgid() >> 32 };

			return events_emit(ctx, &e);
		}
	EOF
	fails "$1" 1 "$2" "$3" "$probe"
	like "$(head -n 1 "$err")" "^hotprobe: $probe:5: " "$1: its line"
}

attach 'a misspelt tracepoint' 'tracepoint sched:sched_proces_exec: this kernel has no tracepoint' \
	'did you mean sched:sched_process_exec?' 'tracepoint  sched:sched_proces_exec  fn'
attach 'a misspelt category' 'tracepoint shed:sched_process_exec: this kernel has no tracepoint cat' \
	'did you mean sched:sched_process_exec?' 'tracepoint  shed:sched_process_exec  fn'
attach 'a tracepoint without its category' 'a tracepoint is written CATEGORY:EVENT' \
	'hotprobe list tracepoints' 'tracepoint  sched_process_exec  fn'
attach 'a misspelt raw tracepoint' 'this kernel has no raw tracepoint sched_swich' \
	'did you mean sched_switch?' 'raw_tracepoint  sched_swich  fn'
attach 'a misspelt perf event' 'there is no perf event cpu-clok' 'did you mean cpu-clock?' \
	'perf_event  cpu-clok@99  fn'
attach 'a function that is not there' 'the probe has no function nofn' 'did you mean fn?' \
	'tracepoint  sched:sched_process_exec  nofn'
attach 'a binary that is missing' 'there is no file /nosuch/binary' '' \
	'uprobe  /nosuch/binary:main  fn'
attach 'a library that is missing' 'there is no library and no program called libnosuch' \
	'give its path' 'uprobe  libnosuch:malloc  fn'
attach 'a folder for a binary' '/bin is not a regular file' '' 'uprobe  /bin:malloc  fn'
attach 'a file that is not ELF' '/etc/passwd is not an ELF program' 'name its interpreter' \
	'uprobe  /etc/passwd:main  fn'
attach 'a misspelt symbol' 'does not export a function mallocc' 'did you mean malloc?' \
	'uprobe  c:mallocc  fn'
attach 'an offset behind the end' '+999999999 is behind its end' '' \
	'uprobe  c:malloc+999999999  fn'
attach 'a symbol that is several places' 'a symbol is written FILE:FUNCTION or FILE:FUNCTION+body' \
	'symbol ${binary}:main.main MAIN' 'symbol  c:malloc+ret  MALLOC'
attach 'a symbol without a function' 'a symbol is written FILE:FUNCTION' '' 'symbol  c:0x10  MALLOC'
attach 'a place that is none' 'uprobe c:malloc+bdy: bdy is not a number of bytes' 'or +body' \
	'uprobe  c:malloc+bdy  fn'
attach 'USDT in a binary without it' 'was built without USDT probes' 'use a uprobe' \
	'usdt  /bin/true:foo:bar  fn'

probe_with ''
sed -i 's/sched_process_exec/sched_proces_exec/' "$probe"
fails 'a misspelt TRACEPOINT_PROBE' 1 "$probe:8: this kernel has no tracepoint sched_proces_exec" \
	'did you mean sched:sched_process_exec?' "$probe"
sed -i 's/e = {.*/e = { .pid = args->pid };/' "$probe"
fails 'the same with its fields in use' 1 \
	"$probe:8: this kernel has no tracepoint sched_proces_exec" \
	'did you mean sched:sched_process_exec?' "$probe"
probe_with ''
sed -i 's/bpf_get_current_pid_tgid() >> 32/args->pidd/' "$probe"
fails "a misspelt field of a tracepoint's" 1 "the tracepoint sched:sched_process_exec has no field pidd" '' "$probe"

# ---- what this kernel may not have ---------------------------------------------------------------

if [[ ! -e /proc/sys/debug/kprobes-optimization && ! -e /sys/bus/event_source/devices/kprobe ]]; then
	attach 'a kprobe on a kernel without' 'kprobe do_exit: this kernel was built without kprobes' \
		'use a tracepoint' 'kprobe  do_exit  fn'
	probe kprobe <<<'int kprobe__do_exit(struct pt_regs *ctx) { return 0; }'
	fails 'kprobe__F on a kernel without' 1 "$probe:1: kprobe do_exit: this kernel was built without" \
		'use a tracepoint' "$probe"
	fails 'a bundled probe that needs them' 1 'this kernel was built without kprobes' \
		'use a tracepoint' sockalloc
else
	attach 'a kprobe on no function' 'no_such_function_here' '' 'kprobe  no_such_function_here  fn'
fi
attach 'fentry on no function' "fentry no_such_function_here: this kernel's BTF has no function" \
	'hotprobe list functions' 'fentry  no_such_function_here  fn'
probe fentry <<<'KFUNC_PROBE(do_exit, long code) { return 0; }'
run_hotprobe "$probe" -d 0.01
if ((status)); then
	fails 'fentry that the kernel refuses' 1 "$probe:1: fentry do_exit: the kernel refuses loading" \
		'' "$probe"
else
	skip 'fentry that the kernel refuses' 'this kernel takes it'
fi

# one name is the beginning of another
probe optional <<'EOF'
/*
 * optional - a test
 *
 * Attach:
 *   uprobe?     libc:no_such_thing      fn
 *   uretprobe?  libc:no_such_thing      fn
 *   uprobe?     libc:no_such            fn
 *   uprobe?     libm:no_such            fn
 *   uprobe?     libm:no_such+ret        fn
 */
int fn(struct pt_regs *ctx) { return 0; }
EOF
fails 'no function of many' 1 \
	'nothing to attach to: libc has none of no_such_thing, no_such; libm has none of no_such' \
	'-v tells more' "$probe"
unlike "$(<"$err")" 'no_such\+|libm.*no_such.*no_such' 'each is named once for its file'

done_bad
