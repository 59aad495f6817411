#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# File and line of a call trace's stack, where the kernel's debug information is: VMLINUX, a file
# that scripts/lab debug makes. What is printed is compared with addr2line.
. "$(dirname "$0")/../e2e/lib.sh"

files=${FAILURES:-$hp_root/build/lab/files}
vmlinux=${VMLINUX:-$files/vmlinux}
installed=/boot/vmlinux-$(uname -r)

# the guest's file system cannot be written to; what else is in /boot goes into the cache's keys
mkdir "$tmp/boot"
cp -p /boot/config-* "$tmp/boot/"
mount --bind "$tmp/boot" /boot

# trace ALLOW [OPTION...]: an open(2) that fails with ELOOP. step_into() decides, in fs/namei.c.
trace() {
	run_hotprobe calltrace -e do_sys_openat2 -a "$1" --errors ELOOP --headers btf "${@:2}" -- \
		"$files/failures" open-loop
}

# it has debug information, but is no kernel
ln -s "$files/failures" "$installed"
trace step_into
is "$status" 0 'with debug information of another build it is traced'
is "$(grep -c 'is of another build than the running kernel' "$err")" 1 'of which a warning tells'
like "$(cat "$err")" "$installed" 'it names the file'
like "$(cat "$err")" "linux-image-$(uname -r)-dbg" 'and the package'
unlike "$(cat "$out")" '[a-z]\.c:' 'no line is made of it'

ln -sf "$vmlinux" "$installed"
start=$SECONDS
trace path_openat,step_into -v
echo "# with debug information: $((SECONDS - start)) s"
sed -n '/came up here/,$ s/^/# /p' "$out"
is "$status" 0 'with its debug information it is traced'
like "$(cat "$err")" "file:line from .*vmlinux" 'and -v says with which'
like "$(cat "$out")" '! step_into  \[-ELOOP\]  fs/namei\.c:[0-9]+' 'the function that decided has its line'
like "$(cat "$out")" '! path_openat\+0x[0-9a-f]+  \[-ELOOP\]  fs/namei\.c:[0-9]+' 'so has one that called it'
like "$(cat "$out")" '[a-z_]+  \(inlined\)  [a-z/]+\.[ch]:[0-9]+' 'and an inlined one'
like "$(cat "$out")" 'entry_SYSCALL_64_after_hwframe\+0x[0-9a-f]+  arch/x86/entry/entry_64\.S:[0-9]+' \
	'and one in assembler'

# Each frame, its inlined functions and lines: what addr2line says of the address before its own.
trace step_into -o json
grep '^{' "$out" | head -n 1 >"$tmp/trace"
jq -r '[.stack[] | select(.frame | test("[+]0x"))] | map(.frame)[]' "$tmp/trace" >"$tmp/frames"
ok 'there is a stack' test "$(wc -l <"$tmp/frames")" -ge 6
nm "$vmlinux" | awk '$2 ~ /[tTwW]/ { print $3, $1 }' >"$tmp/symbols"
while IFS=+ read -r name offset; do
	address=$(awk -v name="$name" '$1 == name { print $2; exit }' "$tmp/symbols")
	printf '%x\n' $((0x$address + offset - 1))
done <"$tmp/frames" >"$tmp/addresses"
# its paths are as compiled, those of Debian begin with a folder of the build, or with its source's
addr2line -f -i -e "$vmlinux" <"$tmp/addresses" | paste - - |
	sed -E 's/ \(discriminator [0-9]+\)$//; s#\t(/build/[^/]*/linux-[^/]*/|debian/build/[^/]*/)*#\t#' >"$tmp/theirs"
# of the frames, from the first that was inlined into the first with an offset
jq -r '.stack[] | select((.frame | test("[+]0x")) or .inlined) | "\(.frame)\t\(.file):\(.line)"' "$tmp/trace" |
	sed -E 's/([.](part|constprop|isra)[^+]*)?[+]0x[0-9a-f]+\t/\t/' >"$tmp/mine"
# addr2line names assembler's frames by the symbol, as the stack does
is "$(cat "$tmp/mine")" "$(cat "$tmp/theirs")" 'they are those of addr2line'
is "$(jq '[.stack[] | select(.file == null or .line == 0)] | length' "$tmp/trace")" 0 'no frame is without line'
umount -l /boot
done_testing
