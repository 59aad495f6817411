#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel does not do, or not for everybody: missing rights, no BPF, no tracefs, maps and
# events that are too large, a type of map that it lacks.
. "$(dirname "$0")/bad.sh"

# ---- rights --------------------------------------------------------------------------------------

# A place that others can read, wherever the checkout lies.
chmod 755 "$tmp"
mkdir "$tmp/copy"
cp -r "$(dirname "$hp")" "$tmp/copy/build" 2>/dev/null
cp -r "$hp_root/bpf_src" "$tmp/copy/"
chmod -R a+rX "$tmp/copy"
hp=$tmp/copy/build/hotprobe

hp_via=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fails 'nobody' 1 'tracing needs CAP_BPF and CAP_PERFMON, which this process does not have' \
	'run it as root' exec
fails 'nobody, checking' 1 '/format: Permission denied' 'only root may' check exec
fails 'nobody, listing tracepoints' 1 'available_events: Permission denied' 'only root may' \
	list tracepoints
hp_via=(setpriv '--bounding-set=-sys_admin,-bpf' '--inh-caps=-all')
fails 'root without CAP_BPF' 1 'tracing needs CAP_BPF, which' 'run it as root' exec
hp_via=(setpriv '--bounding-set=-sys_admin,-perfmon' '--inh-caps=-all')
fails 'root without CAP_PERFMON' 1 'tracing needs CAP_PERFMON, which' 'run it as root' exec
hp_via=(unshare --user --map-root-user)
if "${hp_via[@]}" true 2>/dev/null; then
	fails 'root of a user namespace' 1 'this process is in a user namespace' 'on the host' exec
else
	skip 'root of a user namespace' 'this kernel makes none'
fi
hp_via=()

# ---- no BPF, no tracefs --------------------------------------------------------------------------

cat >"$tmp/nobpf.c" <<'EOF'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

	if (argc > 1 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
		execv(argv[1], argv + 1);
	return 125;
}
EOF
gcc -o "$tmp/nobpf" "$tmp/nobpf.c" || exit 1
hp_via=("$tmp/nobpf")
fails 'a kernel without BPF' 1 'this kernel was built without perf events or BPF' 'use a kernel' exec

# shellcheck disable=SC2016 # for the inner shell
without_tracefs='umount /sys/kernel/tracing && exec "$@"'
hp_via=(unshare --mount --propagation private bash -c "$without_tracefs" --)
run_hotprobe exec -d 0.01
is "$status" 0 'tracefs is mounted where it is not'
hp_via=(unshare --mount --propagation private bash -c "$without_tracefs" --
	setpriv '--bounding-set=-sys_admin' '--inh-caps=-all')
fails 'no tracefs, and no right to mount it' 1 'tracefs is not mounted, and mounting it' \
	'mount -t tracefs tracefs /sys/kernel/tracing' exec
hp_via=()

# ---- maps ----------------------------------------------------------------------------------------

# map NAME SAYS HINT DECLARATION
map() {
	probe_with "$4"
	fails "$1" 1 "$2" "$3" "$probe"
}
map 'a map without entries' "$tmp/with.c: the kernel refused the map m: hash, key 8 bytes" 'bpf(2)' \
	'BPF_HASH(m, u64, u64, 0);'
map 'a map with too many entries' "cannot hold so large a map as m: 4000000000 entries" \
	'fewer entries' 'BPF_ARRAY(m, u64, 4000000000);'
map 'a per-CPU map with too large values' 'the map m has values of 40000 bytes: too large' \
	'make the arrays in it smaller' 'struct big { char b[40000]; }; BPF_PERCPU_ARRAY(m, struct big, 1);'
map 'a ring buffer of 3 pages' 'the kernel refused the map m: ringbuf' '1, 2, 4, 8' \
	'BPF_RINGBUF_OUTPUT(m, 3);'

# A kernel that has no such maps: bpf(2) answers as one of before Linux 4.20 does.
cat >"$tmp/old.c" <<'EOF'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <sys/syscall.h>

long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long arg[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_bpf && arg[0] == BPF_MAP_CREATE &&
	    ((const union bpf_attr *)arg[1])->map_type == BPF_MAP_TYPE_STACK) {
		errno = EINVAL;
		return -1;
	}
	return real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}
EOF
gcc -shared -fPIC -o "$tmp/old.so" "$tmp/old.c" -ldl || exit 1
hp_via=(env "LD_PRELOAD=$tmp/old.so")
map 'a type of map that the kernel lacks' "the map m: this kernel, $(uname -r), has no stack maps" \
	'since Linux 4.20' 'BPF_STACK(m, u64, 4);'
hp_via=()

# ---- events --------------------------------------------------------------------------------------

# event NAME SIZE DECLARATION BODY
event() {
	probe event <<-EOF
		#include "hotprobe.h"
		struct event {
			u32 pid;
			char text[$2];
		};
		EVENTS(events, struct event);
		$3
		TRACEPOINT_PROBE(sched, sched_process_exec)
		{
			$4
		}
	EOF
	shift 4
}
# shellcheck disable=SC2016
scratch='int zero = 0; struct event *e = scratch.lookup(&zero);
	return e ? events_emit(args, e) : 0;'
event 'over 32 KB' 40000 'BPF_ARRAY(scratch, struct event, 1);' "$scratch"
fails 'an event over 32 KB' 1 'an event of events is 40004 bytes, more than the 32768' \
	'make its arrays smaller' "$probe"
event 'over the buffer' 8000 'BPF_PERCPU_ARRAY(scratch, struct event, 1);' "$scratch"
fails 'an event over the buffer' 1 'an event of events is 8004 bytes: it does not fit into a buffer' \
	'--buffer' "$probe" --buffer 4K
for size in 600 3000; do
	event 'over the stack' $size '' 'struct event e = {}; return events_emit(args, &e);'
	fails "an event of $size bytes on the stack" 1 \
		"$probe:10: the variables of the function tracepoint__sched__sched_process_exec need more than the 512" \
		'BPF_PERCPU_ARRAY(scratch, struct event, 1)' "$probe"
done

done_bad
