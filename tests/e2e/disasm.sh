# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For tests of `hotprobe disasm` that have sourced lib.sh: is its text that of the verifier's log?
#
#   disasm_as_logged verifier_log.so exec -x     # a shared library of tests/fixtures/verifier_log.c

# Those of lib.sh:
# shellcheck disable=SC2034,SC2154

disasm_compared=0

# A map's address and a constant's value are known only when the program is loaded.
disasm_normal() {
	sed -E 's/(\(18\) r[0-9] = ).*/\1VALUE/' | sort -u
}

# disasm_logged FILE: "PC TEXT" of each instruction in a log, without what it says of registers
# behind a ";" and, since 7.x, of the stack behind a tab or "//"
disasm_logged() {
	sed -nE 's/^([0-9]+): (\([0-9a-f]{2}\) .*)$/\1 \2/p' "$1" |
		sed -E 's/\t.*//; s/ +(;|\/\/)( .*)?$//; s/ +$//' |
		disasm_normal
}

# disasm_printed INDEX: the same of a function in $out, without the names in <>
disasm_printed() {
	jq -rs ".[$1].insns[] | \"\\(.pc) \\(.text)\"" "$out" | sed -E 's/ <[^>]*>$//' | disasm_normal
}

# disasm_as_logged LIBRARY PROBE [OPTIONS]: two tests for each function of the probe, and two more
disasm_as_logged() {
	local library=$1 probe=$2 nr i name
	shift 2
	export HP_LOG=$tmp/verifier
	rm -f "$HP_LOG".*
	hp_via=(env "LD_PRELOAD=$library")
	run_hotprobe disasm "$probe" -o json "$@"
	hp_via=()
	is "$status" 0 "disasm $probe"
	ok "disasm $probe: valid JSON" json_is_valid
	nr=$(jq -s length "$out")
	for ((i = 0; i < nr; i++)); do
		name=$(jq -rs ".[$i].function" "$out")
		disasm_logged "$HP_LOG.$i" >"$tmp/logged"
		disasm_printed "$i" >"$tmp/printed"
		# a branch whose way is known is a jump in the log since 7.x, to where it goes
		awk 'NR == FNR { if ($3 == "if") branch[$1] = 1; next } !($2 == "(05)" && $1 in branch)' \
			"$tmp/printed" "$tmp/logged" >"$tmp/logged.taken"
		mv "$tmp/logged.taken" "$tmp/logged"
		is "$(comm -23 "$tmp/logged" "$tmp/printed" | head -n 5)" '' \
			"disasm $probe: $name as in the verifier's log"
		# code that it never comes to is not in the log
		ok "disasm $probe: $name: nearly all of it" \
			[ "$(wc -l <"$tmp/logged")" -gt $(($(wc -l <"$tmp/printed") * 8 / 10)) ]
		disasm_compared=$((disasm_compared + $(wc -l <"$tmp/logged")))
	done
}
