# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of refused probes share, here and in the lab; with all of bad.sh.
#
# Each probe in tests/fixtures/refused is refused, and says itself what is to be said about it:
#
#   ... /* HERE */          the line that is to be named: one of these
#   // expect: REGEX        the cause: in the first line of the message
#   // advice: REGEX        what to change; left out where the cause already says that
#   // before: 6.13         kernels of before this one refuse it, newer ones take it
#   // from: 5.15           kernels from this one on refuse it, older ones take it
#   // global: FUNCTION     is loaded as a global function (tests/fixtures/linkage.c)

. "$(dirname "${BASH_SOURCE[0]}")/bad.sh"

refused=$(cd "$(dirname "${BASH_SOURCE[0]}")/../fixtures/refused" && pwd)
kernel=$(uname -r)

# What follows is done by the shell alone: in an emulated guest each program that is started, be it
# grep, costs as much as hotprobe check itself.

# refused_read PROBE: its lines into refused_lines, what it says behind each word into refused_word
declare -A refused_word
refused_read() {
	local line
	refused_word=()
	mapfile -t refused_lines <"$refused/$1.c"
	for line in "${refused_lines[@]}"; do
		[[ ! $line =~ ^//\ (expect|advice|before|from|global):\ (.*)$ ]] ||
			refused_word[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
	done
}

# kernel_before VERSION: the running kernel is older than that
kernel_before() {
	local here
	IFS=.- read -ra here </proc/sys/kernel/osrelease
	((here[0] < ${1%.*} || (here[0] == ${1%.*} && here[1] < ${1#*.})))
}

# refused_here: the running kernel is one of those that refuse what was read
refused_here() {
	local before=${refused_word[before]-} from=${refused_word[from]-}
	[[ -z $before ]] || kernel_before "$before" || return 1
	[[ -z $from ]] || ! kernel_before "$from"
}

# refused_says REGEX LINE...: one of the lines matches, in upper or lower case
refused_says() {
	local regex=$1 line found=1
	shift
	shopt -s nocasematch
	for line; do
		[[ ! $line =~ $regex ]] || found=0
	done
	shopt -u nocasematch
	return "$found"
}

# refused_check PROBE ARGS...: hotprobe check, and everything that there is to say
refused_check() {
	local name=$1 problem='' line='' all said=() advice=() messages=0 i
	shift
	refused_read "$name"
	hp_via=()
	[[ -z ${refused_word[global]-} ]] || hp_via=(env "GLOBAL=${refused_word[global]}" "LD_PRELOAD=$linkage")
	run_hotprobe check "$@" "$refused/$name.c"
	hp_via=()
	if ! refused_here; then
		is "$status" 0 "$name: $kernel takes it"
		return
	fi
	mapfile -t all <"$err"
	for ((i = 0; i < ${#all[@]}; i++)); do
		# a function that is called is attached to nothing, which is said as well, with a hint
		if [[ ${all[i]} == *': the function '*' is attached to nothing' ]]; then
			((++i))
			continue
		fi
		said+=("${all[i]}")
		[[ ${all[i]} != 'hotprobe: '* ]] || ((++messages))
		[[ ${all[i]} != '          '* ]] || advice+=("${all[i]}")
		[[ $line || ! ${all[i]} =~ "/$name.c:"([0-9]+) ]] || line=${BASH_REMATCH[1]}
	done
	[[ $status == 1 ]] || problem+="status $status; "
	[[ ! -s $out ]] || problem+='something on stdout; '
	[[ ${said[0]-} == "hotprobe: "* ]] || problem+='no message; '
	[[ $messages == 1 ]] || problem+='not one message; '
	[[ $line && ${refused_lines[line - 1]-} == *'/* HERE */'* ]] || problem+="it names line ${line:-none}; "
	refused_says "${refused_word[expect]}" "${said[@]}" || problem+='not the cause; '
	[[ -z ${refused_word[advice]-} ]] || refused_says "${refused_word[advice]}" "${advice[@]}" ||
		problem+='not the advice; '
	((${#said[@]} <= 20)) || problem+="${#said[@]} lines; "
	is "$problem" '' "$name: line, cause and advice"
}

# refused_all ARGS...: every one
refused_all() {
	local file name
	for file in "$refused"/*.c; do
		name=${file##*/}
		refused_check "${name%.c}" "$@"
	done
}
