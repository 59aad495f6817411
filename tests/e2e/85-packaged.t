#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gotls on a Go program as a distribution ships it: Debian's caddy, asked by curl as a server, and as the
# client of another server.
store=${XDG_CACHE_HOME:-$HOME/.cache}/hotprobe-lab/packages
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/network.sh"

# caddy is unpacked, not installed: to install it is to start it.
fetch() {
	rm -rf "$store/caddy.new"
	mkdir -p "$store/caddy.new"
	(
		cd "$store/caddy.new" || exit
		apt-get -q -o APT::Sandbox::User=root download caddy ||
			{ apt-get -q update && apt-get -q -o APT::Sandbox::User=root download caddy; } || exit
		dpkg-deb -x ./*.deb . && rm ./*.deb
	) >"$tmp/fetched" 2>&1 && mv -T "$store/caddy.new" "$store/caddy"
}

caddy=$store/caddy/usr/bin/caddy
if [[ ! -x $caddy ]] && ! fetch; then
	diag "there is no caddy: $(tail -n 3 "$tmp/fetched")"
	exit 1
fi
unlike "$(readelf -SW "$caddy")" '\.symtab' 'the package has a stripped program'

# ---- a server, and one before it -----------------------------------------------------------------

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
	-keyout "$tmp/key" -out "$tmp/cert" 2>/dev/null || exit 1
mkdir "$tmp/www" "$tmp/caddy"
head -c 300000 /dev/urandom >"$tmp/www/large"
cat >"$tmp/Caddyfile" <<EOF
{
	admin off
	auto_https off
	servers {
		protocols h1 h2
	}
}
https://localhost:8443 {
	tls $tmp/cert $tmp/key
	root * $tmp/www
	handle /echo {
		respond "you said: {http.request.body}"
	}
	handle {
		file_server
	}
}
https://localhost:8444 {
	tls $tmp/cert $tmp/key
	reverse_proxy https://127.0.0.1:8443 {
		header_up Host localhost
		transport http {
			versions 1.1
			tls_insecure_skip_verify
			tls_server_name localhost
		}
	}
}
EOF
HOME=$tmp/caddy XDG_DATA_HOME=$tmp/caddy XDG_CONFIG_HOME=$tmp/caddy \
	"${inside[@]}" "$caddy" run --config "$tmp/Caddyfile" --adapter caddyfile >"$tmp/log" 2>&1 &
server=$!

# ask NAME CURL-ARG...: NAME.port is the client's port, NAME.answer all that came, NAME.keys the secrets
ask() {
	SSLKEYLOGFILE=$tmp/$1.keys "${inside[@]}" curl -s -S -i --max-time "$HP_TIMEOUT" --cacert "$tmp/cert" \
		-A tester -o "$tmp/$1.answer" -w '%{local_port}' "${@:2}" >"$tmp/$1.port" 2>"$tmp/$1.said" || {
		diag "curl: $(<"$tmp/$1.said")"
		return 1
	}
}

# shellcheck disable=SC2317 # by wait_for
answers() {
	"${inside[@]}" curl -s -o /dev/null --cacert "$tmp/cert" https://localhost:8443/echo
}
if ! wait_for answers; then
	diag "$(tail -n 5 "$tmp/log" | cut -c 1-300)"
	exit 1
fi

# ---- traced by its pid ---------------------------------------------------------------------------

# bytes FILTER: the texts of the events that it selects, one after another
bytes() {
	jq -r "select($1) | .data_base64 // (.data | @base64)" "$out" |
		perl -MMIME::Base64 -ne 'print decode_base64($_)'
}

# of NAME DIR: those of a request, on the server's side
of() {
	bytes ".dir == \"$2\" and (.remote | endswith(\":$(<"$tmp/$1.port")\"))"
}

printf 'POST /echo HTTP/1.1\r\nHost: localhost:8443\r\nUser-Agent: tester\r\nAccept: */*\r\n%s' \
	$'Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello' >"$tmp/request"

start_hotprobe gotls -p "$server" -o json
ask http1 --http1.1 -H 'Content-Type: text/plain' -d hello https://localhost:8443/echo
ask http2 --http2 -d 'hello, two' https://localhost:8443/echo
ask large --http1.1 https://localhost:8443/large
ask proxy --http1.1 -d 'hello, proxy' https://localhost:8444/echo
ask last --http1.1 -d 'the last' https://localhost:8443/echo
wait_for_output 'you said: the last'
stop_hotprobe
is "$status" 0 'ends well'
like "$(<"$err")" ' 0 lost' 'nothing was lost'
is "$(json 'select(.comm != "caddy" or .fd < 3) | .comm')" '' 'each event has the name and a descriptor'
ok 'HTTP/1.1: the request, to the byte' cmp <(of http1 in) "$tmp/request"
ok 'HTTP/1.1: and the answer' cmp <(of http1 out) "$tmp/http1.answer"
is "$(json -s 'map(select(.dir == "in" and (.data // "" | startswith("POST /echo"))).local) | unique | join(" ")')" \
	'127.0.0.1:8443 127.0.0.1:8444' 'the addresses are those that are listened on'
ok 'HTTP/1.1: an answer of 300 KB' cmp <(of large out) "$tmp/large.answer"
ok 'HTTP/2: a request begins with what all begin with' \
	cmp <(of http2 in | head -c 24) <(printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
ok 'HTTP/2: what is posted' grep -aq 'hello, two' <(of http2 in)
ok 'HTTP/2: and the answer' grep -aq 'you said: hello, two' <(of http2 out)
client=$(json 'select(.dir == "out" and .remote == "127.0.0.1:8443" and (.data // "" | endswith("hello, proxy"))) | .local')
like "$client" '^127\.0\.0\.1:[0-9]+$' 'the program as a client: what it asks, and from where'
is "$(bytes ".local == \"$client\" and .dir == \"out\"")" "$(bytes ".remote == \"$client\" and .dir == \"in\"")" \
	'the one server hears what the other has asked'
is "$(bytes ".local == \"$client\" and .dir == \"in\"")" "$(bytes ".remote == \"$client\" and .dir == \"out\"")" \
	'and this one what the other has answered'

# ---- traced by its file --------------------------------------------------------------------------

start_hotprobe gotls --binary "$caddy"
ask table --http1.1 -H 'Content-Type: text/plain' -d hello https://localhost:8443/echo
wait_for_output 'you said: hello'
stop_hotprobe
is "$status" 0 'by its file: ends well'
is "$(grep -A 8 '  in .* 127.0.0.1:8443 ' "$out" | tail -n +2 | sed 's/^    //; s/\\r$//')" \
	"$(tr -d '\r' <"$tmp/request")" 'by its file: a request, as people read it'

# ---- its keys ------------------------------------------------------------------------------------

start_hotprobe gotls -p "$server" --keylog "$tmp/keys"
ask keys12 --http1.1 --tls-max 1.2 https://localhost:8443/echo
ask keys13 --http1.1 https://localhost:8443/echo
stop_hotprobe
is "$status" 0 'its keys: ends well'
is "$(cut -d ' ' -f 1 "$tmp/keys" | sort | tr '\n' ' ')" \
	'CLIENT_HANDSHAKE_TRAFFIC_SECRET CLIENT_RANDOM CLIENT_TRAFFIC_SECRET_0 SERVER_HANDSHAKE_TRAFFIC_SECRET SERVER_TRAFFIC_SECRET_0 ' \
	'its keys: those of TLS 1.2 and 1.3'
is "$(sort "$tmp/keys")" \
	"$(cat "$tmp"/keys1[23].keys | grep -E '^(CLIENT_RANDOM|(CLIENT|SERVER)_(HANDSHAKE_|)TRAFFIC_SECRET)' | sort)" \
	'its keys: the same that the other side has noted'

done_testing
