#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What gotls prints, and of whom: table, hex dump, JSON, --max, -p, filters.
. "$(dirname "$0")/gotls.sh"

talk=$tmp/talk
go_build 1.19 "$talk" talk

# ---- one request and its answer ------------------------------------------------------------------

ok 'a server' serve "$talk" -kind say
said=$'GET / HTTP/1.1\r\nHost: talk\r\n\r\n\033[31mred\xff'
say=("$talk" call -kind say -say "$said" "$address")

run_hotprobe gotls -b "$talk" -- "${say[@]}"
is "$status" 0 'table: ends well'
is "$(sed -n 1p "$out" | tr -s ' ')" 'TIME PID COMM DIR CONN FD LOCAL REMOTE OFFSET LENGTH' 'table: its header'
like "$(sed -n 2p "$out" | tr -s ' ')" \
	"^[0-9:.]+ [0-9]+ talk out 0xc[0-9a-f]+ 3 127\.0\.0\.1:[0-9]+ $address 0 39\$" 'table: what was written'
is "$(sed -n 3,6p "$out")" $'    GET / HTTP/1.1\\r\n    Host: talk\\r\n    \\r\n    \\x1b[31mred\\xff' \
	'table: the text, without its control characters'
like "$(sed -n 7p "$out" | tr -s ' ')" ' talk in 0xc[0-9a-f]+ 3 127\.0\.0\.1:[0-9]+ .* 0 41$' \
	'table: what was read'
is "$(sed -n 8p "$out")" '    GET / HTTP/1.1\r' 'table: and its text'
is "$(wc -l <"$out")" 11 'table: nothing else'
like "$(<"$err")" '2 events printed, 0 lost' 'table: both were counted'
conn=$(sed -n 2p "$out" | awk '{ print $5 }')
is "$(sed -n 7p "$out" | awk '{ print $5 }')" "$conn" 'table: one connection'

run_hotprobe gotls -b "$talk" --hex -- "${say[@]}"
is "$(sed -n 3,5p "$out" | tr -s ' ')" ' 00000000 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a |GET / HTTP/1.1..|
 00000010 48 6f 73 74 3a 20 74 61 6c 6b 0d 0a 0d 0a 1b 5b |Host: talk.....[|
 00000020 33 31 6d 72 65 64 ff |31mred.|' '--hex: every byte'

run_hotprobe gotls -b "$talk" -o json --max 9 -- "${say[@]}"
is "$(json '"\(.dir) \(.offset) \(.length) \(.data) \(.data_cut)"')" \
	$'out 0 39 GET / HTT true\nin 0 41 GET / HTT true' '--max: the beginning, and how long it was'
run_hotprobe gotls -b "$talk" -o json -- "${say[@]}"
is "$(json '.data_base64' | head -n 1 | base64 -d)" "$said" 'JSON: base64 for what is no text'
is "$(json 'select(.data) | .data' | head -n 1)" $'GET / HTTP/1.1\r' 'JSON: text for what is'
run_hotprobe gotls -b "$talk" -o json --where 'length > 40' -- "${say[@]}"
is "$(json .dir)" in '--where'
run_hotprobe gotls -b "$talk" -o json --fields dir,data --max 3 -- "${say[@]}"
is "$(jq -c . "$out")" $'{"dir":"out","data":"GET","data_cut":true}\n{"dir":"in","data":"GET","data_cut":true}' \
	'--fields'
ok 'the server ends' end_server
rm -f "$transcript"/*

# ---- large texts ---------------------------------------------------------------------------------

start_hotprobe gotls -b "$talk" -o json --max 20000 --buffer 32M
ok 'a conversation' converse "$talk" -sizes 1,19999,20000,20001,300000
stop_hotprobe
same_as_said '--max' -max 20000

start_hotprobe gotls -b "$talk" --hex --buffer 8M
ok 'a conversation' converse "$talk" -kind text -sizes 40000
stop_hotprobe
is "$(sed -n 's/^    \([0-9a-f]\{8\}\) .*/\1/p' "$out" | sort -u | wc -l)" 2500 \
	'--hex: each piece goes on where the one before it ended'
rm -f "$transcript"/*

start_hotprobe gotls -b "$talk" -o json --buffer 32M
ok 'a conversation' converse "$talk" -sizes 3000000
stop_hotprobe
same_as_said 'without --max, 2 MB of each text' -max 2097152

# ---- of whom -------------------------------------------------------------------------------------

ok 'a server' serve "$talk"
ok 'that is not traced yet' call "$talk" -sizes 10
start_hotprobe gotls -p "$server" -o json --buffer 8M
first=$server first_address=$address
ok 'another server of the same program' serve "$talk"
ok 'which is asked' call "$talk" -sizes 30
ok 'and ends' end_server
server=$first address=$first_address
# the transcript is of all that it said: the connection before is left out below
ok 'the first one is asked' call "$talk" -sizes 1,20000 -conns 3
stop_hotprobe
ok 'and ends' end_server
rm -f "$tmp/before"
mv "$transcript/$server.index" "$tmp/before"
sed 1d "$tmp/before" >"$transcript/$server.index"
same_as_said '-p' -pid "$server"

# A connection that was there before, whose server waits in Read: where that Read puts what it reads is
# not known. From the next one on everything is.
ok 'a server' serve "$talk" -kind say
mkfifo "$tmp/go-on"
"$talk" call -kind say -say 'good day' -requests 3 -hold "$address" <"$tmp/go-on" >"$tmp/held" &
client=$!
exec {go_on}>"$tmp/go-on"
ok 'a connection is there' hp_await "$tmp/held" . "$client"
start_hotprobe gotls -p "$server" -o json
echo >&"$go_on"
ok 'it goes on' wait "$client"
ok 'and ends' end_server
stop_hotprobe
is "$(json '"\(.dir) \(.length) \(.data) \(.data_errno)"')" 'in 8 null -61
out 8 GOOD DAY null
in 8 good day null
out 8 GOOD DAY null' 'a Read that had begun before: its length and ENODATA, then all that follows'
like "$(<"$err")" '4 events printed, 0 lost' 'all were counted'
rm -f "$transcript"/*

# ---- a comparison that cannot fail would be none -------------------------------------------------

start_hotprobe gotls -b "$talk" -o json --buffer 8M
ok 'a conversation' converse "$talk" -kind text -sizes 100,20000
stop_hotprobe
cp -r "$transcript" "$tmp/kept"
cp "$out" "$tmp/printed"
ok 'is printed as it was' same_as_said 'undamaged'
damage() { # NAME JQ-FILTER over the array of all events
	jq -c -s "$2 | .[]" "$tmp/printed" >"$out"
	"$tmp/compare" "$tmp/kept" "$out" >"$tmp/compared"
	is "$?" 1 "$1 is noticed"
}
damage 'another byte' '.[1].data |= "X" + .[1:]'
damage 'an event too few' 'del(.[3])'
damage 'an event twice' '.[0:3] + .[2:]'
damage 'another order' reverse
damage 'another length' '.[0].length += 1'
damage 'another descriptor' '.[0].fd += 1'
damage 'another address' '.[0].remote = "127.0.0.1:1"'
damage 'an unknown address' '.[0].local = null'
damage 'another connection' '.[0].conn = "0xc000000008"'
damage 'another direction' '.[0].dir = (if .[0].dir == "in" then "out" else "in" end)'
damage 'no event at all' '[]'

done_testing
