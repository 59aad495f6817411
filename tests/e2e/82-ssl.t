#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe ssl: what it prints is what was said, byte for byte, in order, on the right connection.
. "$(dirname "$0")/tls.sh"

sizes=(1 2 100 16383 16384 16385 65537 1048576)

# talk NAME PROGRAM PROBE-OPTIONS... -- ARGS...: trace PROGRAM ARGS, and compare
talk() {
	local name=$1 program=$2 options=()
	shift 2
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	rm -rf "$tmp/records"
	mkdir "$tmp/records"
	run_hotprobe ssl -o json --buffer "$buffer" "${options[@]}" -- "$program" "${flags[@]}" \
		"$tmp/records" "$cert" "$key" "$@"
	is "$status" 0 "$name: the program is not harmed"
	ok "$name: nothing is lost" lost_nothing
	ok "$name: pieces follow one another" spoken
	ok "$name: all of it is printed, as it was said, where it was said" as_recorded
}

if ! ok 'the program that speaks is built' tlstalk "$tmp/tlstalk"; then
	done_testing
fi
flags=()
talk 'TLS 1.3' "$tmp/tlstalk" -- "${sizes[@]}"
ok 'it is JSON' json_is_valid
isnt "$(json_count '.data == null')" 0 'what is not text is base64'
is "$(json -s 'map(select(.offset == 1032192 and .length == 1048576)) | length')" 2 \
	'a megabyte is so many pieces, at both ends that say it'
flags=(-2 -x)
talk 'TLS 1.2, _ex' "$tmp/tlstalk" -- "${sizes[@]}"
flags=(-6 -b)
talk 'IPv6, sockets that do not block' "$tmp/tlstalk" -- "${sizes[@]}"
flags=(-x -b -p)
talk 'writes in part' "$tmp/tlstalk" -- "${sizes[@]}"
flags=(-t -n 3)
talk 'TLS within TLS' "$tmp/tlstalk" -- 1 2 100 65537
flags=(-m)
talk 'TLS over memory, on no known socket' "$tmp/tlstalk" -- 1 2 100 16385 65537
is "$(json -s 'map([.fd, .local, .remote]) | unique | tojson')" '[[null,null,null]]' \
	'the socket that the thread uses besides is not taken for its'
flags=(-n 100 -r 2)
talk '100 connections at once, and 100 in their places' "$tmp/tlstalk" -- 1 2 100 16385

if ok 'it is built with its OpenSSL linked in' tlstalk "$tmp/static" -static; then
	flags=()
	talk 'a static program' "$tmp/static" --library "$tmp/static" -- 1 2 100 65537
fi

# ---- what is printed -----------------------------------------------------------------------------

mkdir "$tmp/other"
run_hotprobe ssl -o json --max 100 -- "$tmp/tlstalk" "$tmp/other" "$cert" "$key" 99 65536
is "$(json 'select(.length > 100) | [.offset, (.data | length), .data_cut] | tojson' | sort -u)" \
	'[0,100,true]' '--max: the first bytes, once, and that there were more'
is "$(json 'select(.length <= 100 and .dir == "out") | [.offset, .length, .data_cut] | tojson')" \
	$'[0,99,false]\n[0,99,false]' '--max: what is short is whole'
run_hotprobe ssl --where 'length == 7 && DIR_IS_OUT' -D 'DIR_IS_OUT=dir == "out"' -- \
	"$tmp/tlstalk" "$tmp/other" "$cert" "$key" 6 7 8
is "$(grep -c ' out ' "$out")/$(grep -c ' in ' "$out")" '2/0' '--where'
printf 'GET /\r\n\tx\0y' >"$tmp/text"
cat >"$tmp/python.py" <<'PYTHON'
PYTHON
run_hotprobe ssl --hex -- "$tmp/tlstalk" "$tmp/other" "$cert" "$key" 17
like "$(<"$out")" $'\n +00000000 +([0-9a-f]{2} ){8}.*\n +00000010 +[0-9a-f]{2} ' '--hex: a dump'

# ---- one process ---------------------------------------------------------------------------------

mkfifo "$tmp/go"
# two that speak, of which one is traced, by the library that it has loaded
for who in first second; do
	mkdir "$tmp/$who"
	(
		read -r _ <"$tmp/go"
		exec "$tmp/tlstalk" "$tmp/$who" "$cert" "$key" 33
	) &
	pids[${#pids[@]}]=$!
done
done_testing
