#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every bundled probe against the kernel's own headers, without and with precompiled ones: the
# object that comes out must be the same: instructions, maps, source lines, schemas and types. Compiles thrice a probe, and attaches
# nothing: to be run by `scripts/lab native`.
. "$(dirname "$0")/../e2e/lib.sh"

# compiled PROBE WANT NAME: compile it; WANT is what -v must say of precompiled headers
compiled() {
	rm -rf "$HOTPROBE_CACHE/objects"
	run_hotprobe check "$1" -v
	like "$(<"$err")" 'header source: kernel headers' "$3: against kernel headers"
	like "$(grep -oP 'precompiled headers: \K.*' "$err")" "^$2\$" "$3"
	like "$(<"$err")" 'compiled .* in [0-9]+ ms' "$3: compiled"
	diag "$(grep -o 'compiled .* ms' "$err")"
	# the largest: the others are places in files that were looked up
	entry=$(find "$HOTPROBE_CACHE/objects" -type f -printf '%s %p\n' | sort -n | tail -n 1)
	perl "$hp_root/tests/e2e/entry.pl" loose "${entry#* }" >"$tmp/object"
}

for file in "$hp_root"/bpf_src/*.c; do
	probe=${file##*/} probe=${probe%.c}
	# needs a program to trace; what it includes is ssl's
	[[ $probe != gotls ]] || continue
	rm -rf "$HOTPROBE_CACHE"
	mkdir -p "$HOTPROBE_CACHE"
	install -d -m 777 "$HOTPROBE_CACHE/headers"
	compiled "$probe" 'not used: .* is open to others, or not your own' "$probe without"
	mv "$tmp/object" "$tmp/plain"
	ok "$probe: there is an object" test -s "$tmp/plain"
	rmdir "$HOTPROBE_CACHE/headers"
	compiled "$probe" 'made \(not seen before\)' "$probe when they are made"
	ok "$probe when they are made: the same object" cmp "$tmp/plain" "$tmp/object"
	compiled "$probe" used "$probe with"
	ok "$probe with: the same object" cmp "$tmp/plain" "$tmp/object"
done

# An error reads the same. What clang remarks about the headers themselves comes only without.
said() {
	run_hotprobe check "$tmp/bad.c" "$@"
	((status == 1)) || echo "status $status"
	grep -E "^hotprobe|^$tmp/bad.c:[0-9]+:[0-9]+: (fatal )?error" "$err"
}
rm -rf "$HOTPROBE_CACHE"
for line in 'u32 x = sk->nothing;' 'u32 x = sk->__sk_common.skc_rcv_saddr' 'bpf_nothing();' 'struct nothing n;' \
	'sock_put(sk, 1);'; do
	printf '%s\n' '#include <net/sock.h>' 'int kprobe__tcp_connect(void *ctx, struct sock *sk)' \
		'{' "$line" 'return 0;' '}' >"$tmp/bad.c"
	said --no-cache >"$tmp/without"
	said >"$tmp/with"
	like "$(<"$tmp/with")" "$tmp/bad.c:[45]:[0-9]+: error" "$line: told"
	is "$(<"$tmp/with")" "$(<"$tmp/without")" "$line: in the same words"
done
done_testing
