#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every bundled probe passes `hotprobe check` on this kernel, and `hotprobe disasm` prints its
# instructions as this kernel's verifier does.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../e2e/disasm.sh"

VERIFIER_LOG=${VERIFIER_LOG:-/lab/files/verifier_log.so}

run_hotprobe check -o json
is "$status" 0 'all bundled probes pass'
ok 'JSON is valid' json_is_valid
is "$(json 'select(.type == "problem") | .message')" '' 'with no problem'
# gotls needs a program to trace
is "$(json 'select(.type == "probe" and .probe != "gotls") | [.compiled, .verified, .attachable] | tostring' | sort -u)" \
	'[true,true,true]' 'compiled, verified, with all attach points there'
is "$(json 'select(.type == "result") | .probes')" "$(find "$hp_root/bpf_src" -name '*.c' | wc -l)" 'all of them'
# two of them have the instructions of the others
for probe in exec tcpconnect; do
	disasm_as_logged "$VERIFIER_LOG" "$probe"
done
ok 'hundreds of instructions were compared' [ "$disasm_compared" -gt 300 ]
run_hotprobe disasm tcpconnect --jited
is "$status" 0 'machine code'
like "$(<"$out")" '; [0-9]+: ' 'with source lines'

done_testing
