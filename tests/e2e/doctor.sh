# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What `hotprobe doctor` says, held against what then works. For the tests of the development
# machine and for those in the lab.
#
#   . "$(dirname "$0")/lib.sh"
#   . "$(dirname "$0")/doctor.sh"
#   doctor_agrees 'as root'     # runs it; several tests; $report is the file with what it said
# shellcheck disable=SC2154 # what lib.sh sets

report=$tmp/doctor.json

# doctor_read: the report in $out becomes $report, and is read by the functions below. One jq tells all
# of it: in an emulated guest each takes a second to start.
declare -A doctor_statuses doctor_founds doctor_fixes
doctor_probes=() doctor_sums=()
doctor_read() {
	local group name status found fix
	cp "$out" "$report"
	doctor_statuses=() doctor_founds=() doctor_fixes=() doctor_probes=()
	{
		IFS=' ' read -r -d '' -a doctor_sums
		while IFS=$'\x1f' read -r -d '' group name status found fix; do
			[[ $group != probes ]] || doctor_probes+=("$name")
			doctor_statuses[$name]=$status doctor_founds[$name]=$found doctor_fixes[$name]=$fix
		done
	} < <(jq -sj '([length, (.[0] | (.checks | length), .ok, .limited, .missing, .probes, .probes_ok)] |
			join(" ")) + "\u0000",
		(.[0].checks[] | ([.group, .name, .status, .found, .fix // ""] | join("\u001f")) + "\u0000")' "$report")
}
# doctor_status NAME, doctor_found NAME, doctor_fix NAME
doctor_status() {
	printf '%s\n' "${doctor_statuses[$1]-}"
}
doctor_found() {
	printf '%s\n' "${doctor_founds[$1]-}"
}
doctor_fix() {
	printf '%s\n' "${doctor_fixes[$1]-}"
}

# A program for each way to attach, by the names that doctor has for them; for some, a line of the
# Attach section as well.
declare -A doctor_program=(
	[tracepoint]='TRACEPOINT_PROBE(sched, sched_process_exit) { return 0; }'
	['raw tracepoint']='RAW_TRACEPOINT_PROBE(sched_process_exit) { return 0; }'
	['syscall tracepoint']='TRACEPOINT_PROBE(syscalls, sys_enter_getpriority) { return 0; }'
	[kprobe]='int kprobe__vfs_statfs(struct pt_regs *ctx) { return 0; }'
	[kretprobe]='int kretprobe__vfs_statfs(struct pt_regs *ctx) { return 0; }'
	[fentry]='KFUNC_PROBE(vfs_read, void *file) { return 0; }'
	[fexit]='KRETFUNC_PROBE(vfs_read, void *file) { return 0; }'
	[lsm]='LSM_PROBE(path_chroot, void *path) { return 0; }'
	[uprobe]='int on_uprobe(struct pt_regs *ctx) { return 0; }'
	[uretprobe]='int on_uretprobe(struct pt_regs *ctx) { return 0; }'
	[usdt]='int on_usdt(struct pt_regs *ctx) { return 0; }'
	['perf event']='int on_sample(void *ctx) { return 0; }'
)
declare -A doctor_attach=(
	[uprobe]='uprobe c:getpriority on_uprobe'
	[uretprobe]='uretprobe c:getpriority on_uretprobe'
	[usdt]="usdt $hp:hotprobe:trial on_usdt"
	['perf event']='perf_event cpu-clock@99 on_sample'
)
doctor_ways=(tracepoint 'raw tracepoint' 'syscall tracepoint' kprobe kretprobe fentry fexit lsm
	uprobe uretprobe usdt 'perf event')

# doctor_probe FILE WAY...: a probe that attaches in all these ways
doctor_probe() {
	local file=$1 name way
	name=$(basename "$file" .c)
	shift
	{
		printf '/*\n * %s - every way that is said to work\n *\n' "$name"
		printf ' * Attach:\n'
		for way; do
			[[ -z ${doctor_attach[$way]-} ]] || echo " *   ${doctor_attach[$way]}"
		done
		printf ' */\n#include <linux/ptrace.h>\n'
		for way; do
			echo "${doctor_program[$way]}"
		done
	} >"$file"
	# a section without lines is a mistake
	grep -q '^ \*   ' "$file" || sed -i '/Attach:/,+0d' "$file"
}

# doctor_agrees HOW: each way that it finds attaches, and each that it calls missing does not; the
# same of the bundled probes. All with the header source that compiles fastest: under emulation that
# is what takes the time.
doctor_options=(--headers btf)
doctor_agrees() {
	local good=() bad=() way name
	HP_TIMEOUT=$((HP_TIMEOUT * 2)) run_hotprobe doctor -o json "${doctor_options[@]}"
	local said=$status finding one checks ok limited missing probes probes_ok
	local -A counted=([ok]=0 [limited]=0 [missing]=0)
	doctor_read
	read -r one checks ok limited missing probes probes_ok <<<"${doctor_sums[*]}"
	is "$one $((checks > 40))" '1 1' "$1: one JSON document" || return 1
	is "${#doctor_statuses[@]}" "$checks" "$1: every check has a name of its own"
	for finding in "${doctor_statuses[@]}"; do
		counted[$finding]=$((${counted[$finding]-0} + 1))
	done
	is "${#counted[@]}" 3 "$1: every finding is ok, limited or missing"
	is "$(printf '%s\n' "${doctor_founds[@]}" | grep -c '^$')" 0 "$1: all of them say what was found"
	is "$ok $limited $missing" "${counted[ok]} ${counted[limited]} ${counted[missing]}" "$1: and are counted right"
	is "$said" "$((!(probes > 0 && probes == probes_ok)))" \
		"$1: the exit status tells whether all bundled probes run"

	for way in "${doctor_ways[@]}"; do
		# limited: it attaches, and that is all
		if [[ $(doctor_status "$way") != missing ]]; then
			good+=("$way")
		else
			bad+=("$way")
			isnt "$(doctor_found "$way")" '' "$1: why there is no $way"
		fi
	done
	if ((${#good[@]})); then
		doctor_probe "$tmp/good.c" "${good[@]}"
		run_hotprobe "$tmp/good.c" "${doctor_options[@]}" -d 0.1
		is "$status" 0 "$1: what is there attaches: ${good[*]}"
	fi
	for way in "${bad[@]}"; do
		doctor_probe "$tmp/bad.c" "$way"
		run_hotprobe "$tmp/bad.c" "${doctor_options[@]}" -d 0.1
		# not for a mistake in its text
		is "$status $(grep -c ' error: ' "$err")" '1 0' "$1: what is missing does not attach: $way"
	done
	for name in "${doctor_probes[@]}"; do
		run_hotprobe "$name" -q -d 0.1 "${doctor_options[@]}"
		# limited: it needs an option that only a person can give
		case $(doctor_status "$name") in
		ok) want=0 ;;
		limited) want=2 ;;
		*) want=1 ;;
		esac
		is "$status" "$want" "$1: $name, called $(doctor_status "$name")"
	done
	is "${#doctor_probes[@]}" "$(find "$hp_root/bpf_src" -name '*.c' | wc -l)" "$1: no bundled probe is left out"
}
