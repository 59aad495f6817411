# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of gotls: programs made by several releases of Go (scripts/go), tests/fixtures/go/talk
# among them, which writes down what it says over TLS, and what was traced compared with that.
#
#   go_build 1.19 "$tmp/talk" talk '-ldflags=-s -w'
#   start_hotprobe gotls -b "$tmp/talk" -o json
#   converse "$tmp/talk" -kind http1       # server and client; adds to the transcripts
#   stop_hotprobe
#   same_as_said 'HTTP/1.1'
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit

# go_build RELEASE OUTPUT NAME [FLAG...]: tests/fixtures/go/NAME, NAME.go or a folder. There is no
# test without its program: the file ends where it cannot be built.
go_build() {
	local release=$1 output=$2 name=$3
	shift 3
	if ! XDG_CACHE_HOME=$hp_store "$hp_root/scripts/go" build "$release" "$output" \
		"$hp_root/tests/fixtures/go/$name" "$@" >"$tmp/go.log" 2>&1; then
		ok "Go $release builds $name $*" false || :
		diag "$(tail -n 20 "$tmp/go.log")"
		done_testing
	fi
}

transcript=$tmp/transcript
mkdir "$transcript"

# serve PROGRAM [FLAG...]: a server in the background; $server is its pid, $address where it listens
serve() {
	local program=$1
	shift
	: >"$tmp/address"
	"$program" serve -transcript "$transcript" "$@" >"$tmp/address" 2>"$tmp/server.err" &
	server=$!
	# it says that in one write
	if ! hp_await "$tmp/address" . "$server"; then
		diag "the server does not start: $(<"$tmp/server.err")"
		return 1
	fi
	address=$(<"$tmp/address")
}

# call PROGRAM [FLAG...]: a client of $address, to its end
call() {
	local program=$1
	shift
	if ! timeout --kill-after=5 120 "$program" call -transcript "$transcript" "$@" "$address" \
		>"$tmp/client.out" 2>"$tmp/client.err"; then
		diag "the client failed: $(<"$tmp/client.err")"
		return 1
	fi
}

# end_server: tells it to end, which it does once all its connections are closed
end_server() {
	local rc=0
	kill -TERM "$server"
	wait "$server" || rc=$?
	if ((rc)); then
		diag "the server ended with $rc: $(<"$tmp/server.err")"
	fi
	return "$rc"
}

# converse PROGRAM [FLAG...]: server and client, of the same kind, on the address of -listen
converse() {
	local program=$1 flags=() listen=127.0.0.1:0
	shift
	while (($#)); do
		if [[ $1 == -listen ]]; then
			listen=$2
			shift 2
		else
			flags+=("$1")
			shift
		fi
	done
	serve "$program" "${flags[@]}" -listen "$listen" || return
	# who listens on all addresses is called at the oldest one
	address=${address/#\[::]/127.0.0.1}
	call "$program" "${flags[@]}" && end_server
}

# same_as_said NAME [FLAG...]: what was printed is what was said since the last time. FLAGs are those of
# compare. Nothing may be lost, or the comparison would only tell that.
same_as_said() {
	local name=$1 rc=0
	shift
	like "$(<"$err")" ' 0 lost' "$name: nothing is lost"
	if [[ ! -x $tmp/compare ]]; then
		go_build 1.19 "$tmp/compare" compare
	fi
	"$tmp/compare" "$@" "$transcript" "$out" >"$tmp/compared" 2>&1 || rc=1
	is "$rc" 0 "$name: what was said, byte for byte"
	diag "$(<"$tmp/compared")"
	rm -f "${transcript:?}"/*
	return "$rc"
}
