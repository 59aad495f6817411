#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gotls --keylog: what Wireshark makes of it. The loopback of a network namespace is captured while Go
# programs talk, and tshark reads what they said out of the capture with the keys that gotls wrote.
store=${XDG_CACHE_HOME:-$HOME/.cache}
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/network.sh"

releases=(1.15 1.19 1.24 1.26)
capture=$tmp/capture.pcapng

talk() { # RELEASE: the program, built by it
	printf '%s/talk-%s' "$tmp" "$1"
}

for release in "${releases[@]}"; do
	if ! XDG_CACHE_HOME=$store "$hp_root/scripts/go" build "$release" "$(talk "$release")" \
		"$hp_root/tests/fixtures/go/talk" 2>"$tmp/built"; then
		diag "$(tail -n 5 "$tmp/built")"
		exit 1
	fi
done

# ---- capturing -----------------------------------------------------------------------------------

: >"$tmp/dumpcap"
"${inside[@]}" dumpcap -q -i lo -w "$capture" 2>"$tmp/dumpcap" &
dumpcap=$!
if ! hp_await "$tmp/dumpcap" 'File: ' "$dumpcap"; then
	diag "nothing can be captured: $(<"$tmp/dumpcap")"
	exit 1
fi

# packets_are_in: everything sent before is in the file, because what is sent now is
# shellcheck disable=SC2317 # by wait_for
packets_are_in() {
	"${inside[@]}" bash -c 'echo the last of the packets >/dev/udp/127.0.0.1/9'
	grep -aq 'the last of the packets' "$capture"
}

# ---- the programs, traced ------------------------------------------------------------------------

# conversation RELEASE ADDRESS: TLS 1.2, then 1.3; both sides note their keys in own.RELEASE
conversation() {
	local program version server
	program=$(talk "$1")
	: >"$tmp/server"
	mkdir -p "$tmp/said.$1"
	"${inside[@]}" "$program" serve -listen "$2" -kind text -keylog "$tmp/own.$1" >"$tmp/server" &
	server=$!
	hp_await "$tmp/server" : "$server" || diag "Go $1: no server"
	for version in 1.2 1.3; do
		"${inside[@]}" "$program" call -kind text -tls "$version" -conns 3 -sizes 1,20,5000,40000 \
			-transcript "$tmp/said.$1" -keylog "$tmp/own.$1" "$2" ||
			diag "Go $1: TLS $version went wrong"
	done
	kill -TERM "$server"
	wait "$server"
}

# shellcheck disable=SC2317 # by wait_for
lines_in() { # NUMBER FILE
	(($(wc -l <"$2") >= $1))
}

for release in "${releases[@]}"; do
	address=127.0.0.1:8443
	[[ $release != 1.24 ]] || address='[::1]:8443'
	keys=$tmp/keys.$release
	own=$tmp/own.$release
	start_hotprobe gotls --binary "$(talk "$release")" --keylog "$keys"
	is "$(stat -c '%a %u' "$keys")" "600 $(id -u)" "Go $release: the key log is its owner's alone"
	conversation "$release" "$address"
	# three connections of 1.2 with a line for each side, three of 1.3 with four
	is "$(wc -l <"$own")" 30 "Go $release: the programs have noted keys"
	ok "Go $release: they are in the log while hotprobe still runs" wait_for lines_in 30 "$keys"
	stop_hotprobe
	is "$status" 0 "Go $release: ends well"
	is "$(sort "$keys")" "$(sort "$own")" "Go $release: each key, and nothing else"
	is "$(grep -cE 'CLIENT_RANDOM|_SECRET' "$out")" 0 "Go $release: none of them is on stdout"
	like "$(<"$err")" ' 0 lost' "Go $release: and none lost"
done

# ---- read by tshark ------------------------------------------------------------------------------

wait_for packets_are_in || exit 1
kill -INT "$dumpcap"
wait "$dumpcap"

# decrypted FILE [OPTION...]: text in hex of each packet, behind its ports
decrypted() {
	tshark -r "$capture" -d tcp.port==8443,tls -d tls.port==8443,data "${@:2}" -Y 'tls and data.data' -T fields \
		-E separator=' ' -e tcp.stream -e tcp.srcport -e tcp.dstport -e data.data >"$1" 2>"$tmp/tshark" ||
		diag "tshark: $(<"$tmp/tshark")"
}

# of_port FILE COLUMN PORT: as bytes, what was sent from, to PORT
of_port() {
	perl -ane '$F['"$2"'] == '"$3"' or next; $F[3] =~ tr/,//d; print pack "H*", $F[3]' "$1"
}

cat "$tmp"/keys.* >"$tmp/keys"
chmod 600 "$tmp/keys"
decrypted "$tmp/with" -o "tls.keylog_file:$tmp/keys"
decrypted "$tmp/without"
is "$(wc -c <"$tmp/without")" 0 'without a key log tshark reads nothing'

for release in "${releases[@]}"; do
	right=0 wrong=0
	while read -r port said heard; do
		if of_port "$tmp/with" 1 "$port" | cmp -s - "$tmp/said.$release/$said" &&
			of_port "$tmp/with" 2 "$port" | cmp -s - "$tmp/said.$release/$heard"; then
			right=$((right + 1))
		else
			wrong=$((wrong + 1))
		fi
	done < <(jq -r '"\(.Local | split(":")[-1]) \(.Out.File) \(.In.File)"' "$tmp/said.$release"/*.index)
	is "$right right, $wrong wrong" '6 right, 0 wrong' \
		"Go $release: with it, what each connection said and heard, byte for byte"
done

# ---- on stdout, and where there is a log already -------------------------------------------------

release=1.24
: >"$tmp/own.$release"
start_hotprobe gotls --binary "$(talk "$release")" --keylog -
conversation "$release" 127.0.0.1:8443
ok 'on stdout: each key' wait_for lines_in 30 "$out"
stop_hotprobe
is "$status" 0 'on stdout: ends well'
is "$(sort "$out")" "$(sort "$tmp/own.$release")" 'on stdout: and nothing else'

keys=$tmp/keys.1.19
cp "$keys" "$tmp/before"
: >"$tmp/own.1.19"
start_hotprobe gotls --binary "$(talk 1.19)" --keylog "$keys"
conversation 1.19 127.0.0.1:8443
wait_for lines_in 60 "$keys"
stop_hotprobe
is "$(cat "$tmp/before" <(sort "$tmp/own.1.19"))" "$(cat <(head -n 30 "$keys") <(tail -n +31 "$keys" | sort))" \
	'an own log that is there already is continued'

done_testing
