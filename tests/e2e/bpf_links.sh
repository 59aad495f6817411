# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# What tests/fixtures/bpf_links.c attaches, link by link, as hotprobe bpf has to tell it. The fixture
# runs, bpf() runs hotprobe bpf with its output in $out.
#
#   check_links [all]   all: on a kernel of the lab, which has every kind from the version on that the
#                       table names; without it, what is refused here is left out

# NAME  VERSION that has it and tells its target  TYPE  HOW  TARGET
link_rows() {
	cat <<-ROWS
		xdp|5.10|xdp|xdp|lo
		tcx|6.6|tcx|tcx_ingress|lo
		kit|6.7|netkit|netkit_primary|hpkit
		lookup|5.10|netns|sk_lookup|network namespace $net
		dissector|5.10|netns|flow_dissector|network namespace $net
		filter|6.4|netfilter|netfilter|ipv4 output priority -7
		verdict|6.10|sockmap|sk_msg_verdict|map ${id[sockets]:-} sockets
		tasks|5.10|iter|iter|task
		one_task|6.1|iter|iter|task of thread $bpf_pid
		elements|5.10|iter|iter|bpf_map_elem of map ${id[walked]:-} walked
		tick|6.6|perf_event|perf_event|page-faults
		point|6.6|perf_event|tracepoint|sched_process_exit
		user|6.6|perf_event|uprobe|$program:${id[first_at]:-}
		userret|6.6|perf_event|uretprobe|$program:${id[second_at]:-}
		users|6.8|uprobe_multi|uprobe_multi|2 places in $program, process $bpf_pid
		nested|6.6|perf_event|kprobe|strncpy_from_kernel_nofault
		kernret|6.6|perf_event|kretprobe|vfs_rmdir
		multi|6.12|kprobe_multi|kprobe_multi|2 functions
		entry|6.1|tracing|fentry|vfs_mkdir
		exit|6.1|tracing|fexit|vfs_mkdir
		guard|6.1|tracing|lsm|path_chroot
		typed|5.10|raw_tracepoint|raw_tracepoint|sched_process_fork
		raw|5.10|raw_tracepoint|raw_tracepoint|sched_process_fork
		sockopt|5.10|cgroup|cgroup_setsockopt|$bpf_cgroup
		hp_linked|6.4|struct_ops|struct_ops|tcp_congestion_ops, map ${id[hp_linked]:-} hp_linked
	ROWS
}

# kernel_from VERSION: is this kernel of that version or later
kernel_from() { [[ $(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1) == "$1" ]]; }

# there NAME VERSION: is it to be checked; a kernel that has to have it fails without
there() {
	[[ -z ${id[$1]:-} ]] || return 0
	[[ -n $links_all ]] && kernel_from "$2" && ok "$1 is there" false
	return 1
}

link_is() { json "select(.kind == \"link\" and .id == ${id[$1_link]:-}) | $2"; }
prog_is() { json "select(.kind == \"prog\" and .id == ${id[$1]:-}) | $2"; }
map_is() { json "select(.kind == \"map\" and .id == ${id[$1]:-}) | $2"; }

check_link_rows() {
	local name version type how target
	bpf links -o json
	ok 'links, one object a line' json_is_valid
	while IFS='|' read -r name version type how target; do
		if ! there "${name}_link" "$version" || ! kernel_from "$version"; then
			continue
		fi
		is "$(link_is "$name" '[.type, .how, .target] | join("|")')" "$type|$how|$target" "link: $name"
		[[ $name == hp_linked ]] || is "$(link_is "$name" .prog)" "${id[${name/one_task/tasks}]:-}" "$name: its program"
	done < <(link_rows)
}

# bpftool of the same release knows the same
check_bpftool() {
	local known
	command -v bpftool >/dev/null || return 0
	bpf links -o json
	# numbers stand for types that this bpftool has no word for
	known=$(bpftool -j link | jq -c '.[] | select(.type | type == "string") | [.id, .type, (if .prog_id == 0 then null else .prog_id end)]' | sort)
	isnt "$known" '' 'bpftool has links'
	is "$(comm -23 <(echo "$known") <(jq -c '[.id, .type, .prog]' "$out" | sort))" '' 'bpftool agrees on each link that it knows'
}

check_cookies() {
	local name cookie
	kernel_from 6.9 || return 0
	while read -r name cookie; do
		[[ -z ${id[${name}_link]:-} ]] || is "$(link_is "$name" .cookie)" "$cookie" "$name: its cookie"
	done <<-'COOKIES'
		tick 11
		point 12
		user 13
		userret 14
		nested 22
		kernret 23
	COOKIES
	if kernel_from 6.18; then
		is "$(link_is raw .cookie)" 41 'raw: its cookie'
		[[ -z ${id[entry_link]:-} ]] || is "$(link_is entry .cookie) $(link_is exit .cookie)" '31 32' 'entry and exit: their cookies'
	fi
	is "$(link_is users '.targets | tostring')" \
		"[{\"offset\":$((id[first_at])),\"cookie\":273},{\"offset\":$((id[second_at])),\"cookie\":546}]" 'all places of uprobe_multi'
	[[ -z ${id[multi_link]:-} ]] || is "$(link_is multi '.targets | sort_by(.function) | tostring')" \
		'[{"function":"vfs_mkdir","cookie":819},{"function":"vfs_rmdir","cookie":1092}]' 'all places of kprobe_multi'
	bpf links "${id[users_link]:-}"
	like "$(<"$out")" "targets +${id[first_at]:-}, cookie 273"$'\n'" +${id[second_at]:-}, cookie 546" 'for people, too'
	bpf progs "${id[user]:-}"
	like "$(<"$out")" "attached +uprobe $program:${id[first_at]:-}, cookie 13, by link ${id[user_link]:-}" "and at the program"
}

