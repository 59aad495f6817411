#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What gotls cannot trace, and why: no program of Go, none of this machine's kind, none that uses
# crypto/tls, one of which a part is missing; and key logs that it must not write.
store=${XDG_CACHE_HOME:-$HOME/.cache}
. "$(dirname "$0")/bad.sh"

cat >"$tmp/hello.go" <<'EOF'
package main

func main() {
	println("hello")
}
EOF

# built FILE SOURCE [FLAG...]: a program, in $GOARCH's code
built() {
	if ! XDG_CACHE_HOME=$store "$hp_root/scripts/go" build 1.19 "$tmp/$1" "${@:2}" 2>"$tmp/said"; then
		diag "$(tail -n 5 "$tmp/said")"
		exit 1
	fi
}

# altered FILE OF PERL: a copy in which PERL has changed something
altered() {
	perl -0777 -pe "$3" "$tmp/$2" >"$tmp/$1"
	! cmp -s "$tmp/$1" "$tmp/$2" || diag "$1 is as it was"
}

built hello "$tmp/hello.go"
GOARCH=386 built hello.386 "$tmp/hello.go"
GOARCH=arm64 built hello.arm64 "$tmp/hello.go"
built talk "$hp_root/tests/fixtures/go/talk" -ldflags '-s -w'

# ---- which program -------------------------------------------------------------------------------

fails 'neither a program nor a process' 2 'gotls needs --binary FILE or -p PID' 'the Go program' gotls
fails 'a file that is missing' 1 'there is no file /nosuch/program' '' gotls -b /nosuch/program
fails 'a folder' 1 '/usr is not a regular file' '' gotls -b /usr
fails 'a program that is not in PATH' 1 'no program called nosuchprogram' 'give its path' gotls -b nosuchprogram
fails 'a text' 1 '/etc/passwd is not an ELF program' 'name its interpreter' gotls -b /etc/passwd
: >"$tmp/empty"
fails 'an empty file' 1 'empty is not an ELF program' '' gotls -b "$tmp/empty"
fails 'a program in C' 1 '/bin/true is not a Go program' 'if it was packed, unpack it' gotls -b /bin/true
fails 'a 32-bit program' 1 'hello.386 is a 32-bit program' '64-bit build' gotls -b "$tmp/hello.386"
fails 'one for another processor' 1 'hello.arm64 is for another architecture' "this machine's own kind" \
	gotls -b "$tmp/hello.arm64"
fails 'one without crypto/tls' 1 'it has no function of package crypto/tls at all, so it does not use it' '' \
	gotls -b "$tmp/hello"

sleep infinity &
other=$!
fails 'a process in C' 1 'sleep is not a Go program' '' gotls -p "$other"
kill "$other"
wait "$other" 2>/dev/null
fails 'a process that is gone' 1 "there is no process $other" '' gotls -p "$other"
fails 'a number that is none' 2 "'x' is not the number of a process" 'pgrep' gotls -p x
thread=$(ps -o pid= --ppid 2 | head -n 1)
if [[ $thread ]]; then
	fails 'a thread of the kernel' 1 "process ${thread// /} runs no program: it is a thread of the kernel" '' \
		gotls -p "${thread// /}"
else
	skip 'a thread of the kernel' 'none is seen here'
fi

# ---- what is missing in it -----------------------------------------------------------------------

altered version talk 's/go1\.19\.8/gone.bes/g'
fails 'a version that is none' 1 "a version of Go that calls itself 'gone.bes'" 'build the program with a release' \
	gotls -b "$tmp/version"
altered info talk 's/\xff Go buildinf:/\xff No buildinf:/g'
fails 'build information that was removed' 1 'is a Go program, but does not tell the version of Go' 'build it anew' \
	gotls -b "$tmp/info"
altered table talk 's/[\xf0\xf1]\xff\xff\xff\x00\x00\x01\x08/\xf7\xff\xff\xff\x00\x00\x01\x08/g'
fails 'one without any table of functions' 1 'has no symbols at all' 'not stripped' gotls -b "$tmp/table"
for size in 70 5000 1500000 3000000; do
	head -c "$size" "$tmp/talk" >"$tmp/cut"
	fails "only the first $size bytes of one" 1 'cut is cut short' 'copy or build it anew' gotls -b "$tmp/cut"
done
# what is missing here is not needed
altered sections talk 'substr($_, 0x28, 8) = "\0" x 8; substr($_, 0x3a, 6) = "\0" x 6'
run_hotprobe gotls -b "$tmp/sections" -d 0.01
is "$status" 0 'a program without section headers is traced'
altered newer talk 's/go1\.19\.8/go1.99.8/g'
run_hotprobe gotls -b "$tmp/newer" -d 0.01
is "$status" 0 'as is one of a Go that is to come'

# ---- options -------------------------------------------------------------------------------------

fails 'a limit of nothing' 2 "--max: '0' is not in the range 1 to 8M" '' gotls -b "$tmp/talk" --max 0
fails 'a limit that is too large' 2 "--max: '9M' is not in the range" '' gotls -b "$tmp/talk" --max 9M
fails 'a limit that is none' 2 "--max: 'much' is not a number of bytes" '' gotls -b "$tmp/talk" --max much

# ---- key logs ------------------------------------------------------------------------------------

ln -s "$tmp/target" "$tmp/link"
fails 'a symlink for a key log' 1 'link' '' gotls -b "$tmp/talk" --keylog "$tmp/link"
ok 'and nothing is where it points' test ! -e "$tmp/target"
fails 'a folder' 1 "$tmp" '' gotls -b "$tmp/talk" --keylog "$tmp"
echo private >"$tmp/readable"
chmod 644 "$tmp/readable"
fails 'a key log that others can read' 1 'readable' 'chmod' gotls -b "$tmp/talk" --keylog "$tmp/readable"
is "$(<"$tmp/readable")" private 'and it is left alone'
install -m 600 -o 65534 /dev/null "$tmp/foreign"
fails "somebody else's" 1 'foreign' '' gotls -b "$tmp/talk" --keylog "$tmp/foreign"
fails 'one in no folder' 1 '/nosuch/keys' '' gotls -b "$tmp/talk" --keylog /nosuch/keys
fails 'one where nothing can be made' 1 '/proc/keys-of-tls' '' gotls -b "$tmp/talk" --keylog /proc/keys-of-tls

# ---- rights --------------------------------------------------------------------------------------

chmod 755 "$tmp"
mkdir "$tmp/copy"
cp -r "$hp_root/bpf_src" "$tmp/copy/"
mkdir "$tmp/copy/build"
cp "$hp_root"/build/hotprobe{,-cc} "$tmp/copy/build/"
chmod -R a+rX "$tmp/copy" "$tmp/talk"
hp=$tmp/copy/build/hotprobe
hp_via=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fails 'nobody' 1 'tracing needs CAP_BPF and CAP_PERFMON' 'run it as root' gotls -b "$tmp/talk"
fails 'nobody, with a key log' 1 'tracing needs CAP_BPF and CAP_PERFMON' 'run it as root' \
	gotls -b "$tmp/talk" --keylog /tmp/hotprobe-keys-of-nobody
ok 'for which no file is made' test ! -e /tmp/hotprobe-keys-of-nobody
hp_via=()
rm -f /tmp/hotprobe-keys-of-nobody

done_bad
