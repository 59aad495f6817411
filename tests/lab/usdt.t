#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Static probes of a library as the distribution builds it: libstdc++'s throw and catch.
. "$(dirname "$0")/../e2e/lib.sh"

library=$(ldconfig -p 2>/dev/null | awk '$1 == "libstdc++.so.6" { print $NF; exit }')
library=${library:-/usr/lib/x86_64-linux-gnu/libstdc++.so.6}
thrower=${THROWER:-$hp_root/build/lab/files/thrower}

start_hotprobe "$(dirname "$0")/../fixtures/throws.c" -o json --headers btf --library "$library"
"$thrower" 5 &
wait $!
pid=$!
stop_hotprobe
is "$status" 0 'ends well'
is "$(json -s "map(select(.pid == $pid) | .what) | join(\" \")")" \
	'throw catch throw catch throw catch throw catch throw catch' 'each exception, thrown and caught, in order'
is "$(json_count "select(.pid == $pid and (.object == \"0x0\" or .object == \"0\"))")" 0 \
	'the argument is an object'
done_testing
