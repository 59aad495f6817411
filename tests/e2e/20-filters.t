#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Filters: each lets through what it should, and nothing else.
# shellcheck disable=SC2317 # functions are called by ok, wait_for and the like
. "$(dirname "$0")/lib.sh"

sh=/bin/dash
[[ -x $sh ]] || sh=/bin/sh

# A process that writes one byte to /dev/null for each line it gets, through descriptor 7.
# Further lines of it are threads' or children's business. Sets $worker, and $say to its stdin.
start_worker() { # NAME [COMMAND...]: under that name, through that command
	local name=$1
	shift
	mkfifo "$tmp/$name"
	cat >"$tmp/$name.pl" <<-'WORKER'
		my ($name, $fifo) = @ARGV;
		$0 = $name;
		open my $null, ">", "/dev/null";
		use POSIX; POSIX::dup2(fileno($null), 7);
		open my $in, "<", $fifo or die;
		while (my $line = <$in>) { chomp $line; POSIX::write(7, $line, length $line) }
	WORKER
	"$@" perl "$tmp/$name.pl" "$name" "$tmp/$name" &
	worker=$!
	exec {say}>"$tmp/$name"
}

# sizes: which of the writes to descriptor 7 were seen, by their sizes
sizes() {
	json 'select(.fd == 7) | .size' | sort -n | tr '\n' ' '
}

chmod 755 "$tmp"
start_worker first
first=$worker say_first=$say
start_worker second perl -e '$) = $( = 54321; $> = $< = 54321; exec @ARGV' --
second=$worker say_second=$say

# both_write: what each filter is to tell apart. The last is one that every filter lets through, or
# none: so "-n 1" cannot be what ends the run.
both_write() {
	echo a >&"$say_first"
	echo bb >&"$say_second"
	echo ccc >&"$say_first"
	echo dddd >&"$say_second"
}

# written PID BYTES: until this process has written so many
written() {
	(($(awk '/^wchar/ { print $2 }' "/proc/$1/io") >= $2))
}
total=0

# filtered ARGS...: both write while the probe write runs with these filters
filtered() {
	start_hotprobe write -o json "$@"
	both_write
	total=$((total + 1))
	wait_for written "$first" $((total * 4))
	wait_for written "$second" $((total * 6))
	stop_hotprobe
}

filtered
is "$(sizes)" '1 2 3 4 ' 'without a filter, all'
filtered -p "$first"
is "$(sizes)" '1 3 ' '-p: one process'
is "$(json .pid | sort -u)" "$first" 'and nothing else'
like "$(<"$err")" '[1-9][0-9]* filtered out' 'what was left out is counted'
filtered -u 54321
is "$(sizes)" '2 4 ' '-u: a user by number'
is "$(json .pid | sort -u)" "$second" 'and nothing else'
filtered -u root --where 'fd == 7'
is "$(sizes)" '1 3 ' '-u: a user by name'
filtered --comm second
is "$(sizes)" '2 4 ' '--comm'
is "$(json .comm | sort -u)" second 'and nothing else'
filtered --comm secon
is "$(wc -l <"$out")" 0 '--comm is the whole name'
filtered -p "$first" --comm second
is "$(wc -l <"$out")" 0 'filters hold all at once'
filtered -p "$second" --where 'size == 4'
is "$(sizes)" '4 ' '--where beside them'

mounted=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
group=$mounted/hotprobe-test-$$
if [[ $mounted ]] && mkdir -p "$group/below" 2>/dev/null; then
	echo "$second" >"$group/below/cgroup.procs"
	filtered --cgroup "$group/below"
	is "$(sizes)" '2 4 ' '--cgroup'
	is "$(json .pid | sort -u)" "$second" 'and nothing else'
	filtered --cgroup "$group"
	is "$(sizes)" '2 4 ' '--cgroup: with the groups below it'
	echo "$second" >"$mounted/cgroup.procs"
	filtered --cgroup "$group"
	is "$(wc -l <"$out")" 0 '--cgroup: a group without processes'
	rmdir "$group/below" "$group"
else
	skip '--cgroup' 'no cgroup2 hierarchy in which a group could be made'
fi

# ---- --where -------------------------------------------------------------------------------------

# The program: opens that can be told apart by flags, result and path.
cat >"$tmp/opens.sh" <<OPENS
: >'$tmp/new file'
: <'$tmp/new file'
true <'$tmp/missing'
: >'$tmp/it"s	\\n'
OPENS

# where EXPR: the names of the files below $tmp of which the events were chosen, and what was done
where() {
	run_hotprobe open -o json --where "$1" -- "$sh" "$tmp/opens.sh" 2>/dev/null
	json 'select(.path | startswith($tmp)) | (.path[$tmp | length + 1:]) +
		(if .ret < 0 then "!" elif .flags == "0" then "<" else ">" end)' --arg tmp "$tmp" |
		grep -v opens | tr '\n' ' '
}

all=$'new file> new file< missing! it"s\t\\n> '
is "$(where 1)" "$all" '--where: a constant'
is "$(where 'flags & O_CREAT')" $'new file> it"s\t\\n> ' 'constants from the headers'
is "$(where 'ret == -ENOENT')" 'missing! ' 'errors by name'
is "$(where 'ret < 0 && comm != "nobody"')" 'missing! ' '&&, and text that differs'
is "$(where 'ret < 0 || (flags & O_CREAT) && !(pid == 1)')" $'new file> missing! it"s\t\\n> ' \
	'brackets, || and !'
is "$(where "comm == \"${sh##*/}\" && pid > 1")" "$all" 'text that is the same'
is "$(where 'comm != "other"')" "$all" 'text that is another'
is "$(where "comm != \"${sh##*/}\"")" '' 'text that is not another'
is "$(where "comm == \"${sh##*/}x\"")" '' 'a text that is longer'
is "$(where "comm == \"$(name=${sh##*/} && echo "${name%?}")\"")" '' 'a text that is shorter'
run_hotprobe write -o json --where 'comm == "it\"s\t\\\x21\303\251"' -- perl -e '
	open my $null, ">", "/dev/null";
	for ("it\"s\t\\!\303\251", "its") { $0 = $_; syswrite $null, "x" }'
is "$(json .comm)" $'it"s\t\\!é' 'escapes in text'
run_hotprobe write --where 'ret == -ENOSPC || duration > 3600 * 1000000000ULL' -o json -- \
	"$sh" -c 'echo x >/dev/full; echo y >/dev/null' 
is "$(json '"\(.ret)"')" -28 'numbers of all sizes'

done_testing
