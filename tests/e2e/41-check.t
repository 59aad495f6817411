#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# hotprobe check: everything that is wrong with a probe, not only the first; one or all probes;
# for people and for editors; and what can be checked without privileges.
. "$(dirname "$0")/lib.sh"

own=$XDG_CONFIG_HOME/hotprobe

# sum KEY: of the object that ends the output
sum() {
	json "select(.type == \"result\") | .$1"
}

cat >"$tmp/two.c" <<'EOF'
#include "hotprobe.h"
BPF_HASH(m, u64, u64, 16);
TRACEPOINT_PROBE(sched, sched_process_exec)
{
	u64 key = 1, *v = m.lookup(&key);
	*v = 3;
	return 0;
}
TRACEPOINT_PROBE(sched, sched_process_exit)
{
	u64 key = 1, *v = m.lookup(&key);
	if (v)
		*v = 1;
	return 0;
}
TRACEPOINT_PROBE(sched, sched_process_fork)
{
	u64 key = 2, *v = m.lookup(&key);
	return *v;
}
int loose(void *ctx)
{
	return 0;
}
EOF
run_hotprobe check "$tmp/two.c"
is "$status" 1 'a probe with two refused functions'
for name in exec fork; do
	like "$(<"$err")" "refused [a-z ]*tracepoint__sched__sched_process_$name" "names sched_process_$name"
done
unlike "$(<"$err")" 'refused [a-z ]*tracepoint__sched__sched_process_exit' 'and not the third'
is "$(<"$out")" '' 'nothing of it on stdout'
run_hotprobe check "$tmp/two.c" -o json
is "$status" 1 'the same as JSON'
ok 'is valid' json_is_valid
is "$(<"$err")" '' 'and all there is'
is "$(json 'select(.kind == "verifier") | .function')" \
	$'tracepoint__sched__sched_process_exec\ntracepoint__sched__sched_process_fork' 'both functions'
is "$(json 'select(.kind == "verifier") | .file' | sort -u)" "$tmp/two.c" 'the file'
like "$(json 'select(.kind == "verifier") | .hint')" 'test it' 'the remedy'
is "$(json 'select(.severity == "warning") | .line')" \
	"$(grep -n 'int loose' "$tmp/two.c" | cut -d : -f 1)" 'a warning has its line'
is "$(json 'select(.type == "probe") | [.compiled, .verified, .attachable, .errors, .warnings] | tostring')" \
	'[true,false,true,2,1]' 'what the probe came to'
is "$(sum result) $(sum errors) $(sum failed)" 'failed 2 1' 'and the whole'

cat >"$tmp/bad.c" <<'EOF'
#include "hotprobe.h"
TRACEPOINT_PROBE(sched, sched_process_exec)
{
	int a = nothing_like_that;

	return a + nothing_like_this;
}
EOF
run_hotprobe check "$tmp/bad.c" -o json
is "$status" 1 'a probe with two errors'
is "$(json 'select(.severity == "error") | [.kind, .file, .line, .column] | tostring')" \
	"$(printf '["compiler","%s",%s]\n' "$tmp/bad.c" 4,10 "$tmp/bad.c" 6,13)" \
	'has an object for each, with its place'
like "$(json 'select(.line == 6) | .message')" nothing_like_this 'and its message'
is "$(json 'select(.type == "probe") | .compiled')" false 'it did not compile'

cat >"$tmp/warned.c" <<'EOF'
#include "hotprobe.h"
TRACEPOINT_PROBE(sched, sched_process_exec)
{
#warning mind this
	return 0;
}
EOF
for cached in '' ', out of the cache'; do
	run_hotprobe check "$tmp/warned.c" -o json
	is "$status $(json 'select(.severity == "warning") | [.line, .kind] | tostring')" \
		'0 [4,"compiler"]' "a warning is none$cached"
	is "$(sum warnings) $(<"$err")" '1 ' "and said once$cached"
done

