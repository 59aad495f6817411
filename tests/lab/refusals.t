#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What this kernel does not take, and what hotprobe says to it. $LINKAGE and $OWNER are
# tests/fixtures/linkage.c and owner.c, compiled.
. "$(dirname "$0")/../e2e/refused.sh"

# ---- programs: which line, why, and what to change -----------------------------------------------
linkage=${LINKAGE:-$hp_root/build/lab/files/linkage.so}
refused_all

# ---- programs for a program array ----------------------------------------------------------------
owner=${OWNER:-$hp_root/build/lab/files/owner}

status=0
"$owner" other >"$out" 2>"$err" || status=$?
is "$status" 1 'a raw tracepoint program beside a tracepoint program is refused'
like "$(<"$err")" 'programs of type tracepoint .*, and this one is of type raw_tracepoint' \
	'... and both types are named'

status=0
"$owner" ext >"$out" 2>"$err" || status=$?
# Linux 6.2 asks for the type of what is replaced, and so do the later releases of 6.1
if kernel_before 6.1; then
	is "$status" 1 'an XDP program behind a freplace program of one is refused'
	like "$(<"$err")" 'belongs to programs of type ext .*, and this one is of type xdp' \
		'... and both types are named'
	like "$(<"$err")" 'before Linux 6\.2' '... and since when it is taken'
else
	is "$status $(<"$out")" '0 taken' 'an XDP program behind a freplace program of one is taken'
fi
done_bad
