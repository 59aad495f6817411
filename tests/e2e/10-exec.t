#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe exec: each value of the events of known programs.
. "$(dirname "$0")/lib.sh"

# of NAME FILTER: FILTER's answer over the one event whose second argument is NAME
of() {
	json 'select(.args[1] == $name) | '"$2" --arg name "$1"
}

# list ARG...: the arguments as they are to appear in JSON
list() {
	jq -cn '$ARGS.positional' --args -- "$@"
}

# repeat TEXT TIMES
repeat() {
	printf "$1%.0s" $(seq "$2")
}

# ---- programs that start -------------------------------------------------------------------------

odd=('a b' "it's" '"quoted"' $'new\nline' $'tab\t' 'naïve – 日本' $'\e[31mred\e[0m' '\back' '' '*' '$x')
start_hotprobe exec -o json
/bin/true values "${odd[@]}" &
pid=$!
wait "$pid"
/bin/true bytes $'\xff\xfe' $'caf\xe9'
perl -e '$> = 65534; exec "/bin/true", "user"' &
wait $!
perl -e 'exec {"/bin/true"} "another name", "name"' &
wait $!
printf '#!/bin/sh\n:\n' >"$tmp/script"
chmod +x "$tmp/script"
"$tmp/script" script 'its argument'
/bin/true last
ok 'programs that start are seen' wait_for_output '"last"'
stop_hotprobe
is "$status" 0 'a run that is interrupted has succeeded'
ok 'all is valid JSON' json_is_valid
is "$(of values '"\(.pid) \(.ppid) \(.uid) \(.ret) \(.comm) \(.argc) \(.file)"')" \
	"$pid $$ $UID 0 true $((2 + ${#odd[@]})) /bin/true" 'process, parent, user, result and names'
is "$(of values '.args | tojson')" "$(list /bin/true values "${odd[@]}")" \
	'arguments of all sorts arrive as they are'
is "$(of bytes '.args_hex[2:] | join(" ")')" 'fffe 636166e9' 'bytes that are no UTF-8 are kept'
is "$(of values '.args_hex')" null 'and only those'
is "$(of name '"\(.file) \(.args[0])"')" '/bin/true another name' \
	'the file and the name that the program is given are two things'
is "$(of name '.args_cut')" null 'what is whole does not say that it was cut'
is "$(json 'select(.args[2] == "script") | "\(.file) \(.args | join("|")) \(.comm)"')" \
	"$tmp/script /bin/sh|$tmp/script|script|its argument script" \
	'a script is shown with its interpreter'
is "$(of user .uid)" "$UID" 'the user is the real one'
age=$(of last '(.time | sub("\\.\\d+Z$"; "Z") | fromdate) as $at | (now - $at) | . > -2 and . < 300')
is "$age" true 'the time is that of the event'

# ---- the cgroup ----------------------------------------------------------------------------------

mounted=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
group=$mounted/hotprobe-test-$$
if [[ $mounted ]] && mkdir "$group" 2>/dev/null; then
	start_hotprobe exec -o json
	# shellcheck disable=SC2016 # the inner shell's variables
	/bin/bash -c 'echo $$ >"$1/cgroup.procs"; exec /bin/true cgroup' - "$group"
	wait_for_output '"cgroup"\]'
	stop_hotprobe
	# the id of a cgroup is its directory's inode number
	is "$(of cgroup .cgroup)" "$(stat -c %i "$group")" 'the cgroup id'
	rmdir "$group"
else
	skip 'the cgroup id' 'no cgroup2 hierarchy in which a group could be made'
fi

# ---- lists that are cut --------------------------------------------------------------------------

perl=$(command -v perl)
long=$(repeat x 1024)
cat >"$tmp/long" <<-WORKER
	/bin/true nineteen $(seq -s ' ' 3 20)
	/bin/true twenty $(seq -s ' ' 3 21)
	/bin/true fits ${long:1} behind
	/bin/true over $long behind
WORKER
run_hotprobe exec -o json -- /bin/bash "$tmp/long"
is "$(of nineteen '"\(.argc) \(.args | length) \(.args_cut)"')" '20 20 null' \
	'as many arguments as are kept by default'
is "$(of twenty '"\(.argc) \(.args | length) \(.args_cut)"')" '21 20 true' \
	'one more is counted, left out, and said to be'
is "$(of fits '"\(.args[2] | length) \(.args[3]) \(.args_cut)"')" '1023 behind null' \
	'an argument of 1023 bytes is whole'
is "$(of over '"\(.argc) \(.args[2] | length) \(.args[3:]) \(.args_cut)"')" '4 1024 [] true' \
	'a longer one ends the list, which says so'
run_hotprobe exec --args=2 -- /bin/bash "$tmp/long"
like "$(<"$out")" $' 21 /bin/true +/bin/true twenty [.]{3}\n' 'the table says it, too'
run_hotprobe exec -A 0 -o json -- /bin/true a
is "$(json '"\(.argc) \(.args) \(.args_cut)"')" '2 [] true' 'none need be kept'

