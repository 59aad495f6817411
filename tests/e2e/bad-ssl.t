#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The probe ssl where there is nothing for it.
. "$(dirname "$0")/bad.sh"

fails 'a library that has none of its functions' 1 'libc has none of SSL_do_handshake, SSL_read, ' \
	'-v tells more' ssl --library libc
is "$(grep -oE '\<(libc|SSL_[a-z_]+|gnutls_[a-z_]+|PR_[A-Za-z]+)' "$err" | sort | uniq -d)" '' \
	'which names it and each function once'
fails 'a library that is missing' 1 'there is no library and no program called libnosuch' \
	'give its path' ssl --library libnosuch
fails 'a file that is missing' 1 'there is no file /nosuch/libssl.so' '' ssl --library /nosuch/libssl.so
fails 'a file that is no library' 1 '/etc/passwd is not an ELF program' '' ssl --library /etc/passwd
fails 'a process without OpenSSL' 1 "process $$ has not loaded a library libssl" "/proc/$$/exe" ssl -p $$
fails 'a process that is not there' 1 'there is no process 2147483647' '' ssl -p 2147483647
fails 'no text at all' 2 '--max' '' ssl --max 0
fails 'more than there can be' 2 '--max' '' ssl --max 9M

# an ELF header of a machine with 32 bits: EI_CLASS is its fifth byte (elf(5))
cp /bin/true "$tmp/small"
printf '\001' | dd of="$tmp/small" bs=1 seek=4 conv=notrunc status=none
fails 'a program of 32 bits' 1 "$tmp/small" '' ssl --library "$tmp/small"

hp_via=(setpriv --reuid 65534 --regid 65534 --clear-groups)
chmod 755 "$tmp"
fails 'without privileges' 1 'root' '' ssl
hp_via=()

done_bad
