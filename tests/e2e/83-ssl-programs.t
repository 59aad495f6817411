#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe ssl on programs and libraries as Debian ships them: OpenSSL 3 and 1.1, curl, GnuTLS, NSS.
# shellcheck disable=SC2317 # functions are called by ok and wait_for
. "$(dirname "$0")/tls.sh"
. "$hp_root/scripts/lab.d/unpack.sh"

# What is said: text and bytes, more than a record holds.
perl -e 'print "line $_ of a text\n" for 1 .. 3000; print map(chr($_ % 256), 1 .. 100_001), "\nthe end\n"' \
	>"$tmp/message"

# trace PROBE-OPTIONS...: start the probe
trace() {
	start_hotprobe ssl -o json --buffer "$buffer" "$@"
}

# traced NAME NUMBER: stop it; what was heard on NUMBER connections is what was said
traced() {
	stop_hotprobe
	is "$status" 0 "$1: traced to the end"
	ok "$1: nothing is lost" lost_nothing
	ok "$1: pieces follow one another" spoken
	ok "$1: what was heard is what was said" heard_as_said "$2"
}

# the_text COMM DIR: what the programs called so have said or heard, one connection after another
the_text() {
	local pid
	for pid in $(json "select(.comm == \"$1\") | .pid" | uniq | awk '!seen[$0]++'); do
		cat "$tmp/got/$pid"-*-"$2" 2>/dev/null
	done
}

# ends NUMBER FILE: so often it says "the end"
ends() {
	(($(grep -ac '^the end' "$2") >= $1))
}

# ---- openssl -------------------------------------------------------------------------------------

# openssl_talks NAME LIBRARY VERSION ADDRESS OPENSSL...: its s_client says the message to its s_server
openssl_talks() {
	local name=$1 library=$2 version=$3 address=$4
	shift 4
	free_port
	server "$@" s_server -accept "$port" -cert "$cert" -key "$key"
	trace --library "$library"
	"$@" s_client "$version" -connect "$address:$port" -quiet -no_ign_eof \
		<"$tmp/message" >"$tmp/client" 2>&1 || diag "$(tail -n 3 "$tmp/client")"
	wait_for ends 1 "$tmp/server"
	traced "$name" 1
	is "$(json "select(.pid == $server and .dir == \"in\") | .local" | uniq)" "$address:$port" \
		"$name: the server's end of the connection"
	server_ends
	ok "$name: and that is the message" cmp <(the_text openssl out) "$tmp/message"
}

openssl_talks 'OpenSSL 3' libssl -tls1_3 '[::1]' openssl

old=$hp_store/hotprobe-lab/openssl-1.1
if unpack bullseye "$old" openssl libssl1.1; then
	libraries=$old/usr/lib/$(gcc -print-multiarch)
	for version in -tls1_2 -tls1_3; do
		openssl_talks "OpenSSL 1.1, $version" "$libraries/libssl.so.1.1" "$version" 127.0.0.1 \
			env LD_LIBRARY_PATH="$libraries" "$old/usr/bin/openssl"
	done
else
	skip 'OpenSSL 1.1' "Debian bullseye's cannot be had: $(tail -n 1 "$old.log")"
fi

# ---- curl ----------------------------------------------------------------------------------------

mkdir "$tmp/www"
cp "$tmp/message" "$tmp/www/"
free_port
server nghttpd -d "$tmp/www" "$port" "$key" "$cert"
trace --where 'comm == "curl" || comm == "nghttpd"'
curl -sk --http2 -w '%{http_version}\n' -o "$tmp/page" "https://127.0.0.1:$port/message" >"$tmp/version"
traced 'HTTP/2' 1
server_ends
is "$(<"$tmp/version")" 2 'HTTP/2: it is'
ok 'HTTP/2: curl has got the message' cmp "$tmp/page" "$tmp/message"
like "$(the_text curl out | head -n 1)" '^PRI \* HTTP/2.0' 'HTTP/2: how it begins'

free_port
server openssl s_server -accept "$port" -cert "$cert" -key "$key" -WWW
trace --where 'comm == "curl"'
(cd "$tmp/www" && curl -sk --http1.1 -o "$tmp/page" "https://127.0.0.1:$port/message")
stop_hotprobe
server_ends
ok 'HTTP/1.1: pieces follow one another' spoken
like "$(the_text curl out)" $'^GET /message HTTP/1.1\r\nHost: 127.0.0.1' 'HTTP/1.1: what was asked'

# ---- GnuTLS --------------------------------------------------------------------------------------

free_port
server gnutls-serv --echo --quiet -p "$port" --x509certfile "$cert" --x509keyfile "$key"
trace --library libgnutls --where 'comm == "gnutls-cli" || comm == "gnutls-serv"'
head -n 1000 "$tmp/message" >"$tmp/lines"
# shellcheck disable=SC2094 # the end of what it reads waits for what it writes
gnutls-cli --insecure -p "$port" 127.0.0.1 < <(
	cat "$tmp/lines"
	echo the end
	# it leaves at the end of its input, whatever is on its way back
	wait_for ends 1 "$tmp/client"
) >"$tmp/client" 2>&1
traced 'GnuTLS' 1
server_ends
ok 'GnuTLS: it is what gnutls-cli was given' cmp <(the_text gnutls-cli out) \
	<(cat "$tmp/lines"; echo the end)

# its package for those who build with it is not needed
if ok 'a program that repeats a call without its text is built' gcc -D_GNU_SOURCE -pthread \
	-o "$tmp/resend" "$hp_root/tests/fixtures/resend.c" -l:libgnutls.so.30; then
	run_hotprobe ssl -l libgnutls --where 'dir == "out"' -- "$tmp/resend" "$cert" "$key"
	like "$(<"$out")" '16000 [1-9]' 'it had to repeat it'
	like "$(<"$out")" $' out .* 16000\n +<EFAULT>(\n|$)' 'what it says then is there, but for the text'
fi

# ---- NSS -----------------------------------------------------------------------------------------

mkdir "$tmp/nss"
openssl pkcs12 -export -in "$cert" -inkey "$key" -name localhost -passout pass: -out "$tmp/key.p12"
certutil -N -d "sql:$tmp/nss" --empty-password
pk12util -i "$tmp/key.p12" -d "sql:$tmp/nss" -W '' >/dev/null
free_port
server selfserv -d "sql:$tmp/nss" -n localhost -p "$port"
trace --library libnspr4 --where 'comm == "tstclnt" || comm == "selfserv"'
printf 'GET /stop HTTP/1.0\r\n\r\n' >"$tmp/request"
tstclnt -d "sql:$tmp/nss" -h 127.0.0.1 -p "$port" -o <"$tmp/request" >"$tmp/client" 2>&1
stop_hotprobe
server_ends
ok 'NSS: nothing is lost' lost_nothing
ok 'NSS: pieces follow one another' spoken
ok 'NSS: what its client says' cmp <(the_text tstclnt out) "$tmp/request"
ok 'NSS: what its server hears' cmp <(the_text selfserv in) "$tmp/request"
like "$(the_text tstclnt in)" '^HTTP/1.0 200 OK' 'NSS: what its client hears'
is "$(json 'select(.comm == "tstclnt") | .remote' | sort -u)" "127.0.0.1:$port" 'NSS: the socket'

done_testing
