#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every bundled probe on this kernel, against the header source $HEADERS (auto: the installed
# headers; btf), on a workload whose every value is known. One compile a probe: under emulation that
# is what takes the time.
. "$(dirname "$0")/../e2e/lib.sh"

HEADERS=${HEADERS:-auto}
what="with --headers $HEADERS"

# probe NAME ARGS...: start it; fails the file if it cannot be attached
probe() {
	start_hotprobe "$1" -o json --headers "$HEADERS" "${@:2}"
	if [[ $HEADERS == auto ]]; then
		like "$(<"$err")" 'header source: kernel headers' "$1 is compiled against installed headers"
	else
		like "$(<"$err")" 'header source: kernel BTF' "$1 is compiled against kernel BTF"
	fi
}

# ended: stop it, and everything must have been accounted for
ended() {
	stop_hotprobe
	is "$status" 0 "$1 $what ends well"
	like "$(<"$err")" ' 0 lost' "$1 $what lost nothing"
}

# ---- exec ----------------------------------------------------------------------------------------
probe exec --failed --env
bash -c 'echo $$; exec -a zero env -i A=1 "B=2 3" /bin/true "x y" "" z' >"$tmp/pid" 2>/dev/null
/nonexistent/program 2>/dev/null
ended exec
pid=$(<"$tmp/pid")
is "$(json "select(.pid == $pid and .comm == \"true\") | [.ret, .ppid, .uid, .argc, .file, .args, .env] | tojson")" \
	"[0,$$,0,4,\"/bin/true\",[\"/bin/true\",\"x y\",\"\",\"z\"],[\"A=1\",\"B=2 3\"]]" \
	"exec $what: parent, user, arguments, environment of a program that started"
is "$(json "select(.pid == $pid and .comm == \"env\") | [.argc, .args[0]] | tojson")" '[8,"zero"]' \
	"exec $what: a program's zeroth argument is what it was given"
is "$(json 'select(.file == "/nonexistent/program") | [.ret, .argc] | tojson')" '[-2,1]' \
	"exec $what: a program that could not start"

# ---- open ----------------------------------------------------------------------------------------
probe open
perl -e '
	use Fcntl;
	sysopen(my $a, "'"$tmp"'/made", O_RDWR | O_CREAT | O_EXCL, 0600) or die;
	sysopen(my $b, "'"$tmp"'/missing", O_RDONLY);
' &
wait $!
pid=$!
ended open
is "$(json "select(.pid == $pid and (.path | endswith(\"/made\"))) | [.comm, .ret >= 3, .flags] | tojson")" \
	'["perl",true,"02000302"]' "open $what: a file that is made"
is "$(json "select(.pid == $pid and (.path | endswith(\"/missing\"))) | [.ret, .flags] | tojson")" \
	'[-2,"02000000"]' "open $what: a file that is missing"

# ---- write ---------------------------------------------------------------------------------------
probe write
perl -e '
	use POSIX;
	open my $full, ">", "/dev/full"; open my $null, ">", "/dev/null";
	POSIX::dup2(fileno $full, 50); POSIX::dup2(fileno $null, 51);
	POSIX::write(51, "x" x $_, $_) for 1 .. 300;
	POSIX::write(50, "abc", 3);
' &
wait $!
pid=$!
ended write
is "$(json_count "select(.pid == $pid and .fd == 51)")" 300 "write $what: each of 300 calls"
is "$(json -s "map(select(.pid == $pid and .fd == 51) | select(.ret == .size and .tid == .pid)) | map(.size) | add")" \
	45150 "write $what: sizes and results"
is "$(json "select(.pid == $pid and .fd == 50) | [.size, .ret] | tojson")" '[3,-28]' \
	"write $what: a call that fails"

# ---- sockalloc -----------------------------------------------------------------------------------
probe sockalloc
perl -e '
	use Socket qw(:all);
	socket(my $a, AF_INET, SOCK_STREAM, IPPROTO_TCP) or die;
	socket(my $b, AF_INET, SOCK_DGRAM | 02000000, IPPROTO_UDP) or die;
	socket(my $c, AF_UNIX, SOCK_STREAM, 0) or die;
	socket(my $d, AF_INET6, SOCK_STREAM | 04000, IPPROTO_TCP) or die;
	socketpair(my $e, my $f, AF_UNIX, SOCK_DGRAM, 0) or die;
' &
wait $!
pid=$!
ended sockalloc
# perl asks for close-on-exec by itself where the kernel can do it
is "$(json -s "map(select(.pid == $pid) | [.type, .family, .protocol, .ret]) | tojson")" \
	'[[1,"AF_INET",6,0],[2,"AF_INET",17,0],[1,"AF_UNIX",0,0],[1,"AF_INET6",6,0],[2,"AF_UNIX",0,0],[2,"AF_UNIX",0,0]]' \
	"sockalloc $what: type, family, protocol of each socket"
like "$(json -s "map(select(.pid == $pid) | .flags) | tojson")" '"0?20*0*00"' \
	"sockalloc $what: the flags of the socket's file"

# ---- tcpconnect ----------------------------------------------------------------------------------
ip link set lo up
# what has got its port has no way there any more
ip route add 203.0.113.0/24 dev lo
ip rule add pref 100 to 203.0.113.0/24 ipproto 6 sport 1024-65534 unreachable
probe tcpconnect
perl -e '
	use Socket qw(:all);
	alarm 60;
	socket(my $l, AF_INET, SOCK_STREAM, 0); bind($l, sockaddr_in(5555, inet_aton("127.0.0.1"))) or die; listen($l, 5);
	socket(my $m, AF_INET6, SOCK_STREAM, 0); bind($m, pack_sockaddr_in6(5556, inet_pton(AF_INET6, "::1"))) or die; listen($m, 5);
	socket(my $c, AF_INET, SOCK_STREAM, 0); bind($c, sockaddr_in(6001, inet_aton("127.0.0.2"))); connect($c, sockaddr_in(5555, inet_aton("127.0.0.1"))) or die $!;
	socket(my $d, AF_INET6, SOCK_STREAM, 0); bind($d, pack_sockaddr_in6(6002, inet_pton(AF_INET6, "::1"))); connect($d, pack_sockaddr_in6(5556, inet_pton(AF_INET6, "::1"))) or die $!;
	socket(my $e, AF_INET, SOCK_STREAM, 0); connect($e, sockaddr_in(9, inet_aton("240.0.0.1")));
	socket(my $f, AF_INET, SOCK_STREAM, 0); connect($f, sockaddr_in(7, inet_aton("127.0.0.1"))) and die;
	socket(my $g, AF_INET, SOCK_STREAM, 0); connect($g, sockaddr_in(11, inet_aton("203.0.113.1"))) and die;
' &
wait $!
pid=$!
ended tcpconnect
is "$(json "select(.pid == $pid and .dport == 5555) | [.comm, .family, .saddr, .sport, .daddr, .ret] | tojson")" \
	'["perl","AF_INET","127.0.0.2",6001,"127.0.0.1",0]' "tcpconnect $what: an IPv4 connection"
is "$(json "select(.pid == $pid and .dport == 5556) | [.family, .saddr, .sport, .daddr, .ret] | tojson")" \
	'["AF_INET6","::1",6002,"::1",0]' "tcpconnect $what: an IPv6 connection"
like "$(json "select(.pid == $pid and .dport == 9) | [.daddr, .ret] | tojson")" '^\["240.0.0.1",-[0-9]+\]$' \
	"tcpconnect $what: one that cannot be begun"
is "$(json "select(.pid == $pid and (.dport == 7 or .dport == 11)) | [.dport, .ret, .sport > 1023] | tojson" | tr '\n' ' ')" \
	'[7,0,true] [11,-101,true] ' "tcpconnect $what: the local port of one that is refused, and of one that then fails"
ip rule del pref 100
ip route del 203.0.113.0/24 dev lo

done_testing
