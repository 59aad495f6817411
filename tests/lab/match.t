#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Headers against the kernel's BTF: the kernel's own are right in each of 120 members, and of 100
# structs that are altered in a copy of them each is found. Compiles only: to be run by
# `scripts/lab native`.
. "$(dirname "$0")/../e2e/lib.sh"

probe=$hp_root/tests/fixtures/members.c
release=$(uname -r)
build=/lib/modules/$release/build source=/lib/modules/$release/source
[[ -e $source ]] || source=$build

run_hotprobe check "$probe" -v --no-cache
like "$(<"$err")" 'headers: as in the kernel: 121 members of 121 types, 1 constants' "the kernel's own headers are right"
unlike "$(<"$err")" 'not in its BTF' 'and all was compared'

# One folder with both parts of them, in which what is altered is no link any more.
tree=$tmp/tree
mkdir -p "$tree/arch"
for part in "$source" "$build"; do
	cp -rsfL "$(readlink -f "$part")/include" "$tree/"
	cp -rsfL "$(readlink -f "$part")/arch/x86" "$tree/arch/"
done
mapfile -t structs < <(grep -oP '\(\(struct \K\w+' "$probe" | head -n 100)
is "${#structs[@]}" 100 'structs to alter'
names=$(IFS='|' && echo "${structs[*]}")
while read -r file; do
	sed -E "s/^struct ($names) \{/&\n\tchar hp_altered[64];/" "$file" >"$tmp/altered"
	rm "$file"
	mv "$tmp/altered" "$file"
done < <(grep -RlE "^struct ($names) \{" "$tree/include" "$tree/arch/x86/include")
file=$(grep -Rl '^enum pid_type$\|^enum pid_type {' "$tree/include/linux" | head -n 1)
sed 's/^	PIDTYPE_PID,/	HP_ALTERED,\n&/' "$file" >"$tmp/altered"
rm "$file"
mv "$tmp/altered" "$file"
run_hotprobe check "$probe" --no-cache --headers "$tree"
is "$status" 1 'altered headers are refused'
like "$(<"$err")" "members.c:[0-9]+: the kernel headers do not describe the running kernel" 'in which line, and why'
is "$(grep -c ' by the headers, .* in the kernel$' "$err")" 12 'some are shown'
like "$(<"$err")" '  and 89 more' 'all 100 and the enumerator are found, and none of the other 20'
like "$(<"$err")" '  .*members.c:[0-9]+:[0-9]+: PIDTYPE_SID: 4 by the headers, 3 in the kernel' 'the enumerator with its values'
like "$(<"$err")" "linux-headers-${release//+/[+]}, or take .*--headers btf" 'with the remedy'
done_testing
