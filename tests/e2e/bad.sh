# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of bad input share. A file of them starts with
#
#   . "$(dirname "$0")/bad.sh"
#
# and ends with done_bad instead of done_testing: nothing may be left behind by any of its runs.

# What should fail and does not would run for ever.
HP_TIMEOUT=${HP_TIMEOUT:-20}
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# fails NAME STATUS WANT HINT ARGS...: hotprobe ARGS ends with STATUS and says one thing: WANT, and
# HINT ('' for none) as what to do. Nothing of it comes from a library, and stdout stays empty.
fails() {
	local name=$1 want_status=$2 want=$3 hint=$4 said problem=
	shift 4
	run_hotprobe "$@"
	said=$(<"$err")
	[[ $status == "$want_status" ]] || problem+="status $status, not $want_status; "
	[[ ! -s $out ]] || problem+='something on stdout; '
	[[ $said == 'hotprobe: '* ]] || problem+="it does not start with hotprobe's name; "
	[[ $(grep -c '^hotprobe: ' "$err") == 1 ]] || problem+='not one message; '
	[[ -z $(grep -E ': (error|warning): ' "$err" | sort | uniq -d) ]] || problem+='the same twice; '
	[[ $said == *"$want"* ]] || problem+="it does not say '$want'; "
	[[ -z $hint || $said == *$'\n          '*"$hint"* ]] || problem+="no remedy '$hint'; "
	[[ $said != *libbpf:* && $said != */virtual/* && $said != *"own text"* &&
		$said != */proc/self/fd* ]] || problem+='it speaks of what is not the user'\''s; '
	is "$problem" '' "$name"
}

# probe NAME: a probe file of this name with stdin as its text; sets $probe
probe() {
	probe=$tmp/$1.c
	cat >"$probe"
}

# probe_with TEXT: a probe that is complete, with TEXT before its event; sets $probe
probe_with() {
	probe with <<-EOF
		#include "hotprobe.h"
		$1
		struct event {
			u32 pid;
			char comm[16];
		};
		EVENTS(events, struct event);
		TRACEPOINT_PROBE(sched, sched_process_exec)
		{
			struct event e = { .pid = bpf_get_current_pid_tgid() >> 32 };

			bpf_get_current_comm(e.comm, sizeof(e.comm));
			return events_emit(args, &e);
		}
	EOF
}

# Only root is to do this: the tests need what it may do.
[[ $(id -u) == 0 ]] || skip_all 'tracing needs root'
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing ||
	skip_all 'tracefs cannot be mounted'

# What a run may leave behind: folders, entries in tracefs.
bad_left() {
	shopt -s nullglob
	printf '%s\n' /tmp/hotprobe-?????? /tmp/hotprobe-test.*/tmp/hotprobe-??????
	cat /sys/kernel/tracing/{uprobe,kprobe}_events 2>/dev/null
	shopt -u nullglob
}

bad_before=$(bad_left)
# Other runs on the machine come and go: of what is new at the end, what was left behind stays.
bad_nothing_left() {
	bad_after=$(bad_left | grep -xF -- "$bad_after")
	[[ -z $bad_after ]]
}

done_bad() {
	HP_TIMEOUT=120
	bad_after=$(bad_left | grep -vxF -- "$bad_before")
	ok 'no temporary folder and no entry in tracefs is left' wait_for bad_nothing_left
	ok 'no process is left' wait_for no_process "$tmp/"
	done_testing
}
