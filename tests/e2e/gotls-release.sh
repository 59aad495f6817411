# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# gotls on what one release of Go makes, in each way in which it links a program: release=1.19
. "$(dirname "$0")/gotls.sh"

talk=$tmp/talk
sizes=1,2,255,4096,16384,16385,100000,1000000
short=1,1000,40000

# traced NAME: gotls on $talk, of both sides of every conversation. The buffer takes all of one: how fast
# it is read is not the question here.
traced() {
	diag "Go $release, $1"
	start_hotprobe gotls -b "$talk" -o json --buffer 32M
}

# compared NAME
compared() {
	stop_hotprobe
	is "$status" 0 "$1: ends well"
	same_as_said "$1"
}

# conversation NAME [FLAG...]
conversation() {
	ok "$1" converse "$talk" "${@:2}"
}

# deep NAME REQUESTS: the stack moves while Read is running. The program checks its answers.
deep() {
	conversation "$1" -kind stack -conns 8 -requests "$2"
	like "$(<"$tmp/client.out")" "^$(($2 * 8)) reads, the stack moved in [1-9]" "$1: it moves"
}

go_build "$release" "$talk" talk
traced unstripped
conversation '1 byte to 1 MB' -sizes "$sizes"
conversation '1 byte to 1 MB, TLS 1.2, IPv6' -sizes "$sizes" -tls 1.2 -listen '[::1]:0'
conversation 'HTTP/1.1' -kind http1 -conns 2 -sizes "$short"
conversation 'HTTP/1.1, TLS 1.2, IPv6' -kind http1 -sizes "$short" -tls 1.2 -listen '[::1]:0'
conversation 'HTTP/2' -kind http2 -conns 2 -sizes "$short"
conversation 'HTTP/2, TLS 1.2, IPv6' -kind http2 -sizes "$short" -tls 1.2 -listen '[::1]:0'
conversation 'IPv4 through a socket of IPv6' -sizes "$short" -listen '[::]:0'
conversation 'a Unix socket' -sizes "$short" -listen "$tmp/socket"
conversation 'a type of the program'\''s own' -sizes "$short" -wrap
ok 'no socket at all' "$talk" pipe -transcript "$transcript" -conns 2 -sizes "$short"
compared unstripped

traced '100 connections'
conversation '100 connections' -conns 100 -sizes 1,100,5000
compared '100 connections'

traced '10,000 requests on a stack that moves'
deep '10,000 requests on a stack that moves' 1250
compared '10,000 requests on a stack that moves'

# linked NAME [http]: what differs between ways to link is which addresses things have
linked() {
	traced "$1"
	conversation "$1: 1 byte to 1 MB" -sizes 1,16385,1000000
	conversation "$1: TLS 1.2, IPv6" -sizes "$short" -tls 1.2 -listen '[::1]:0'
	if [[ ${2-} ]]; then
		conversation "$1: HTTP/1.1" -kind http1 -sizes "$short"
		conversation "$1: HTTP/2" -kind http2 -sizes "$short"
	fi
	deep "$1: a stack that moves" 50
	compared "$1"
}

go_build "$release" "$talk" talk '-ldflags=-s -w'
linked stripped http
# All libraries are compiled once more for it, so it does without the largest.
go_build "$release" "$talk" talk -buildmode=pie -tags=nohttp
linked PIE
