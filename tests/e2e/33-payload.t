#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Payloads, endpoints and descriptors, as a probe sends them: table, hex dump, JSON, CSV.
. "$(dirname "$0")/lib.sh"

probe=$hp_root/tests/fixtures/payloads.c
cat >"$tmp/say.pl" <<'WORKER'
use POSIX;
open my $null, ">", "/dev/null";
POSIX::dup2(fileno($null), 77);
for (@ARGV) { open my $in, "<:raw", $_; local $/; my $said = <$in>; POSIX::write(77, $said, length $said) }
WORKER
perl=$(command -v perl)
printf 'GET / HTTP/1.1\r\nHost: \xc3\xbc\r\n\r\n' >"$tmp/text"
printf '\x1b[2J\x00\xff\n 1234 77 127.0.0.1:443' >"$tmp/binary"
head -c 4096 /dev/urandom >"$tmp/random"
head -c 5000 /dev/zero | tr '\0' a >"$tmp/long"

# say ARGS... -- FILE...: what the probe prints when these are written
say() {
	local args=()
	while [[ $1 != -- ]]; do
		args+=("$1")
		shift
	done
	shift
	run_hotprobe "$probe" "${args[@]}" -- "$perl" "$tmp/say.pl" "$@"
}

# ---- tables --------------------------------------------------------------------------------------

say --fields fd,local,length,data -- "$tmp/text" "$tmp/binary"
is "$status" 0 'a probe of payloads'
is "$(<"$out")" \
	'FD   LOCAL                  LENGTH
77   127.0.0.1:443              28
    GET / HTTP/1.1\r
    Host: ü\r
    \r
77   127.0.0.1:443              29
    \x1b[2J\x00\xff
     1234 77 127.0.0.1:443' 'a payload is lines below its row, and does no harm'
like "$(<"$err")" '^hotprobe: 2 events printed, 0 lost' 'each is one event'
say --hex --offset 256 --fields data -- "$tmp/binary"
is "$(<"$out")" \
	'    00000100  1b 5b 32 4a 00 ff 0a 20  31 32 33 34 20 37 37 20  |.[2J... 1234 77 |
    00000110  31 32 37 2e 30 2e 30 2e  31 3a 34 34 33           |127.0.0.1:443|' \
	'a hex dump goes on from where the piece starts'
say --hex --fields data -- "$tmp/random"
is "$(sed 's/^    //; s/  |.*//' "$out" | cut -c 11- | tr -d ' \n' | tr a-f A-F | basenc -d --base16 |
	cmp - "$tmp/random" 2>&1)" '' \
	'and has every byte'
say --fields fd,data -- "$tmp/long"
is "$(tail -n 1 "$out")/$(sed -n 3p "$out" | wc -c)" '    .../4101' 'one that was cut says so'
say --unreadable --fields fd,data -- "$tmp/text"
is "$(<"$out")" $'FD\n77\n    <EFAULT>' 'as does one that could not be read'
say --fields pid,length -- "$tmp/text"
is "$(wc -l <"$out")" 2 '--fields without it: no lines of it'
say --family 0 --fields fd,local -- "$tmp/text"
is "$(tail -n 1 "$out" | tr -s ' ')" ' - -' 'what is not known is a dash'
say --family 10 --fields local -- "$tmp/text"
is "$(tail -n 1 "$out")" '[2001:db8::1]:443' 'IPv6'

# ---- JSON, CSV -----------------------------------------------------------------------------------

say -o json -- "$tmp/text" "$tmp/random" "$tmp/long"
ok 'JSON: one object a line' json_is_valid
is "$(json 'select(.length == 28) | .data' | cmp - <(cat "$tmp/text"; echo) 2>&1)" '' 'text is text'
is "$(json 'select(.length == 4096) | .data_base64' | base64 -d | cmp - "$tmp/random" 2>&1)" '' \
	'what is no text is base64'
is "$(json 'select(.length == 4096) | has("data")')" false 'under another name only'
is "$(json 'select(.length == 5000) | "\(.data | length) \(.data_cut)"')" '4096 true' 'what was cut'
is "$(json '"\(.fd) \(.local)"' | sort -u)" '77 127.0.0.1:443' 'descriptor and endpoint'
say --unreadable --family 0 -o json --fields fd,local,data -- "$tmp/text"
is "$(<"$out")" '{"fd":null,"local":null,"data":null,"data_errno":-14}' 'what is not known is null'
say -o csv --fields fd,local,data -- "$tmp/random"
printf '%b' "$(tail -n 1 "$out" | sed 's/^77,127.0.0.1:443,//; s/^"\(.*\)"$/\1/; s/""/"/g')" >"$tmp/again"
ok 'CSV: escaped as a shell reads it, with no byte lost' cmp "$tmp/again" "$tmp/random"
say --hex --family 0 -o csv --fields fd,local,data -- "$tmp/binary"
is "$(tail -n 1 "$out")" ",,$(od -An -v -tx1 "$tmp/binary" | tr -d ' \n')" 'a hex dump is hexadecimal'

# ---- filters -------------------------------------------------------------------------------------

say --where 'local.port == 443 && data.size > 4000' -o json -- "$tmp/text" "$tmp/long"
is "$(json .length)" 5000 '--where: members of what is a struct'
for expr in 'local == 443' 'data > 5'; do
	say --where "$expr" -- "$tmp/text"
	is "$status" 2 "but not it itself: $expr"
	like "$(<"$err")" "this field is a struct: compare .* as in FIELD[.]" 'and it says what to do'
done

done_testing