check_misses() {
	bpf -o json
	kernel_from 6.6 && is "$(prog_is echo '.recursion_misses >= 100')" true 'runs that a program missed'
	if [[ -n ${id[nested_link]:-} ]] && kernel_from 6.7; then
		is "$(link_is nested '.missed >= 100')" true 'runs that a kprobe missed'
		bpf links "${id[nested_link]:-}"
		like "$(<"$out")" 'missed +[0-9]{3,} runs' 'for people, too'
	fi
	kernel_from 6.6 || return 0
	bpf progs "${id[echo]:-}"
	like "$(<"$out")" 'missed +[0-9]{3,} runs, which would have been within a run of itself' 'for people, too'
	bpf progs
	like "$(<"$out")" "missed [0-9]{3,} runs" 'and in the table'
}

check_struct_ops() {
	local name
	there hp_kept 5.10 || return 0
	bpf -o json
	is "$(map_is hp_kept '[.struct_ops, .state, .link] | tostring')" '["tcp_congestion_ops","inuse",null]' 'struct_ops that is registered'
	is "$(map_is hp_kept '[.members[] | .member + " " + .name] | sort | join(",")')" \
		'cong_avoid k_cong_avoid,ssthresh k_ssthresh,undo_cwnd k_undo_cwnd' 'its programs'
	is "$(prog_is k_undo_cwnd '.attached | tostring')" \
		"[{\"how\":\"struct_ops\",\"target\":\"tcp_congestion_ops.undo_cwnd, map ${id[hp_kept]:-} hp_kept\",\"link\":null}]" 'and where a program is'
	kernel_from 6.0 && is "$(prog_is k_undo_cwnd .loaded_for)" tcp_congestion_ops 'what it was loaded for'
	if [[ -n ${id[hp_linked_link]:-} ]]; then
		is "$(map_is hp_linked '[.state, .link] | tostring')" "[\"ready\",${id[hp_linked_link]:-}]" 'struct_ops that a link registers'
		is "$(prog_is l_ssthresh '.attached[0].link')" "${id[hp_linked_link]:-}" 'and the link at its programs'
		bpf links hp_linked
		like "$(<"$out")" "attached +struct_ops tcp_congestion_ops, map ${id[hp_linked]:-} hp_linked" 'the link, by the name of its map'
	fi
	bpf maps hp_kept
	like "$(<"$out")" "struct_ops +tcp_congestion_ops, registered"$'\n'"  members +\." 'for people, too'
	like "$(<"$out")" "\.ssthresh program ${id[k_ssthresh]:-} k_ssthresh" 'with each member'
	bpf tree k_ssthresh
	like "$(<"$out")" "is \.ssthresh of struct_ops map ${id[hp_kept]:-} hp_kept \(tcp_congestion_ops, registered\), beside ${id[k_cong_avoid]:-} k_cong_avoid, ${id[k_undo_cwnd]:-} k_undo_cwnd" 'tree'
	bpf tree k_ssthresh -o json
	is "$(json '.struct_ops | tostring')" \
		"[{\"map\":${id[hp_kept]:-},\"struct\":\"tcp_congestion_ops\",\"member\":\"ssthresh\",\"beside\":[${id[k_cong_avoid]:-},${id[k_undo_cwnd]:-}]}]" 'tree: in JSON'
	bpf dump hp_kept
	like "$(<"$out")" "\.undo_cwnd = 0x0*$(printf %x "${id[k_undo_cwnd]:-}")|\.undo_cwnd = ${id[k_undo_cwnd]:-}" 'dump: by the type of the kernel'
}

# without links
check_others() {
	bpf progs -o json
	if kernel_from 5.18; then
		is "$(prog_is parser '.attached[] | [.how, .target] | join("|")')" "sk_skb_stream_verdict|map ${id[sockets]:-} sockets" 'a program of a sockmap'
	fi
	if [[ -n ${id[entry_link]:-} ]]; then
		is "$(prog_is entry '.also_there | tostring')" "[${id[exit]:-}]" 'programs on one trampoline know each other'
		bpf tree exit
		like "$(<"$out")" "shares its trampoline with ${id[entry]:-} entry" 'tree: trampolines'
		bpf progs -o json
	fi
	there shaped_at 5.10 && is "$(prog_is shaped '.attached[] | [.how, .target] | join("|")')" 'tc filter|lo parent 1: priority 3' 'a filter below a queueing discipline'
	there classed_at 5.10 && is "$(prog_is classed '.attached[] | [.how, .target] | join("|")')" 'tc filter|lo parent 1:20 priority 3' 'and below a class'
	there action_at 5.10 && is "$(prog_is action '.attached[] | [.how, .target] | join("|")')" 'tc action|bpf index 17' 'an action'
	return 0
}

check_links() {
	local net program links_all=${1:-}
	net=$(stat -Lc %i "/proc/$bpf_pid/ns/net")
	program=$(readlink "/proc/$bpf_pid/exe")
	hp_via=("${in_its_net[@]}")
	check_link_rows
	check_cookies
	check_bpftool
	check_misses
	check_struct_ops
	check_others
	hp_via=()
	bpf links -o json
	like "$(link_is xdp .target)" 'interface 1 of another network namespace' 'an interface that is not of this network namespace'
}