cat >"$tmp/nowhere.c" <<'EOF'
/*
 * nowhere - attaches to what is not there
 *
 * Attach:
 *   tracepoint sched:sched_nothing f
 *   tracepoint sched:sched_process_exec f
 *   tracepoint nothing:nothing f
 */
#include "hotprobe.h"
int f(void *ctx)
{
	return 0;
}
EOF
run_hotprobe check "$tmp/nowhere.c" -o json
is "$(json 'select(.kind == "attach") | .line')" $'5\n7' 'each place that is not there is told'
is "$(json 'select(.type == "probe") | [.verified, .attachable] | tostring')" '[true,false]' \
	'of a program that the verifier takes'
run_hotprobe check "$tmp/none.c" -o json
is "$status $(sum errors)" '1 1' 'a file that is not there'
ok 'is JSON, too' json_is_valid
run_hotprobe check "$tmp/warned.c" -o csv
is "$status" 2 'there is no CSV'
run_hotprobe check "$tmp/warned.c" -o json --nonsense
is "$status $(<"$out")" '2 ' 'wrong usage is not for editors'

# ---- all probes ----------------------------------------------------------------------------------

bundled=("$hp_root"/bpf_src/*.c)
mkdir -p "$own"
cp "$tmp/two.c" "$own/two.c"
cp "$tmp/warned.c" "$own/exec.c"
cp "$hp_root/tests/fixtures/called.c" "$own/called.c"
run_hotprobe check -o json
is "$status" 1 'all probes, one of them broken'
ok 'is valid JSON' json_is_valid
is "$(sum probes)" $((${#bundled[@]} + 2)) 'the bundled and the own ones'
is "$(json 'select(.probe == "exec" and .type == "probe") | .file')" "$own/exec.c" 'an own one instead of a bundled one'
is "$(json 'select(.probe == "two" and .type == "probe") | .errors')" 2 'the broken one has its errors'
is "$(json 'select(.probe == "called" and .type == "probe") | .result')" skipped 'what needs options is passed over'
for name in open write; do
	is "$(json "select(.probe == \"$name\" and .type == \"probe\") | .result")" ok "$name is fine"
done
run_hotprobe check --all
is "$status" 1 '--all'
like "$(<"$err")" "hotprobe: $((${#bundled[@]} + 2)) probes checked: .* cannot: .*two.*, 2 not checked" 'ends with a sentence: gotls needs a program'
run_hotprobe check --all exec
is "$status" 2 '--all and a probe is wrong usage'
run_hotprobe check --help
is "$status" 0 'help without a probe'

# ---- without privileges --------------------------------------------------------------------------

cat >"$tmp/raw.c" <<'EOF'
/*
 * raw - no tracepoint's format is needed to compile it
 *
 * Attach:
 *   uprobe /bin/bash:no_such_function f
 */
#include "hotprobe.h"
int f(struct pt_regs *ctx)
{
	return 0;
}
RAW_TRACEPOINT_PROBE(sched_process_exec)
{
	return 0;
}
EOF
mkdir -p "$tmp/copy/build"
chmod 755 "$tmp"
cp "$hp" "$(dirname "$hp")/hotprobe-cc" "$tmp/copy/build/"
cp -r "$hp_root/bpf_src" "$tmp/copy/"
chmod -R a+rX "$tmp/copy" "$tmp/raw.c"
hp=$tmp/copy/build/hotprobe
hp_via=(setpriv --reuid 65534 --regid 65534 --clear-groups)
run_hotprobe check "$tmp/raw.c" -o json
is "$(json 'select(.type == "probe") | [.compiled, .verified] | tostring')" '[true,false]' \
	'nobody: it compiles, and nobody knows what the verifier says'
like "$(json 'select(.type == "probe") | .unchecked')" 'verifier was not asked: .*CAP_BPF' 'for this reason'
run_hotprobe check "$tmp/raw.c"
like "$(<"$err")" 'raw\.c compiles; the verifier was not asked' 'people are told, too'
hp_via=()

done_testing
