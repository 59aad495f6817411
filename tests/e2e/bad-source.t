#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Files that are no probes, probes that do not compile, doc comments that cannot be read: each is
# told in the user's own file and line.
. "$(dirname "$0")/bad.sh"

# ---- files ---------------------------------------------------------------------------------------

fails 'a file that is missing' 1 "cannot open $tmp/missing.c: No such file" '' "$tmp/missing.c"
: >"$tmp/empty.c"
fails 'an empty file' 1 "$tmp/empty.c is empty" '' "$tmp/empty.c"
printf ' \n\t\n' >"$tmp/blank.c"
fails 'a blank file' 1 "$tmp/blank.c is empty" '' "$tmp/blank.c"
mkdir "$tmp/folder.c"
fails 'a folder' 1 "$tmp/folder.c is a folder" '' "$tmp/folder.c"
fails 'a device' 1 '/dev/null is not a regular file' '' /dev/null
cp "$(type -P true)" "$tmp/binary.c"
fails 'a binary' 1 "$tmp/binary.c holds NUL bytes: it is binary" '' "$tmp/binary.c"
head -c 10000000 /dev/zero | tr '\0' x >"$tmp/large.c"
fails 'a file of 10 MB' 1 "$tmp/large.c has more than 4 MiB" '' "$tmp/large.c"

# ---- probes that are looked up, which somebody else could have written -----------------------------

mine=$XDG_CONFIG_HOME/hotprobe
mkdir -p "$mine"
probe_with ''
cp "$probe" "$mine/mine.c"
chmod 666 "$mine/mine.c"
fails 'a probe writable by others' 1 "$mine/mine.c could have been written by somebody other than" \
	'chmod go-w' mine
chmod 644 "$mine/mine.c"
chown 65534 "$mine/mine.c"
fails "somebody else's probe" 1 "$mine/mine.c could have been written by" 'chown root' mine
chown 0 "$mine/mine.c"
chmod 777 "$mine"
fails 'a probe in a folder writable by others' 1 "the folder of $mine/mine.c can be written by" \
	'chmod go-w' mine
chmod 755 "$mine"
probe_with '#include "part.h"'
cp "$probe" "$mine/mine.c"
echo 'static int part;' >"$mine/part.h"
chmod 666 "$mine/part.h"
fails 'a file that it includes, writable by others' 1 "$mine/part.h could have been written by" \
	'chmod go-w' mine

# ---- C -------------------------------------------------------------------------------------------

# broken NAME LINE:COLUMN ERROR: the probe $probe has this one error there
broken() {
	fails "$1" 1 "$probe does not compile:
$probe:$2: error: $3" '' "$probe"
	is "$(grep -c ': error: ' "$err")" 1 "$1: once"
}
probe_with 'static int f(int x) { return x +; }'
broken 'a syntax error' 2:33 'expected expression'
probe_with ''
cat >>"$probe" <<'EOF'
TRACEPOINT_PROBE(sched, sched_process_exit)
{
	return undefined_thing;
}
EOF
broken 'an error behind a TRACEPOINT_PROBE' 17:9 'undefined_thing is not declared'
probe_with '#include "part.h"'
printf '%s\n' 'static inline int f(int x)' '{' $'\treturn y;' '}' >"$tmp/part.h"
fails 'an error in an included file' 1 "$probe does not compile:
$tmp/part.h:3:9: error: y is not declared" '' "$probe"
probe_with '#include "part.h"
int broken'
echo >"$tmp/part.h"
fails 'an error behind an included file' 1 "$probe:3:11: error: " '' "$probe"
probe text <<<'hello world'
fails 'text that is no C' 1 "$probe:1:1: error: there is no type hello" '' "$probe"
probe_with 'static int f(void) { return missing_helper(1); }'
broken 'a function that is not there' 2:29 'there is no function missing_helper'

probe none <<'EOF'
#include "hotprobe.h"
struct event { u32 pid; };
EVENTS(events, struct event);
static int helper(void) { return 1; }
EOF
fails 'a probe without programs' 1 "$probe has no function that could be attached" \
	'TRACEPOINT_PROBE(category, event)' "$probe"
probe loose <<<'int some_function(void *ctx) { return 1; }'
fails 'a function that is attached to nothing' 1 \
	"$probe:1: the function some_function is attached to nothing" 'make it static' "$probe"

