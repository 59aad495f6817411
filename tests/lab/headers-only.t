#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# On a kernel whose BTF cannot be seen: the installed headers are all there is.
. "$(dirname "$0")/../e2e/lib.sh"

ok 'the kernel shows no BTF' test ! -s /sys/kernel/btf/vmlinux
start_hotprobe write -o json
perl -e 'syswrite STDOUT, "abc"' >/dev/null &
wait $!
pid=$!
stop_hotprobe
is "$status" 0 'a bundled probe runs with headers only'
is "$(json "select(.pid == $pid) | .ret")" 3 '... and is right'
run_hotprobe check --headers btf write
is "$status" 1 '--headers btf is refused'
like "$(<"$err")" 'BTF' '... because there is none'
run_hotprobe calltrace --fentry -e vfs_read
is "$status" 1 'what needs BTF is refused'
like "$(<"$err")" 'built without BTF .*
 *use kprobe.multi, or hotprobe calltrace without --fentry' '... with what to do instead'
done_testing
