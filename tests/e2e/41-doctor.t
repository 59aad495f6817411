#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe doctor: what it says is so, for root, for others, and in namespaces; and it leaves
# everything as it was.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/doctor.sh"

# ---- what stays behind ---------------------------------------------------------------------------

cat >"$tmp/trials.c" <<'PROGRAM'
/* how many BPF programs and maps of the name "trial" the kernel has */
#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	__u32 id = 0, size;
	int nr = 0, fd;

	while (bpf_prog_get_next_id(id, &id) == 0) {
		struct bpf_prog_info info = {};

		size = sizeof(info);
		fd = bpf_prog_get_fd_by_id(id);
		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0)
			nr += strcmp(info.name, "trial") == 0;
		close(fd);
	}
	for (id = 0; bpf_map_get_next_id(id, &id) == 0;) {
		struct bpf_map_info info = {};

		size = sizeof(info);
		fd = bpf_map_get_fd_by_id(id);
		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0)
			nr += strcmp(info.name, "trial") == 0;
		close(fd);
	}
	printf("%d\n", nr);
	return 0;
}
PROGRAM
gcc -o "$tmp/trials" "$tmp/trials.c" -lbpf || exit 1
tracefs=$(awk '$3 == "tracefs" { print $2; exit }' /proc/mounts)
state() {
	cat /proc/self/mounts "$tracefs"/kprobe_events "$tracefs"/uprobe_events 2>/dev/null
	ulimit -l
}
before=$(state)

doctor_agrees root
is "$(state)" "$before" 'root: no mount and no probe stays'
# the kernel frees them a moment after they are let go
ok 'root: no program and no map stays' wait_for eval '[[ $("$tmp/trials") == 0 ]]'
is "$(find "$HOTPROBE_CACHE" -name '*doctor*')" '' 'root: no file stays in the cache'

# ---- single findings, against what the kernel says itself ----------------------------------------

is "$(doctor_status 'kernel BTF')" "$([[ -e /sys/kernel/btf/vmlinux ]] && echo ok || echo missing)" 'kernel BTF'
like "$(doctor_found tracefs)" "$(wc -l <"$tracefs/available_events") tracepoints" 'tracefs: as many tracepoints'
like "$(doctor_found 'BPF programs')" 'run' 'BPF programs are run'
is "$(doctor_status 'perf buffer') $(doctor_status 'ring buffer')" 'ok ok' 'both kinds of buffers'
like "$(doctor_found libbcc)" '^[0-9]+\.[0-9]+ \(/' 'libbcc: its version, and where it lies'
like "$(doctor_found LLVM)" '[0-9]+' 'LLVM: its version'
like "$(doctor_found cache)" "^$HOTPROBE_CACHE" 'the cache is the one in use'
like "$(doctor_found 'perf_event_paranoid')" "^$(</proc/sys/kernel/perf_event_paranoid)[^0-9]" 'perf_event_paranoid'
mkdir "$tmp/security"
if mount -t securityfs securityfs "$tmp/security" 2>/dev/null; then
	if [[ -e $tmp/security/lockdown ]]; then
		mode=$(sed 's/.*\[\(.*\)\].*/\1/' "$tmp/security/lockdown")
		like "$(doctor_found lockdown)" "^$mode" "lockdown is $mode"
	else
		like "$(doctor_found lockdown)" 'not known' 'no lockdown'
	fi
	umount "$tmp/security"
else
	skip 'lockdown' 'securityfs cannot be mounted'
fi

# ---- the table -----------------------------------------------------------------------------------

run_hotprobe doctor
is "$(grep -cE '^  (ok|limited|missing) ' "$out")" "$(jq '.checks | length' "$report")" 'table: a line for each'
is "$(grep -E '^[a-z]' "$out" | tr '\n' ' ')" \
	'privileges kernel container headers compiler providers buffers probes ' 'table: the groups'
is "$(grep -c '^ *fix: ' "$out")" "$(jq '[.checks[] | select(.fix)] | length' "$report")" 'table: a line for each fix'
like "$(tail -n 1 "$out")" '^[0-9]+ ok, [0-9]+ limited, [0-9]+ missing; [0-9] of [0-9] bundled probes run here$' \
	'table: the summary'
ok 'no colours but on a terminal' eval '! grep -q $'"'\\e'"' "$out"'
is "$(<"$err")" '' 'nothing on stderr'
run_hotprobe doctor --all
is "$status" 2 'an option that it does not have'
run_hotprobe doctor -o csv
is "$status" 2 'a form that it does not have'

# ---- a broken installation -----------------------------------------------------------------------

chmod 755 "$tmp"
mkdir -p "$tmp/copy/build"
cp "$(dirname "$hp")"/hotprobe{,-cc} "$tmp/copy/build/"
cp -r "$hp_root/bpf_src" "$tmp/copy/"
chmod -R a+rX "$tmp/copy"
hp=$tmp/copy/build/hotprobe
doctor_attach[usdt]="usdt $hp:hotprobe:trial on_usdt"

