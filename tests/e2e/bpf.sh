# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# The fixture that hotprobe bpf is tested on, started, known by its ids, and stopped.
#
#   bpf_start PROGRAM      in a network namespace of its own, with a cgroup and a bpffs of its own,
#                          where there are such; each NAME=ID that it prints becomes ${id[NAME]}
#   in_its_net             the words that bring a command into its network namespace
#   bpf_stop
declare -A id
bpf_pid=
bpf_fs=
bpf_cgroup=

bpf_start() {
	local root name value
	bpf_fs=$tmp/bpffs
	mkdir -p "$bpf_fs"
	mount -t bpf bpf "$bpf_fs" || bpf_fs=
	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	bpf_cgroup=$root/hotprobe-test-$$
	[[ -n $root ]] && mkdir "$bpf_cgroup" 2>/dev/null || bpf_cgroup=
	: >"$tmp/made"
	CGROUP=${bpf_cgroup:-/nowhere} unshare --net "$1" ${bpf_fs:+"$bpf_fs/counts_pin"} \
		>"$tmp/made" 2>"$tmp/refusals" &
	bpf_pid=$!
	hp_await "$tmp/made" '(^|'$'\n'')ready' "$bpf_pid" || {
		diag "the fixture did not get ready: $(<"$tmp/refusals")"
		bpf_stop
		exit 1
	}
	while IFS='=' read -r name value; do
		id[$name]=$value
	done <"$tmp/made"
	in_its_net=(nsenter --net --target "$bpf_pid")
	diag "refused here: $(tr '\n' ';' <"$tmp/refusals")"
}

bpf_stop() {
	[[ -z $bpf_pid ]] || kill "$bpf_pid" 2>/dev/null
	[[ -z $bpf_pid ]] || wait "$bpf_pid" 2>/dev/null
	bpf_pid=
	[[ -z $bpf_fs ]] || umount "$bpf_fs"
	[[ -z $bpf_cgroup ]] || rmdir "$bpf_cgroup"
	bpf_fs='' bpf_cgroup=''
}

# also when a test ends early
bpf_cleanup() {
	local rc=$?
	bpf_stop
	(exit "$rc")
	hp_cleanup
}
trap bpf_cleanup EXIT
