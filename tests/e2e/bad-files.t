#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Files that are not written to, and sections Files that do not fit their probe.
. "$(dirname "$0")/bad.sh"

fixture=$hp_root/tests/fixtures/payloads.c
cat >"$tmp/say.pl" <<'WORKER'
use POSIX;
open my $null, ">", "/dev/null";
POSIX::dup2(fileno($null), 77);
POSIX::write(77, "key Aabcd", 9) for 1 .. $ARGV[0];
WORKER
perl=$(command -v perl)

# refused NAME WANT HINT FILE: nothing is written there
refused() {
	fails "$1" 1 "$2" "$3" "$fixture" --keylog "$4" -- "$perl" "$tmp/say.pl" 1
}

# ---- files ---------------------------------------------------------------------------------------

umask 077
mkdir "$tmp/other"
echo precious >"$tmp/other/target"
ln -s "$tmp/other/target" "$tmp/link"
ln -s "$tmp/other/nothing" "$tmp/dangling"
ln -s "$tmp/other" "$tmp/folder"
echo mine >"$tmp/open"
chmod 640 "$tmp/open"
echo theirs >"$tmp/theirs"
chown nobody "$tmp/theirs"
mkfifo "$tmp/unread" "$tmp/theirs.fifo"
chown nobody "$tmp/theirs.fifo"
refused 'a symbolic link' "$tmp/link is a symbolic link" 'name the file itself' "$tmp/link"
refused 'one to nothing' "$tmp/dangling is a symbolic link" 'name the file itself' "$tmp/dangling"
refused 'a directory' "$tmp/other is a directory" 'name a file' "$tmp/other"
refused "another user's file" "$tmp/theirs belongs to another user (uid $(id -u nobody))" \
	'remove it' "$tmp/theirs"
refused 'a file that others may read' "$tmp/open may be used by others (its mode is 0640)" \
	'chmod 600' "$tmp/open"
refused 'a FIFO that nobody reads' "$tmp/unread is a FIFO that nobody reads" 'start its reader' \
	"$tmp/unread"
refused 'a device' '/dev/null is neither a file nor a FIFO' 'write - for stdout' /dev/null
refused 'a folder that there is not' "cannot write to $tmp/none/keys: No such file" '' "$tmp/none/keys"
cat "$tmp/theirs.fifo" >"$tmp/got" &
refused "another user's FIFO" "$tmp/theirs.fifo belongs to another user" 'remove it' "$tmp/theirs.fifo"
wait $!
is "$(cat "$tmp/other/target" "$tmp/open" "$tmp/theirs" "$tmp/got")" $'precious\nmine\ntheirs' \
	'nothing was written'
ok 'nor created' test ! -e "$tmp/other/nothing"
run_hotprobe "$fixture" --keylog "$tmp/folder/keys" -- "$perl" "$tmp/say.pl" 1
is "$status/$(wc -l <"$tmp/other/keys")" 0/1 'a link to a folder on the way is followed'
fails 'no name' 2 "--keylog: a file's name cannot be empty" '' "$fixture" --keylog ''

# ---- while it runs -------------------------------------------------------------------------------

if mkdir "$tmp/small" && mount -t tmpfs -o size=4k,mode=700 none "$tmp/small" 2>/dev/null; then
	run_hotprobe "$fixture" --keylog "$tmp/small/keys" -q -- "$perl" "$tmp/say.pl" 300
	is "$status" 1 'a disk that is full after some lines'
	like "$(<"$err")" "cannot write to $tmp/small/keys: No space left" 'is told'
	umount "$tmp/small"
else
	skip 'a full disk' 'no file system can be mounted'
fi
mkfifo "$tmp/fifo"
head -n 1 "$tmp/fifo" >"$tmp/got" &
reader=$!
run_hotprobe "$fixture" --keylog "$tmp/fifo" -o json -- "$perl" "$tmp/say.pl" 100000
wait "$reader"
is "$status/$(wc -l <"$tmp/got")" 1/1 "a FIFO's reader that goes away"
like "$(<"$err")" "cannot write to $tmp/fifo: its reader is gone" 'is told'

