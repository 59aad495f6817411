#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The object cache: what is taken from it, what is compiled anew, what is never loaded.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tree.sh"

probe=$tmp/probe.c
cat >"$probe" <<'END'
/*
 * probe - for the cache
 *
 * Options:
 *   -x, --extra=N   a number [default: 1]
 */
#include "hotprobe.h"
#include "part.h"
struct event {
	u32 pid;
	u32 part;
	u32 extra;
};
EVENTS(events, struct event);
TRACEPOINT_PROBE(syscalls, sys_enter_getppid)
{
	struct event e = { .pid = bpf_get_current_pid_tgid() >> 32, .part = PART, .extra = OPT_EXTRA };

	return events_emit(args, &e);
}
END
echo '#define PART 1' >"$tmp/part.h"

# cached ARGS...: does that run take its object from the cache? "yes", "no" or what went wrong
cached() {
	run_hotprobe check "$@" -v
	case $(<"$err") in
	*'as it was compiled before'*) echo yes ;;
	*': compiled '*|*'compiled '*' in '*) echo no ;;
	*) cat "$err" ;;
	esac
}
now_and_again() { # NAME ARGS...: a miss, and then a hit
	local name=$1
	shift
	is "$(cached "$@")" no "$name: compiled"
	is "$(cached "$@")" yes "$name: and kept"
}

now_and_again 'a probe' "$probe"
is "$(cached --no-cache "$probe")" no '--no-cache compiles'
mkdir "$tmp/other"
is "$(cd "$tmp/other" && cached "$probe")" yes 'another working folder is nothing that matters'
is "$(cached "$probe" -p 1 -u nobody --comm x)" no 'filters are compiled in'
is "$(cached "$probe" -p $$ -u root --comm yy)" yes 'and their values are not'
is "$(cached "$probe" -o json -d 5 -n 3 --buffer 1M)" yes 'nor is what is done with the events'

echo '/* a remark */' >>"$probe"
now_and_again 'the source' "$probe"
echo '#define PART 2' >"$tmp/part.h"
now_and_again 'an included file' "$probe"
now_and_again 'an option of the probe' "$probe" -x 2
is "$(cached "$probe" -x 1)" yes 'the same option, the same object'
now_and_again 'a definition' "$probe" -D SOMETHING=1
now_and_again '--where' "$probe" --where 'pid == 1'

# The files that it was made from; changed in copies, so that nobody else is disturbed.
cp /sys/kernel/btf/vmlinux "$tmp/btf"
now_and_again 'a file of types' "$probe" --headers "btf:$tmp/btf"
cat /sys/kernel/btf/vmlinux >"$tmp/btf"
is "$(cached "$probe" --headers "btf:$tmp/btf")" no 'one written anew in place is another one'
like "$(<"$err")" "changed since: $tmp/btf" 'and -v says what changed'

tree=$tmp/tree
make_tree "$tree"
now_and_again 'kernel headers' "$probe" --headers "$tree"
# the same size, the same time of modification: only what stands in it is another
touch -r "$tree/include/linux/log2.h" "$tmp/time"
touch "$tree/include/linux/log2.h"
echo '#define A 1' >"$tree/include/linux/log2.h"
is "$(cached "$probe" --headers "$tree")" no 'a header edited in place'
touch -r "$tmp/time" "$tree/include/linux/log2.h"
is "$(cached "$probe" --headers "$tree")" no 'a header with another time'
echo '#define A 2' >"$tree/include/linux/log2.h"
touch -r "$tmp/time" "$tree/include/linux/log2.h"
is "$(cached "$probe" --headers "$tree")" no 'a header edited in place, of the same size and time'
cp -p "$tree/include/linux/log2.h" "$tmp/log2.h" && mv "$tmp/log2.h" "$tree/include/linux/log2.h"
is "$(cached "$probe" --headers "$tree")" no 'a header replaced by its own copy'
like "$(<"$err")" "changed since: $tree/include/linux/log2.h" 'and -v names the file that was changed'
is "$(cached "$probe" --headers "$tree")" yes 'left alone, it is taken again'

