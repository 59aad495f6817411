#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Precompiled headers: made, used, not used when anything changed; and nobody can tell from the
# result. tests/lab/precompiled has the kernels' own headers.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tree.sh"

export HOTPROBE_CACHE=$tmp/kept
# below a folder that the compiler, which runs as nobody, may not enter
mkdir -m 700 "$tmp/closed"
tree=$tmp/closed/tree
make_tree "$tree"
chmod 755 "$tmp"
cat >"$tree/include/linux/mine.h" <<'END'
#ifndef MINE
#define MINE 7
struct mine { u64 one; u32 two; };
static inline u32 mine_of(u32 x) { return x * MINE; }
#endif
END
# without a guard: it must not be included once more
echo 'enum twice { TWICE = 3 };' >"$tree/include/linux/twice.h"

probe=$tmp/probe.c
write_probe() {
	cat >"$probe" <<-END
		/* probe - for precompiled headers */
		#include <linux/mine.h> /* mine */
		#include <linux/twice.h>
		#include "hotprobe.h"

		struct event {
			u32 pid;
			u32 value;
		};
		EVENTS(events, struct event);
		BPF_HASH(seen, u32, struct mine);

		TRACEPOINT_PROBE(syscalls, sys_enter_getppid)
		{
			struct event e = { .pid = bpf_get_current_pid_tgid() >> 32, .value = TWICE };
			struct mine mine = { .two = 1 };

			$1
			seen.update(&e.pid, &mine);
			e.value += mine_of(e.pid);
			return events_emit(args, &e);
		}
	END
}

# compiled: what -v says of precompiled headers when the probe is compiled; the object is put into $tmp/object
compiled() { # ARGS...
	rm -rf "$HOTPROBE_CACHE/objects"
	run_hotprobe check "$probe" --headers "$tree" -v "$@"
	local entry
	for entry in "$HOTPROBE_CACHE"/objects/*; do
		[[ -e $entry ]] || continue
		perl "${BASH_SOURCE[0]%/*}/entry.pl" object "$entry" >"$tmp/object"
	done
	grep -oP 'precompiled headers: \K.*' "$err" || echo nothing
}
# the object that comes out without them
plain() {
	mv "$HOTPROBE_CACHE/headers" "$tmp/headers.away"
	install -d -m 777 "$HOTPROBE_CACHE/headers"
	like "$(compiled)" '^not used: .* is open to others' "$1: compiled without"
	rmdir "$HOTPROBE_CACHE/headers"
	mv "$tmp/headers.away" "$HOTPROBE_CACHE/headers"
	mv "$tmp/object" "$tmp/plain"
	ok "$1: there is an object" test -s "$tmp/plain"
}
same() {
	ok "$1: the object is the same" cmp "$tmp/plain" "$tmp/object"
}

write_probe ''
is "$(compiled --no-cache)" nothing '--no-cache neither uses nor makes them'
ok 'and leaves nothing' test ! -e "$HOTPROBE_CACHE/headers"
compiled >"$tmp/said"
is "$(<"$tmp/said")" 'made (not seen before)' 'the first run makes them'
is "$status" 0 'and compiles'
plain 'the first run'
compiled >"$tmp/said"
is "$(<"$tmp/said")" used 'the next compile uses them'
same 'the next compile'

write_probe 'e.value++;'
compiled >"$tmp/said"
is "$(<"$tmp/said")" used 'an edited probe uses them'
plain 'an edited probe'
compiled >"$tmp/said"
same 'an edited probe'
compiled -D OTHER=1 >"$tmp/said"
is "$(<"$tmp/said")" 'made (not seen before)' 'a definition may change what headers mean'

# a header, of the same size and time
touch -r "$tree/include/linux/mine.h" "$tmp/time"
sed -i 's/MINE 7/MINE 8/' "$tree/include/linux/mine.h"
touch -r "$tmp/time" "$tree/include/linux/mine.h"
compiled >"$tmp/said"
is "$(<"$tmp/said")" "made (changed since: $tree/include/linux/mine.h)" 'a header that changed'
ok 'a header that changed: the object is another' test "$(cmp "$tmp/plain" "$tmp/object" 2>&1)"
plain 'a header that changed'
compiled >"$tmp/said"
is "$(<"$tmp/said")" used 'a header that changed: made anew'
same 'a header that changed'

# the file itself
for pch in "$HOTPROBE_CACHE"/headers/*.pch; do
	printf 'garbage' | dd of="$pch" bs=1 seek=64 conv=notrunc status=none
done
compiled >"$tmp/said"
like "$(<"$tmp/said")" '^made \(changed since: .*\.pch\)' 'a file that was tampered with'
same 'a file that was tampered with'
for pch in "$HOTPROBE_CACHE"/headers/*.pch; do
	truncate -s 1000 "$pch"
	perl "${BASH_SOURCE[0]%/*}/entry.pl" forge "${pch%.pch}"
done
compiled >"$tmp/said"
is "$(<"$tmp/said")" $'used\nnot used: the compiler could not' 'a file that clang refuses'
is "$status" 0 'a file that clang refuses: compiled without'
same 'a file that clang refuses'
compiled >"$tmp/said"
is "$(<"$tmp/said")" 'made (not seen before)' 'a file that clang refuses is thrown away'
same 'made again'
chmod 666 "$HOTPROBE_CACHE"/headers/*.pch
compiled >"$tmp/said"
like "$(<"$tmp/said")" '^made ' 'a file that others could write is not used'

# what the user did wrong reads the same
for line in 'e.value = nothing;' 'e.value = e.none;' 'seen.foo(&e.pid);' 'struct mine m = 5;' 'missing();' \
	'e.value = TWICE' 'mine_of(1, 2);'; do
	write_probe "$line"
	compiled >"$tmp/said"
	is "$(<"$tmp/said")" used "$line: precompiled headers are there"
	grep -v -e 'header source: ' -e 'object cache: ' -e 'precompiled headers: ' "$err" >"$tmp/with"
	compiled --no-cache >"$tmp/said"
	grep -v 'header source: ' "$err" >"$tmp/without"
	is "$(<"$tmp/with")" "$(<"$tmp/without")" "$line: the same message"
	is "$status" 1 "$line: refused"
done
write_probe ''
sed -i '2s/.*/#include <linux\/nothing.h>/' "$probe"
compiled >"$tmp/said"
is "$(<"$tmp/said")" 'not used: the compiler could not' 'a header that is missing'
like "$(<"$err")" "$probe:2:10: error: the headers of [^ ]* have no linux/nothing.h" 'and the message'

write_probe ''
for _ in 1 2 3 4; do
	"$hp" check "$probe" --headers "$tree" -D MANY -q &
done
wait
rm -rf "$HOTPROBE_CACHE/objects"
is "$(compiled -D MANY)" used 'made by many at once'

export HOTPROBE_CACHE=$tmp/warm
run_hotprobe cache warm
is "$status" 0 'cache warm'
for file in "$hp_root"/bpf_src/*.c; do
	name=${file##*/} name=${name%.c}
	want="$name +[0-9]+ ms"
	[[ $name != gotls ]] || want="$name +not compiled: gotls needs --binary"
	like "$(<"$err")" "$want" "cache warm: $name"
done
run_hotprobe check exec -v
like "$(<"$err")" 'as it was compiled before' 'and then it need not be'

done_testing
