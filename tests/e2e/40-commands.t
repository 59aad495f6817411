#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The commands beside run, and a user's own probes.
. "$(dirname "$0")/lib.sh"

fixtures=$hp_root/tests/fixtures
own=$XDG_CONFIG_HOME/hotprobe

run_hotprobe --help
is "$status" 0 '--help'
for word in run list show edit check --where --output; do
	like "$(<"$out")" "(^|[^a-z])$word([^a-z]|\$)" "--help tells of $word"
done
run_hotprobe exec --help
like "$(<"$out")" 'trace programs as they start' 'a probe has its own help'
like "$(<"$out")" '-A, --args=N +keep at most N arguments' 'with its options'
run_hotprobe "$fixtures/options.c" -h
like "$(<"$out")" '-f, --flag +on or off' 'also one that is not installed'
run_hotprobe --version
like "$(<"$out")" '^hotprobe [^ ]+' '--version'
run_hotprobe
is "$status" 2 'no probe at all is wrong usage'

run_hotprobe list
like "$(<"$out")" 'exec +trace programs as they start' 'list: the bundled probes'
like "$(<"$out")" $'(^|\n)write +' 'all of them'
run_hotprobe list tracepoints 'syscalls:sys_enter_execve*'
is "$(<"$out")" $'syscalls:sys_enter_execve\nsyscalls:sys_enter_execveat' 'list tracepoints'
run_hotprobe list tracepoints syscalls:sys_exit_write -v
like "$(<"$out")" 'long ret' 'with their fields under -v'
run_hotprobe list uprobes "$(type -P bash)" 'readl*e'
is "$(<"$out")" readline 'list uprobes: an exported function of a stripped program'
run_hotprobe list uprobes c 'getaddrinf?' -v
like "$(<"$out")" '^getaddrinfo  offset 0x[0-9a-f]+, [0-9]+ bytes$' 'list uprobes: of a library, with its place'
run_hotprobe list uprobes c getaddrinfoo
is "$status" 1 'list uprobes: a function that is not there'
like "$(<"$err")" 'did you mean getaddrinfo' 'list uprobes: what was meant'
run_hotprobe list uprobes /nowhere
like "$(<"$err")" 'there is no file /nowhere' 'list uprobes: a file that is not there'
run_hotprobe list uprobes
is "$status" 2 'list uprobes: without a file'
gcc -o "$tmp/usdt" "$hp_root/tests/fixtures/probed.c"
run_hotprobe list usdt "$tmp/usdt" -v
like "$(<"$out")" ':[a-z]+  .*@' 'list usdt: static probes with their arguments'
run_hotprobe list usdt "$tmp/usdt" nothing
like "$(<"$err")" "no static probe of .* matches 'nothing'" 'list usdt: one that is not there'
run_hotprobe list functions 'vfs_rea*'
is "$status" 0 'list functions'
like "$(<"$out")" 'vfs_read' 'by a pattern'
run_hotprobe show exec
is "$(tail -n +2 "$out" | tail -n 5)" "$(tail -n 5 "$hp_root/bpf_src/exec.c")" 'show: the source'
like "$(<"$out")$(<"$err")" '/exec\.c' 'and where it came from'

run_hotprobe check exec
is "$status" 0 'check: a good probe'
for probe in open write; do
	run_hotprobe check "$probe"
	is "$status" 0 "check $probe"
done
for probe in sockalloc tcpconnect; do
	run_hotprobe check "$probe" -v
	like "$(<"$err")" '\.c: [0-9]+ programs' "check $probe: compiles"
	if [[ -e /sys/bus/event_source/devices/kprobe ]]; then
		is "$status" 0 "check $probe: and can be attached"
	else
		# asked last: the verifier has taken it by then
		like "$status $(<"$err")" '^1 .*kprobe (sock_alloc_file|tcp_v[46]_connect): .*CONFIG_KPROBES' \
			"check $probe: and is refused only because there are no kprobes"
	fi
done
sed 's/e\.pid = /e.pidd = /' "$fixtures/debug.c" >"$tmp/broken.c"
run_hotprobe check "$tmp/broken.c"
is "$status" 1 'check: a broken probe'
like "$(<"$err")" "broken\.c:$(grep -n pidd "$tmp/broken.c" | cut -d : -f 1):" 'names the file and the line'
run_hotprobe check exce
is "$status" 1 'a probe that does not exist'
like "$(<"$err")" 'exec' 'the nearest name is offered'

# ---- a user's own probes -------------------------------------------------------------------------

cat >"$tmp/editor" <<'EDITOR'
#!/bin/sh
sed -i "s/trace programs as they start/my own exec/" "$1"
EDITOR
chmod +x "$tmp/editor"
EDITOR=$tmp/editor VISUAL='' run_hotprobe edit exec
is "$status" 0 'edit: a copy of a bundled probe'
ok 'lies in the own folder' grep -q 'my own exec' "$own/exec.c"
ok 'the bundled one is as it was' grep -q 'trace programs as they start' "$hp_root/bpf_src/exec.c"
run_hotprobe list
like "$(<"$out")" 'exec +my own exec' 'list: the own one instead of the bundled one'
run_hotprobe exec -o json -- /bin/true
is "$(json .comm)" true 'it runs under its name'
run_hotprobe exec --help
like "$(<"$out")" 'my own exec' 'with its own help'
cp "$fixtures/debug.c" "$own/mine.c"
sed -i 's/ \* debug - / * mine - /' "$own/mine.c"
run_hotprobe list
like "$(<"$out")" 'mine +says with debugf' 'list: one that is only one'\''s own'
printf '#!/bin/sh\necho "nonsense here;" >>"$1"\n' >"$tmp/editor"
EDITOR=$tmp/editor VISUAL='' run_hotprobe edit mine
is "$status" 1 'edit: what was saved is checked'
like "$(<"$err")" 'mine\.c:[0-9]+' 'and the fault shown'
rm "$own/mine.c"
chmod 666 "$own/exec.c"
run_hotprobe exec -- /bin/true
is "$status" 1 'a probe that others could write is refused'
like "$(<"$err")" 'writ' 'with the reason'

done_testing
