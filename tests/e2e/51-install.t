#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe as it is installed: in a place of its own, without the source tree.
# shellcheck disable=SC2317 # functions are called by ok, wait_for and the like
. "$(dirname "$0")/lib.sh"

# A copy: the folders are compiled in, and the tree that is tested must stay as it is.
mkdir "$tmp/tree"
cp -a "$hp_root"/{Makefile,tool,bpf_src,man,scripts} "$tmp/tree"
cp -a "${hp%/*}" "$tmp/tree/build"
prefix=$tmp/opt
log=$tmp/log
make_it() {
	make -C "$tmp/tree" -j"$(nproc)" prefix="$prefix" "$@" >"$log" 2>&1 && return
	diag "$(tail -n 20 "$log")"
	return 1
}
if ! ok 'make install' make_it install; then
	done_testing
fi
is "$(cd "$prefix" && find . -type f | sort | head -n 2 | tr '\n' ' ')" \
	'./bin/hotprobe ./libexec/hotprobe/hotprobe-cc ' 'the programs'
ok 'the probes' test -s "$prefix/share/hotprobe/exec.c" -a -s "$prefix/share/hotprobe/hotprobe.h"
ok 'the manual pages' test -s "$prefix/share/man/man8/hotprobe.8" -a \
	-s "$prefix/share/man/man8/hotprobe-exec.8"

rm -rf "$tmp/tree/bpf_src"
hp=$prefix/bin/hotprobe
chmod 755 "$tmp"
cd /
run_hotprobe list
like "$(<"$out")" 'exec +trace programs' 'it finds its probes'
run_hotprobe exec -o json -- /bin/true installed
is "$status" 0 'and runs them'
is "$(json '.args | join(" ")')" '/bin/true installed' 'with the right result'
run_hotprobe show exec
like "$(<"$out")$(<"$err")" "$prefix/share/hotprobe/exec\\.c" 'which are the installed ones'

cp -a "$hp_root/bpf_src" "$tmp/tree/"
ok 'make uninstall' make_it uninstall
is "$(find "$prefix" -type f)" '' 'removes every file'
ok 'make install DESTDIR=' make_it install DESTDIR="$tmp/dest"
ok 'goes below it' test -x "$tmp/dest$prefix/bin/hotprobe" -a ! -e "$prefix/bin/hotprobe"

done_testing