# 128 arguments of 100 bytes are more than is kept of them all
many=("$(repeat y 100)"{1..127})
run_hotprobe exec -A 128 -o json -- /bin/true "${many[@]}"
is "$(json '"\(.argc) \(.args_cut)"')" '128 true' 'a list of more bytes than are kept is cut'
is "$(json '.args[:60] | tojson')" "$(list /bin/true "${many[@]:0:59}")" 'at its end, not before'
deep=$tmp/$(repeat d 200)/$(repeat e 200)/$(repeat f 200)
mkdir -p "$deep"
cp /bin/true "$deep/prog"
run_hotprobe exec -o json -- "$deep/prog"
is "$(json '"\(.file) \(.file_cut)"')" "${deep:0:511} true" 'a file name of over 511 bytes is cut'

# ---- the environment -----------------------------------------------------------------------------

run_hotprobe exec -e -o json -- /usr/bin/env -i A=b 'C=d e' /bin/true
is "$(json 'select(.comm == "true") | .env | tojson')" '["A=b","C=d e"]' '--env: the environment'
is "$(json 'select(.comm == "true") | .args | tojson')" '["/bin/true"]' 'beside the arguments'
run_hotprobe exec -o json -- /bin/true
is "$(json '.env')" null 'without it, there is none'

# ---- execveat, failed calls ----------------------------------------------------------------------

# x86-64 has 322, the generic table 281
nr=$([[ $(uname -m) == x86_64 ]] && echo 322 || echo 281)
cat >"$tmp/at.pl" <<-'WORKER'
	my ($nr, $how, $path) = (@ARGV, '');
	my @args = map { "$_\0" } "at", $how, "two words";
	my ($argv, $none) = (pack("P P P Q", @args, 0), pack("Q", 0));
	open my $file, "<", "/bin/true" or die;
	# 0x1000 is AT_EMPTY_PATH
	syscall($nr, $how eq "fd" ? fileno($file) : -100, "$path\0", $argv, $none,
		$how eq "fd" ? 0x1000 : 0);
	exit 9;
WORKER
run_hotprobe exec -o json -- perl "$tmp/at.pl" "$nr" fd
is "$(of fd '"\(.comm) \(.ret) \(.argc) \(.args[2])"')" 'true 0 3 two words' \
	'execveat of a file that is open'
like "$(of fd .file)" '^/dev/fd/[0-9]+$' 'its name is the one the kernel makes'
run_hotprobe exec -o json -- perl "$tmp/at.pl" "$nr" path /bin/true
is "$(of path '"\(.file) \(.ret)"')" '/bin/true 0' 'execveat of a path'

: >"$tmp/not executable"
cat >"$tmp/failing.pl" <<-'WORKER'
	my $tmp = shift;
	for my $file ("$tmp/nothing here", "$tmp/not executable", "/etc", "/bin/true/x") {
		exec {$file} "failing", $file, "it's \e[1m\n";
	}
	exec "/bin/true", "in the end";
WORKER
run_hotprobe exec -x -o json -- perl "$tmp/failing.pl" "$tmp"
is "$(of "$tmp/nothing here" '"\(.ret) \(.file) \(.comm) \(.argc)"')" "-2 $tmp/nothing here perl 3" \
	'--failed: ENOENT'
is "$(of "$tmp/nothing here" '.args | tojson')" \
	"$(list failing "$tmp/nothing here" $'it\'s \e[1m\n')" 'the arguments that it would have got'
is "$(of "$tmp/not executable" .ret)" -13 'EACCES'
is "$(of /etc .ret)" -13 'EACCES for a folder'
is "$(of /bin/true/x .ret)" -20 'ENOTDIR'
is "$(of 'in the end' .ret)" 0 'and what succeeds'
run_hotprobe exec -o json -- perl "$tmp/failing.pl" "$tmp"
is "$(json_count '.ret != 0')/$(json_count '.ret == 0')" 0/2 'without it, only what succeeds'
run_hotprobe exec -x --args=1 --where 'ret < 0' -- perl "$tmp/failing.pl" "$tmp"
like "$(<"$out")" $'[0-9] +ENOENT +perl +3 [^\n]* failing [.]{3}\n' 'the table names the error'
unlike "$(<"$out")" 'in the end' 'and --where can choose failures'

# 1100 arguments, of which a call that failed is counted up to 1024
run_hotprobe exec -x -o json --where 'ret < 0' -- \
	"$perl" -e 'exec {"/nonexistent"} "many", 1 .. 1100; exit 0'
is "$(json '"\(.argc) \(.args | length) \(.args_cut)"')" '1024 20 true' \
	'the count for a call that failed has an end'
run_hotprobe exec -o json -- /bin/true $(seq 1100)
is "$(json '.argc')" 1101 'that for a program that started has none'

# ---- a thread that is not its process's first ----------------------------------------------------

cat >"$tmp/thread.c" <<-'PROGRAM'
	#include <pthread.h>
	#include <unistd.h>

	static void *run(void *arg)
	{
		execl("/bin/true", "true", "thread", NULL);
		return arg;
	}

	int main(void)
	{
		pthread_t thread;

		pthread_create(&thread, NULL, run, NULL);
		return pthread_join(thread, NULL);
	}
PROGRAM
if ok 'a program of two threads is built' gcc -pthread -o "$tmp/thread" "$tmp/thread.c"; then
	run_hotprobe exec -o json -- "$tmp/thread"
	is "$(of thread '"\(.comm) \(.ret) \(.argc)"')" 'true 0 2' 'the exec of another thread is seen'
	is "$(json .pid | sort -u | wc -l)" 1 'under its process'
fi

done_testing
