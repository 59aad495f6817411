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

# refused_word PROBE WORD: what the probe says behind WORD
refused_word() {
	sed -n "s|^// $2: ||p" "$refused/$1.c"
}

# kernel_before VERSION: the running kernel is older than that
kernel_before() {
	local here
	here=$(uname -r | grep -oE '^[0-9]+\.[0-9]+')
	[[ $here != "$1" && $(printf '%s\n' "$here" "$1" | sort -V | head -n 1) == "$here" ]]
}

# refused_here PROBE: the running kernel is one of those that refuse it
refused_here() {
	local before from
	before=$(refused_word "$1" before)
	from=$(refused_word "$1" from)
	[[ -z $before ]] || kernel_before "$before" || return 1
	[[ -z $from ]] || ! kernel_before "$from"
}

# refused_check PROBE ARGS...: hotprobe check, and everything that there is to say
refused_check() {
	local name=$1 problem='' said message line global advice
	shift
	advice=$(refused_word "$name" advice)
	global=$(refused_word "$name" global)
	hp_via=()
	[[ -z $global ]] || hp_via=(env "GLOBAL=$global" "LD_PRELOAD=$linkage")
	run_hotprobe check "$@" "$refused/$name.c"
	hp_via=()
	if ! refused_here "$name"; then
		is "$status" 0 "$name: $(uname -r) takes it"
		return
	fi
	# a function that is called is attached to nothing, which is said as well
	message=$(awk '/: the function .* is attached to nothing$/ { getline; next } 1' "$err")
	said=${message%%$'\n'*}
	[[ $status == 1 ]] || problem+="status $status; "
	[[ ! -s $out ]] || problem+='something on stdout; '
	[[ $said == "hotprobe: "* ]] || problem+='no message; '
	[[ $(grep -c '^hotprobe: ' <<<"$message") == 1 ]] || problem+='not one message; '
	line=$(grep -oE -m 1 "/$name\.c:[0-9]+" <<<"$message" | head -n 1)
	line=${line##*:}
	[[ $line && $(sed -n "${line}p" "$refused/$name.c") == *'/* HERE */'* ]] ||
		problem+="it names line ${line:-none}; "
	grep -qiE -- "$(refused_word "$name" expect)" <<<"$message" || problem+='not the cause; '
	[[ -z $advice ]] || grep -E '^ {10}' <<<"$message" | grep -qiE -- "$advice" ||
		problem+='not the advice; '
	(($(wc -l <<<"$message") <= 20)) || problem+="$(wc -l <<<"$message") lines; "
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