hp_via=(env HOTPROBE_CACHE=/proc/nowhere)
run_hotprobe doctor -o json
doctor_read
hp_via=()
is "$(doctor_status cache)" limited 'a cache that cannot be used is told'
mv "$tmp/copy/build/hotprobe-cc" "$tmp/copy/hotprobe-cc"
run_hotprobe doctor -o json
doctor_read
is "$(doctor_status hotprobe-cc) $(doctor_status libbcc)" 'missing missing' 'no compiler'
like "$(doctor_fix hotprobe-cc)" 'make' '... and what helps'
mv "$tmp/copy/hotprobe-cc" "$tmp/copy/build/hotprobe-cc"

# ---- others than root ----------------------------------------------------------------------------

hp_via=(setpriv --reuid 65534 --regid 65534 --clear-groups)
run_hotprobe doctor -o json
doctor_read
is "$status" 1 'nobody: no probe runs'
is "$(doctor_status CAP_BPF) $(doctor_status CAP_PERFMON) $(doctor_status 'BPF maps')" \
	'missing missing missing' 'nobody: the capabilities are missing, and so are maps'
like "$(doctor_fix CAP_BPF)" 'root' 'nobody: what helps'
like "$(doctor_found kprobe)" 'BPF programs' 'nobody: what is not tried says what it needs'
is "$(jq .probes_ok "$report")" 0 'nobody: no bundled probe'
like "$(<"$err")" '^$' 'nobody: nothing on stderr'

hp_via=(setpriv '--bounding-set=-sys_admin,-bpf' '--inh-caps=-all')
run_hotprobe doctor -o json
doctor_read
is "$(doctor_status CAP_BPF) $(doctor_status CAP_PERFMON) $(doctor_status 'BPF programs')" 'missing ok missing' \
	'root without CAP_BPF'
hp_via=(setpriv '--bounding-set=-sys_admin,-perfmon' '--inh-caps=-all')
run_hotprobe doctor -o json
doctor_read
is "$(doctor_status CAP_BPF) $(doctor_status CAP_PERFMON) $(doctor_status 'BPF programs')" 'ok missing missing' \
	'root without CAP_PERFMON'
hp_via=(setpriv '--bounding-set=-sys_admin' '--inh-caps=-all')
doctor_agrees 'root without CAP_SYS_ADMIN'

# ---- namespaces ----------------------------------------------------------------------------------

hp_via=(unshare --user --map-root-user)
if "${hp_via[@]}" true 2>/dev/null; then
	run_hotprobe doctor -o json
	doctor_read
	is "$(doctor_status 'user namespace') $(doctor_status CAP_BPF) $(jq .probes_ok "$report")" 'missing missing 0' \
		'a user namespace'
	like "$(doctor_fix 'user namespace')" 'host' '... and what helps'
else
	skip 'a user namespace' 'this kernel makes none'
fi

hp_via=(unshare --pid --fork --mount-proc)
doctor_agrees 'a pid namespace'
is "$(doctor_status 'pid namespace')" limited 'a pid namespace is found'
run_hotprobe write -p 1
is "$status" 1 '... where -p cannot be used, as it says'
like "$(<"$err")" 'pid namespace' '... nor silently'
run_hotprobe exec -- /bin/true
is "$status" 1 '... nor -- COMMAND'
hp_via=()
run_hotprobe doctor -o json
doctor_read
is "$(doctor_status 'pid namespace')" ok "the machine's own pid namespace is none"

hp_via=(unshare --cgroup)
run_hotprobe doctor -o json
doctor_read
like "$(doctor_found 'cgroup namespace')" 'of its own' 'a cgroup namespace'

# tracefs: not mounted, then out of reach
cat >"$tmp/untraced" <<'SHELL'
umount -a -t tracefs
"$@"
status=$?
grep -q ' tracefs ' /proc/self/mounts && echo 'tracefs is mounted' >&2
exit $status
SHELL
hp_via=(unshare --mount sh "$tmp/untraced")
run_hotprobe doctor -o json
doctor_read
is "$(doctor_status tracefs) $(doctor_status tracepoint)" 'ok ok' 'no tracefs: it can be mounted'
like "$(doctor_found tracefs)" 'not mounted' '... it says'
unlike "$(<"$err")" 'tracefs is mounted' '... and is not mounted afterwards'
hp_via=(unshare --mount sh "$tmp/untraced" setpriv '--bounding-set=-sys_admin' '--inh-caps=-all')
doctor_agrees 'no tracefs, nor the right to mount it'
is "$(doctor_status tracefs) $(doctor_status tracepoint)" 'missing missing' '... it says'
like "$(doctor_fix tracefs)" 'mount -t tracefs' '... and what helps'

done_testing
