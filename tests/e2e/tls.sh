# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of ssl share: a certificate, and what programs said held against what was printed.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# CERT is a file with both: the lab's guests are given one, they have no openssl
cert=${CERT:-$tmp/cert.pem}
key=${CERT:-$tmp/key.pem}
[[ -n ${CERT-} ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
	-subj /CN=localhost -keyout "$key" -out "$cert" 2>/dev/null ||
	skip_all 'openssl makes no certificate here'
# How much is said in a moment, and how busy the machine is with other things, decides what a buffer
# has to hold.
# shellcheck disable=SC2034 # the tests use it
buffer=16M

# tlstalk OUTPUT [FLAG...]: build the program of tests/fixtures
tlstalk() {
	local output=$1
	shift
	gcc -std=gnu11 -D_GNU_SOURCE -pthread -o "$output" "$hp_root/tests/fixtures/tlstalk.c" "$@" \
		-lssl -lcrypto 2>"$tmp/gcc" || diag "$(<"$tmp/gcc")"
	[[ -x $output ]]
}

# spoken: what $out says was spoken comes to lie in $tmp/got
spoken() {
	rm -rf "$tmp/got"
	mkdir "$tmp/got"
	"$hp_root/tests/e2e/spoken.pl" "$tmp/got" <"$out" >"$tmp/wrong" && return
	diag "$(head -n 5 "$tmp/wrong")"
	return 1
}

# lost_nothing: by the last line of the last run
lost_nothing() {
	[[ $(<"$err") == *' events printed, 0 lost'* ]]
}

# as_recorded PID: what was printed of the process is, byte for byte, what $tmp/records says; sockets,
# too
as_recorded() {
	local file nr=0
	LC_ALL=C sort -u -o "$tmp/records/$1-connections" "$tmp/records/$1-connections"
	for file in "$tmp/records/$1"-* "$tmp/got/$1"-*; do
		file=${file##*/}
		if ! cmp "$tmp/records/$file" "$tmp/got/$file" >"$tmp/differ" 2>&1; then
			diag "$(<"$tmp/differ")"
			return 1
		fi
		nr=$((nr + 1))
	done
	((nr > 2))
}

# heard_as_said: what one end of a connection between two traced programs has sent is what the other
# has read, both ways, for each of $1 connections
heard_as_said() {
	local file conn here there other nr=0
	cat "$tmp"/got/*-connections >"$tmp/ends"
	for file in "$tmp"/got/*-connections; do
		while read -r conn _ here there; do
			other=$(awk -v l="$there" -v r="$here" '$3 == l && $4 == r { print $1 }' "$tmp/ends")
			# who said nothing has no file
			if [[ -z $other ]] || ! cmp -s <(cat "${file%-*}-$conn-out" 2>/dev/null) \
				<(cat "$tmp"/got/*-"$other"-in 2>/dev/null); then
				diag "what $here said is not what $there heard"
				return 1
			fi
			nr=$((nr + 1))
		done <"$file"
	done
	((nr == 2 * $1)) || diag "$nr ends of connections"
	((nr == 2 * $1))
}

# talks PROBE-OPTIONS...: trace the lines of $tmp/talks, "NAME: PROGRAM ARGS", in one run, and compare
# what is printed of each. A program's records are known by its pid.
talks() {
	local name line pid
	rm -rf "$tmp/records"
	mkdir "$tmp/records"
	: >"$tmp/pids"
	while IFS=: read -r name line; do
		echo "$line & echo \"\$! $name\" >>$tmp/pids; wait \$! || echo \"\$! \$?\" >>$tmp/failed"
	done <"$tmp/talks" >"$tmp/script"
	run_hotprobe ssl -o json --buffer "$buffer" "$@" -- sh "$tmp/script"
	is "$status" 0 'traced to the end'
	ok 'no program is harmed' test ! -e "$tmp/failed"
	ok 'nothing is lost' lost_nothing
	ok 'pieces follow one another' spoken
	while read -r pid name; do
		ok "$name: all of it is printed, as it was said, where it was said" as_recorded "$pid"
	done <"$tmp/pids"
}

# free_port: sets $port to one that nobody uses
free_port() {
	port=$(perl -MIO::Socket::INET -e \
		'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
}

# listens: somebody does so on $port
listens() {
	# proc_net_tcp in the kernel's Documentation/networking: 0A is TCP_LISTEN
	grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$port") 0+:0000 0A " /proc/net/tcp /proc/net/tcp6
}

# server COMMAND...: in the background, until it listens on $port; sets $server. Its stdin says nothing,
# and does not end.
mkfifo "$tmp/silence"
exec {silence}<>"$tmp/silence"
server() {
	"$@" <&"$silence" >"$tmp/server" 2>&1 &
	server=$!
	wait_for listens && return
	diag "$(<"$tmp/server")"
	return 1
}

# server_ends: the one that was started last
server_ends() {
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
}
