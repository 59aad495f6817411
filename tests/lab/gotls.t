#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gotls on this kernel: programs of Go releases with either way to pass arguments, against both
# header sources. What is printed is what the programs themselves have noted.
. "$(dirname "$0")/../e2e/lib.sh"

talk=${TALK:-$hp_root/build/lab/files/talk}
ip link set lo up

# same RELEASE LINE: what is printed of the connection that LINE of a program's notes describes
same() {
	local pid conn fd near far from to
	read -r pid conn fd near far from to <<<"$2"
	[[ $(grep "^$conn " "$tmp/got.$1/$pid-connections") == "$conn $fd $near $far" ]] &&
		cmp -s "$tmp/got.$1/$pid-$conn-in" "$tmp/said.$1/$from" &&
		cmp -s "$tmp/got.$1/$pid-$conn-out" "$tmp/said.$1/$to"
}

# traced RELEASE HEADERS TLS ADDRESS
traced() {
	local program=$talk-$1 what="Go $1, --headers $2" server right=0 line
	mkdir "$tmp/said.$1" "$tmp/got.$1"
	: >"$tmp/address"
	start_hotprobe gotls -o json --headers "$2" --binary "$program" --keylog "$tmp/keys.$1"
	"$program" serve -listen "$4" -kind text -transcript "$tmp/said.$1" -keylog "$tmp/own.$1" >"$tmp/address" &
	server=$!
	hp_await "$tmp/address" : "$server"
	# all in ASCII, the sizes' own bytes too, so that no text need be in base64
	"$program" call -kind text -tls "$3" -conns 2 -sizes 1,20,16500 \
		-transcript "$tmp/said.$1" -keylog "$tmp/own.$1" "$4"
	is $? 0 "$what: the program is not harmed"
	kill -TERM "$server"
	wait "$server"
	is $? 0 "$what: nor is the server"
	stop_hotprobe
	is "$status" 0 "$what: ends well"
	like "$(<"$err")" ' 0 lost' "$what: nothing is lost"
	is "$("$hp_root/tests/e2e/spoken.pl" "$tmp/got.$1" <"$out")" '' "$what: pieces follow one another"
	while read -r line; do
		! same "$1" "$line" || right=$((right + 1))
	done < <(jq -r '"\(.Pid) \(.Ptr) \(.Fd) \(.Local) \(.Remote) \(.In.File) \(.Out.File)"' "$tmp/said.$1"/*.index)
	is "$right" 4 "$what: all that both sides of two connections said and heard, on which socket"
	is "$(wc -l <"$tmp/keys.$1")" "$([[ $3 == 1.2 ]] && echo 4 || echo 16)" "$what: each key"
	is "$(sort "$tmp/keys.$1")" "$(sort "$tmp/own.$1")" "$what: and each is the program's own"
}

traced 1.15 btf 1.2 127.0.0.1:8443
traced 1.19 auto 1.3 '[::1]:8443'
traced 1.24 btf 1.3 127.0.0.1:8443
done_testing
