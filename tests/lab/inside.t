#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compiled in the guest itself, by the guest's own libbcc against its own headers, without help from
# outside: the probe loads, attaches and is right.
. "$(dirname "$0")/../e2e/lib.sh"

start_hotprobe write -o json
like "$(<"$err")" 'header source: kernel headers' 'compiled here, against the installed headers'
perl -e 'syswrite STDOUT, "abcd"' >/dev/null &
wait $!
pid=$!
stop_hotprobe
is "$status" 0 'ends well'
is "$(json "select(.pid == $pid) | [.fd, .size, .ret, .comm] | tojson")" '[1,4,4,"perl"]' 'and is right'
done_testing
