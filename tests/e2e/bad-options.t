#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Command lines that cannot work: each is told once, with what to write instead.
. "$(dirname "$0")/bad.sh"

fails 'no probe' 2 'which probe?' 'list'
fails 'an empty name' 2 "the probe's name is empty" 'list' ''
fails 'a misspelt probe' 1 'there is no probe called exce' 'did you mean exec?' exce
fails 'a probe that nobody can guess' 1 'there is no probe called zzzzzzzz' 'list' zzzzzzzz
fails 'a misspelt command' 1 'chekc' 'did you mean hotprobe check' chekc exec
fails 'show without a probe' 2 'probe is missing' '--help' show
fails 'show of a misspelt probe' 1 'there is no probe called exce' 'did you mean exec?' show exce
fails 'list of what there is not' 2 'probez' 'did you mean probes?' list probez
fails 'a misspelt option' 2 'unknown option --fieldz' 'did you mean --fields?' exec --fieldz pid
fails "a misspelt option of the probe's" 2 'unknown option --failde' 'did you mean --failed?' \
	exec --failde
fails 'an unknown letter' 2 'unknown option -Z' 'hotprobe exec --help' exec -Z
fails 'an option twice' 2 '-n is given twice' '' exec -n 1 -n 2
fails "an option of the probe's twice" 2 '--args is given twice' '' exec --args=1 --args=2
fails 'an option without its value' 2 '-n needs a value: -n COUNT' '' exec -n
fails 'a value too many' 2 "--failed takes no value, but 'yes' was given" '' exec --failed=yes
fails 'a word too many' 2 "'ls' is too much" '-- ls' exec ls
fails '-q and -v' 2 '-q and -v cannot be used together' 'leave one of them out' exec -q -v
fails '-p and a command' 2 '-p and -- COMMAND cannot be used together' 'leave one' exec -p 1 -- ls
fails 'a value out of range' 2 "--args: '1000000' is not in the range 0 to 128" '' exec --args=1000000
fails 'a value below the range' 2 "--args: '-3' is not a number" '' exec --args=-3
fails 'a value that is no number' 2 "--args: 'many' is not a number" '' exec --args=many
fails 'an unknown field' 2 "the event has no field 'comn'; did you mean 'comm'?" \
	'its fields are: time, pid' exec --fields pid,comn
fails 'a field twice' 2 "'pid' is given twice" '' exec --fields pid,pid
fails 'a missing field' 2 "a name is missing in 'pid,,comm'" '--fields pid,comm' \
	exec --fields pid,,comm
fails 'an unknown format' 2 "'jsno' is not an output format" 'did you mean -o json?' exec -o jsno

# A process that has ended and been waited for, in place of a number that may come to life.
sh -c 'exit 0' &
wait $!
fails 'a process that does not exist' 1 "-p: there is no process $!" '' exec -p $!
fails 'a process id that cannot be' 1 'there is no process 99999999999' '' exec -p 99999999999
fails 'a process by name' 2 "-p: 'bash' is not the number of a process" 'pgrep NAME' exec -p bash
fails 'a user that does not exist' 2 "-u: there is no user 'nosuchuser'" "number" exec -u nosuchuser
fails 'a user id that cannot be' 2 'user id 99999999999 is out of range' '' exec -u 99999999999
fails 'a cgroup that does not exist' 1 "--cgroup: cannot use '/nosuch'" '/sys/fs/cgroup' \
	exec --cgroup /nosuch
fails 'a folder that is no cgroup' 2 "'/tmp' is not a directory of a cgroup2 hierarchy" \
	'/sys/fs/cgroup' exec --cgroup /tmp
fails 'a name too long to match' 2 'the kernel keeps 15' "--comm 'abcdefghijklmno'" \
	exec --comm abcdefghijklmnop
fails 'no command' 2 'no command behind --' '-- ls -l' exec --
fails 'a command that does not exist' 1 'cannot run nosuchcommand: there is no such command' \
	'not a shell line' exec -- nosuchcommand
fails 'a folder for a command' 1 'cannot run /tmp' '' exec -- /tmp
fails 'a file for a command' 1 "cannot run $hp_root/Makefile: Permission denied" '' \
	exec -- "$hp_root/Makefile"

page=$(getconf PAGE_SIZE)
fails 'a buffer of 0' 2 "--buffer: '0' is not a size above 0" '--buffer 256K' exec --buffer 0
fails 'a buffer of 3 pages' 2 'a perf buffer is 1, 2, 4, 8 ... pages' 'the nearest sizes are' \
	exec --buffer "$((3 * page))"
fails 'a buffer of 10 GB' 2 '--buffer: 10G is more than 512M for each CPU' '--buffer 512M' \
	exec --buffer 10G
fails 'a buffer below a page' 2 '--buffer: 1 is less than a page' 'at least' exec --buffer 1
fails 'no time' 2 "-d: '0' is not a time above 0" '-d 1.5' exec -d 0
fails 'no events' 2 "-n: '0' is not a number of events" '' exec -n 0

fails '-D without a name' 2 "-D: '=3' does not start with the name of a macro" 'NAME=VALUE' exec -D =3
fails '-D of a number' 2 "-D: '1X' does not start with the name" 'NAME=VALUE' exec -D 1X
fails '-D of a call' 2 "-D: 'A(' does not start with the name" 'NAME=VALUE' exec -D 'A('
fails '-D with an open quote' 2 "-D: a quote in 'A=\"x' does not end" 'the shell takes quotes away' \
	exec -D 'A="x'
fails '-D with a control character' 2 '-D A: a control character' '' exec -D $'A=\n#include "x"'
fails '-D twice' 2 '-DA=2: the macro is defined already, by -DA=1' 'leave one' exec -D A=1 -D A=2
fails "-D of an option's macro" 2 '-DOPT_ARGS=3: the macro is defined already' "probe's options" \
	exec -D OPT_ARGS=3

fails '--where without an expression' 2 'the expression is empty' "--where 'ret < 0" exec --where ' '

# full NAME ARGS...: a disk that is full is one message, too
full() {
	local name=$1 rc=0
	shift
	timeout "$HP_TIMEOUT" "$hp" "$@" </dev/null >/dev/full 2>"$err" || rc=$?
	is "$rc/$(grep -c 'No space left on device' "$err")" 1/1 "$name on a full disk"
}
full 'a table' exec -n 1 -- true
full 'JSON' exec -o json -n 1 -- true
full 'CSV' exec -o csv -n 1 -- true
full 'the help' --help
full "a probe's help" exec --help
full 'the version' --version
full 'the list' list
full 'the list of tracepoints' list tracepoints
full 'a source' show exec

done_bad