probe_with 'static int counter;'
sed -i 's/return events_emit/e.pid += counter++;\n\treturn events_emit/' "$probe"
fails 'a global variable' 1 "$probe:2: counter is a global variable" 'BPF_ARRAY(name' "$probe"
probe_with ''
sed -i 's/return events_emit/const char *s = "hello";\n\te.pid += s[e.pid \& 3];\n\treturn events_emit/' \
	"$probe"
fails 'a string outside of the program' 1 \
	'the function tracepoint__sched__sched_process_exec uses constant data' 'on the stack' "$probe"

# ---- EVENTS --------------------------------------------------------------------------------------

# events NAME LINE SAYS HINT TEXT: a probe of TEXT, whose line LINE is wrong
events() {
	probe events <<-EOF
		#include "hotprobe.h"
		$5
		TRACEPOINT_PROBE(sched, sched_process_exec)
		{
			struct event e = {};

			return events_emit(args, &e);
		}
	EOF
	fails "$1" 1 "$probe:$2: $3" "$4" "$probe"
}
type='struct event { u32 pid; };'
form='write EVENTS(name, struct type); on a line of its own'
events 'EVENTS without a type' 3 'this EVENTS line is not understood' "$form" "$type
EVENTS(events);"
events 'EVENTS without a semicolon' 3 'this EVENTS line is not understood' "$form" "$type
EVENTS(events, struct event)"
events 'EVENTS with something before it' 2 'this EVENTS line is not understood' "$form" \
	"$type EVENTS(events, struct event);"
events 'EVENTS twice' 4 'the output events is declared twice' '' "$type
EVENTS(events, struct event);
EVENTS(events, struct event);"
events 'EVENTS of an unknown struct' 3 'EVENTS names struct evnt, which is not declared before it' \
	'above the EVENTS line' "$type
EVENTS(events, struct evnt);"
events 'EVENTS before its struct' 2 'EVENTS names struct event, which is not declared' \
	'above the EVENTS line' "EVENTS(events, struct event);
$type"

# ---- the doc comment -----------------------------------------------------------------------------

# doc NAME LINE SAYS HINT LINES...: a probe whose doc comment has these lines behind its first
doc() {
	local name=$1 line=$2 says=$3 hint=$4
	shift 4
	probe doc <<-EOF
		/*
		 * doc - a test
		 *
		$(printf ' * %s\n' "$@")
		 */
		TRACEPOINT_PROBE(sched, sched_process_exec) { return 0; }
	EOF
	fails "$name" 1 "$probe:$line: $says" "$hint" "$probe"
}
doc 'an option without a description' 5 '--foo has no description' 'two spaces before' \
	'Options:' '  --foo'
doc 'a default that is no number' 5 "[default: abc] of --foo: 'abc' is not a number" '' \
	'Options:' '  --foo=N  text [default: abc]'
doc 'a range the wrong way round' 5 '[range: 5-1] of --foo is not a range' 'LEAST-MOST' \
	'Options:' '  --foo=N  text [range: 5-1]'
doc 'a letter twice' 6 '-f is there already, on line 5' '' \
	'Options:' '  -f, --foo  text' '  -f, --far  text'
doc "an option of hotprobe's own" 5 "--pid is an option of hotprobe's own" 'another name' \
	'Options:' '  --pid=N  text'
doc 'a misspelt section' 4 "'Optons:' is not the name of a section" "did you mean 'Options:'" \
	'Optons:' '  --foo  text'
doc 'an Attach line without a target' 5 "'tracepoint' has 1 word, not three" 'PROVIDER  TARGET' \
	'Attach:' '  tracepoint'
doc 'an unknown way to attach' 5 "'uprob' is not a way to attach" 'did you mean uprobe?' \
	'Attach:' '  uprob  c:malloc  fn'
# shellcheck disable=SC2016 # the probe's, not the shell's
doc 'an option that there is not' 5 "'\${binary}' names an option that there is not" \
	"add '--binary=FILE'" 'Attach:' '  uprobe  ${binary}:main  fn'
probe open <<<$'/*\n * open - a test\nint x;'
fails 'a comment that does not end' 1 "$probe:1: this comment does not end" 'close it with' "$probe"
chmod 644 "$mine/part.h"
printf '%s\n' '/*' ' * other - a test' ' */' 'int x;' >"$mine/mine.c"
fails 'a name that is not the file'\''s' 1 "$mine/mine.c:2: the doc comment calls the probe 'other'" \
	"write 'mine - ...'" mine

done_bad
