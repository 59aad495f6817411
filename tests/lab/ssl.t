#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ssl on this kernel: a program with the release's own OpenSSL and one that has another linked in,
# against both header sources. What is printed is what the programs themselves have noted.
. "$(dirname "$0")/../e2e/tls.sh"

talk=${TLSTALK:-$hp_root/build/lab/files/tlstalk}
with="$tmp/records $cert $key"
ip link set lo up

cat >"$tmp/talks" <<TALKS
TLS 1.3: $talk -n 2 $with 1 100 16385
TLS 1.2, _ex, IPv6, sockets that do not block: $talk -2 -x -6 -b $with 1 100 16385
TLS within TLS: $talk -t $with 2 101
TALKS
talks --headers auto

sed "s|$talk|$talk-static|" "$tmp/talks" >"$tmp/static"
mv "$tmp/static" "$tmp/talks"
talks --headers btf --library "$talk-static"
done_testing