# ---- the section ---------------------------------------------------------------------------------

# section FILES_LINE EVENTS...: a probe with this line under Files
section() {
	local files=$1
	shift
	probe section <<-END
		/*
		 * section - a probe
		 *
		 * Options:
		 *   --log=FILE   lines
		 *   --flag       no file
		 *   --number=N   no file
		 *
		 * Files:
		 *   $files
		 */
		#include "hotprobe.h"

		struct event {
			u32 pid;
		};
		$(printf '%s\n' "$@")

		TRACEPOINT_PROBE(syscalls, sys_enter_getppid)
		{
			return 0;
		}
	END
}
both=('EVENTS(events, struct event);' '#ifdef OPT_LOG' 'EVENTS(lines, struct event);' '#endif')

# shellcheck disable=SC2016 # ${log} is for hotprobe
bad_lines() {
	section 'lines' "${both[@]}"
	fails 'no option' 1 "section.c:10: cannot read 'lines'" 'OUTPUT  ${OPTION}  FORM' "$probe"
	section 'lines ${log}' "${both[@]}"
	fails 'no form' 1 "section.c:10: cannot read 'lines \${log}'" 'OUTPUT  ${OPTION}' "$probe"
	section 'lines x${log} {pid}' "${both[@]}"
	fails 'more than an option' 1 'section.c:10: cannot read' 'OUTPUT  ${OPTION}' "$probe"
	section 'lines ${log} pid' "${both[@]}"
	fails 'no field' 1 "section.c:10: the line 'pid' has none of the event's fields" \
		'OUTPUT  ${OPTION}' "$probe"
	section 'lines ${log} a {pid b' "${both[@]}"
	fails 'a brace that does not end' 1 "section.c:10: '{pid b' does not start with a field" \
		'{label}' "$probe"
	section 'lines ${nothing} {pid}' "${both[@]}"
	fails 'an option that there is not' 1 "section.c:10: '\${nothing}' names an option that there" \
		"have '--nothing=FILE' under Options" "$probe"
	section 'lines ${number} {pid}' "${both[@]}"
	fails 'an option that is no file' 1 'section.c:10: --number is not the name of a file' \
		"have '--number=FILE'" "$probe"
	section 'lines ${log} {pdi}' "${both[@]}"
	fails 'a misspelt field' 1 'section.c:10: the events of lines have no field pdi' \
		'did you mean {pid}?' "$probe" --log "$tmp/log"
	section 'lines ${log} {size} {pid}' "${both[@]}"
	fails 'an unknown field' 1 'have no field size' 'its fields are: pid' "$probe" --log "$tmp/log"
	section 'line ${log} {pid}' "${both[@]}"
	fails 'a misspelt output' 1 'section.c:10: the probe has no output line' 'did you mean lines?' \
		"$probe" --log "$tmp/log"
	section 'lines ${log} {pid}' 'EVENTS(lines, struct event);'
	fails 'an output without its file' 1 \
		'section.c:10: the output lines is there although --log was not given' \
		'put it between #ifdef OPT_LOG and #endif' "$probe"
	section 'lines ${log} {pid}' "${both[@]}"
	fails 'two outputs on stdout' 1 \
		'section.c:10: with --log - stdout is for lines, but there is the output events, too' \
		'put it between #ifndef OPT_LOG_STDOUT and #endif' "$probe" --log -
}
bad_lines
ok 'no file was made for any of them' test ! -e "$tmp/log"
sed -i 's/EVENTS(lines, .*/BPF_PERF_OUTPUT(lines);/' "$probe"
fails 'a plain output' 1 'section.c:10: what lines reports is not known' 'declare it by EVENTS(lines' \
	"$probe" --log "$tmp/log"

done_bad
