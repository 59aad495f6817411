#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe ssl: what it prints is what was said, byte for byte, in order, on the right connection.
. "$(dirname "$0")/tls.sh"

if ! ok 'the program that speaks is built' tlstalk "$tmp/tlstalk"; then
	done_testing
fi
sizes='1 2 100 16383 16384 16385 65537 1048576'
with="$tmp/records $cert $key"
cat >"$tmp/talks" <<TALKS
TLS 1.3: $tmp/tlstalk $with $sizes
TLS 1.2, _ex: $tmp/tlstalk -2 -x $with $sizes
IPv6, sockets that do not block: $tmp/tlstalk -6 -b $with $sizes
writes in part: $tmp/tlstalk -x -b -p $with $sizes
TLS within TLS: $tmp/tlstalk -t -n 3 $with 1 2 100 65537
TLS over memory: $tmp/tlstalk -m $with 1 2 100 16385 65537
100 connections at once, and 100 in their places: $tmp/tlstalk -n 100 -r 2 $with 1 2 100 16385
TALKS
talks
ok 'it is JSON' json_is_valid
isnt "$(json_count '.data == null')" 0 'what is not text is base64'
is "$(json_count '.offset == 1032192 and .length == 1048576 and .dir == "out"')" 6 \
	'a megabyte comes in as many pieces as it has to, at both ends'
memory=$(sed -n 's/ TLS over memory.*//p' "$tmp/pids")
is "$(json "select(.pid == $memory) | [.fd, .local, .remote] | tojson" | sort -u)" '[null,null,null]' \
	'TLS over memory is on no known socket, whatever socket the thread uses besides'

if ok 'it is built with its OpenSSL linked in' tlstalk "$tmp/static" -static; then
	echo "a static program: $tmp/static $with 1 2 100 65537" >"$tmp/talks"
	talks --library "$tmp/static"
fi

# ---- what is printed -----------------------------------------------------------------------------

mkdir "$tmp/other"
run_hotprobe ssl -o json --max 100 -- "$tmp/tlstalk" "$tmp/other" "$cert" "$key" 98 65536
is "$(json 'select(.length > 100) | [.offset, (.data | length), .data_cut] | tojson' | sort -u)" \
	'[0,100,true]' '--max: the first bytes, once, and that there were more'
is "$(json 'select(.length == 98 and .dir == "out") | [.offset, (.data | length), .data_cut] | tojson')" \
	$'[0,98,null]\n[0,98,null]' '--max: what is short is whole'
run_hotprobe ssl --hex --where 'length == 17 && dir == "out"' -- \
	"$tmp/tlstalk" "$tmp/other" "$cert" "$key" 16 17 18
is "$(grep -c ' out ' "$out")/$(grep -c ' in ' "$out")" '2/0' '--where: only these'
like "$(<"$out")" $'\n +00000000  ([0-9a-f]{2} +){16}.*\n +00000010  [0-9a-f]{2} ' '--hex: dumps'
done_testing