# hotprobe and its worker themselves
mkdir -p "$tmp/copy/build"
cp "$hp_root/build/hotprobe" "$hp_root/build/hotprobe-cc" "$tmp/copy/build/"
cp -r "$hp_root/bpf_src" "$tmp/copy/"
chmod 755 "$tmp" "$tmp/copy" "$tmp/copy/build"
hp=$tmp/copy/build/hotprobe
now_and_again 'another hotprobe' "$probe"
cp "$hp_root/build/hotprobe-cc" "$tmp/copy/build/hotprobe-cc"
is "$(cached "$probe")" no 'another compiler in its place'
cp "$hp_root/build/hotprobe" "$tmp/copy/build/new" && mv "$tmp/copy/build/new" "$tmp/copy/build/hotprobe"
is "$(cached "$probe")" no 'another hotprobe in its place'
hp=$hp_root/build/hotprobe

# What no test can change for the whole machine is changed for one run.
if ((EUID == 0)) && unshare -m true 2>/dev/null; then
	libbcc=$(/sbin/ldconfig -p | awk '$1 == "libbcc.so.0" { print $NF; exit }')
	mkdir "$tmp/lib" && cp -L "$libbcc" "$tmp/lib/libbcc" && chmod 755 "$tmp/lib"
	format=/sys/kernel/tracing/events/syscalls/sys_enter_getppid/format
	[[ -e $format ]] || format=/sys/kernel/debug/tracing/events/syscalls/sys_enter_getppid/format
	cat "$format" >"$tmp/lib/format"
	cat /sys/kernel/notes >"$tmp/lib/notes"
	# elsewhere FROM TO ARGS...: run with the file FROM in the place of TO
	elsewhere() {
		local from=$1 to=$2
		shift 2
		# shellcheck disable=SC2016 # for the inner shell
		hp_via=(unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' - "$from" "$to")
		cached "$@"
		hp_via=()
	}
	is "$(cached "$probe")" yes 'the same as before'
	is "$(elsewhere "$tmp/lib/libbcc" "$(readlink -f "$libbcc")" "$probe")" no 'another libbcc'
	like "$(<"$err")" "changed since: $libbcc" 'it is the libbcc that -v names'
	is "$(cached "$probe")" no 'and the former one again'
	is "$(elsewhere "$tmp/lib/format" "$format" "$probe")" yes 'the same format in another file'
	sed -i 's/^ID: .*/ID: 77777/' "$tmp/lib/format"
	is "$(elsewhere "$tmp/lib/format" "$format" "$probe")" yes 'a tracepoint of another number'
	sed -i 's/^\(.*field:int __syscall_nr;.*offset:\)8;/\19;/' "$tmp/lib/format"
	is "$(elsewhere "$tmp/lib/format" "$format" "$probe")" no 'a tracepoint with its field elsewhere'
	is "$(elsewhere "$tmp/lib/notes" /sys/kernel/notes "$probe")" yes 'the same kernel'
	# the last byte of the build id, which is the 20 bytes behind "GNU\0"
	perl -0777 -pi -e 's/(GNU\0.{19})(.)/$1 . chr(ord($2) ^ 1)/se' "$tmp/lib/notes"
	is "$(elsewhere "$tmp/lib/notes" /sys/kernel/notes "$probe")" no 'another build of the same kernel'
else
	skip 10 'only root may put other files in the place of libbcc and the kernel'\''s'
fi

# What is broken or somebody else's is compiled anew, and replaced.
entry() {
	local newest
	newest=$(find "$HOTPROBE_CACHE/objects" -type f -printf '%T@ %p\n' | sort -n | tail -1)
	echo "${newest#* }"
}
good=$(cached "$probe")
is "$good" yes 'the entry is there'
file=$(entry)
perl -e 'open my $f, "+<", shift; seek $f, 5000, 0; read $f, my $byte, 1; seek $f, 5000, 0; print $f chr(ord($byte) ^ 1)' \
	"$file"
is "$(cached "$probe")" no 'a byte that was changed'
like "$(<"$err")" 'its entry is broken' 'and -v says so'
is "$(cached "$probe")" yes 'it was replaced'
file=$(entry)
truncate -s -1 "$file"
is "$(cached "$probe")" no 'a file that was cut'
file=$(entry)
chmod 660 "$file"
is "$(cached "$probe")" no 'a file that others may write'
if ((EUID == 0)); then
	file=$(entry)
	chown nobody "$file"
	is "$(cached "$probe")" no "somebody else's file"
fi
chmod 777 "$HOTPROBE_CACHE/objects"
is "$(cached "$probe")" no 'a folder that others may write is not used at all'
like "$(<"$err")" 'objects is open to others' 'and -v says why'
chmod 700 "$HOTPROBE_CACHE/objects"
is "$(cached "$probe")" yes 'closed again, it is'

# many at once, from nothing
"$hp" cache clear 2>/dev/null
pids=()
for i in 1 2 3 4 5 6; do
	"$hp" check "$probe" </dev/null >/dev/null 2>"$tmp/many.$i" &
	pids+=($!)
done
bad=0
for pid in "${pids[@]}"; do
	wait "$pid" || bad=1
done
is "$bad$(cat "$tmp"/many.* | grep -v 'verifier takes it')" 0 'six that start at once all succeed'
is "$(cached "$probe")" yes 'and leave one good entry'
is "$(find "$HOTPROBE_CACHE/objects" -type f | wc -l)" 1 'and nothing else'

# the command
run_hotprobe cache list
is "$status" 0 'cache list'
like "$(<"$out")" 'KiB .* valid +.*/probe\.c' 'shows the probe'
cat "$tmp/probe.c" >"$tmp/second.c"
is "$(HOTPROBE_CACHE_SIZE=1 cached "$tmp/second.c")" no 'a second one, with no room for two'
run_hotprobe cache
unlike "$(<"$out")" '/probe\.c' 'the older one is gone'
like "$(<"$out")" '/second\.c' 'the newer one is there'
run_hotprobe cache clear
is "$status" 0 'cache clear'
like "$(<"$err")" 'removed 1 files' 'says what it removed'
run_hotprobe cache list
unlike "$(<"$out")" 'KiB' 'and leaves nothing'
run_hotprobe cache nonsense
is "$status" 2 'a word that it does not know is wrong usage'
like "$(<"$err")" 'cache list shows' 'and what it knows is said'

# warnings are part of what a compile says
cat >>"$probe" <<'END'
TRACEPOINT_PROBE(syscalls, sys_enter_getpid)
{
	u64 number = 0;
	u32 *other = &number;

	return *other;
}
END
run_hotprobe check "$probe"
first=$(grep -c warning "$err")
run_hotprobe check "$probe" -v
like "$(<"$err")" 'as it was compiled before' 'the second time from the cache'
is "$(grep -c warning "$err")" "$first" 'with the same warnings'
isnt "$first" 0 'of which there are some'

# without root, in the user's own folder
if ((EUID == 0)); then
	mkdir -m 755 "$tmp/user" && chown nobody "$tmp/user"
	cp "$probe" "$tmp/part.h" "$tmp/user/"
	unset HOTPROBE_CACHE
	export XDG_CACHE_HOME=$tmp/user/cache
	hp_via=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	run_hotprobe cache list
	is "$status" 0 'without root there is a cache, too'
	is "$(stat -c '%U %a' "$tmp/user/cache/hotprobe/objects")" 'nobody 700' 'in the user'\''s own folder'
	hp_via=()
fi
done_testing
