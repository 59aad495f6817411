#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The harness itself: a test that fails, or never gets to its end, must not pass for a success.
. "$(dirname "$0")/lib.sh"

# A stand-in for hotprobe: says that it is attached, prints, ends as told or on SIGINT.
cat >"$tmp/fake" <<'FAKE'
#!/bin/bash
trap 'echo "{\"last\": \"words\"}"; exit 3' INT
case $1 in
trace)
	echo 'hotprobe: attached 1 programs, tracing' >&2
	echo '{"args": "b c", "ret": -13}'
	while :; do sleep 0.05; done
	;;
break)
	echo 'hotprobe: no such thing' >&2
	exit 1
	;;
say)
	printf '%b' "$2"
	exit 4
	;;
esac
FAKE
chmod +x "$tmp/fake"
hp=$tmp/fake

# inner TEXT: what a test file of this text prints; its status is the file's
inner() {
	HOTPROBE=$tmp/fake bash -c ". '$hp_root/tests/e2e/lib.sh'; $1" inner 2>&1
}

said=$(inner 'is a a same; is a b differ; done_testing')
is "$?" 1 'a file with a failed test fails'
like "$said" $'ok 1 - same\nnot ok 2 - differ\n.*\n1..2$' 'and says which'
said=$(inner 'is a a same')
is "$?" 1 'a file that does not get to done_testing fails'
unlike "$said" '1[.][.]' 'and has no plan'
said=$(inner 'done_testing')
is "$?" 1 'a file without tests fails'
said=$(inner 'skip_all "no such kernel"')
is "$?/$said" '0/1..0 # SKIP no such kernel' 'a skipped file says why'
said=$(inner 'sleep 60 & echo "$! $tmp"; ok runs true; done_testing')
read -r pid folder <<<"$said"
ok 'background processes end with the file' eval "! kill -0 $pid 2>/dev/null"
ok 'and so does its folder' test ! -e "$folder"
said=$(inner 'start_hotprobe break; ok unreached true; done_testing')
is "$?" 1 'a run that does not get attached fails the file'
like "$said" 'no such thing' 'with what it said'

start_hotprobe trace
ok 'output is waited for' wait_for_output '"b c"'
stop_hotprobe
is "$status" 3 'SIGINT arrives, and the status is kept'
is "$(json '.ret // .last')" $'-13\nwords' 'stdout is read as JSON'
is "$(json_count '.ret == -13')" 1 'and counted'
ok 'valid JSON passes' json_is_valid

hp_via=(env -i)
run_hotprobe say 'x'
is "$status" 4 'a run through another command'
hp_via=()
run_hotprobe say '{"a": 1}\n{"a": '
is "$status" 4 'the status of a run to its end'
ok 'broken JSON does not pass' eval '! json_is_valid 2>/dev/null'
run_hotprobe say '{"a": "\xff"}\n'
ok 'nor does broken UTF-8' eval '! json_is_valid 2>/dev/null'
run_hotprobe say '{"a": 1} {"a": 2}\n'
ok 'nor do two objects on a line' eval '! json_is_valid 2>/dev/null'

done_testing
