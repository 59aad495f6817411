#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Headers that tell other offsets, sizes or numbers than the running kernel's own types: found before
# anything is attached. The types are some that no release has changed.
. "$(dirname "$0")/bad.sh"
. "$(dirname "$0")/tree.sh"

tree=$tmp/tree probe=$tmp/probe.c
make_tree "$tree"
# headers TEXT: what <linux/part.h> declares
headers() {
	printf '#ifndef PART_H\n#define PART_H\n%s\n#endif\n' "$1" >"$tree/include/linux/part.h"
}
# reads STATEMENTS: a probe that does them, with a pointer p; they begin in line 8
reads() {
	cat >"$probe" <<-END
		#include <linux/part.h>
		#include "hotprobe.h"
		struct event { u64 sum; };
		EVENTS(events, struct event);
		RAW_TRACEPOINT_PROBE(sched_switch)
		{
			struct event e = {}; void *p = (void *)ctx->args[1];
			$1
			events_emit(ctx, &e);
			return 0;
		}
	END
}
# differs NAME WORDS: the probe is refused, in line 8, for that
differs() {
	run_hotprobe check "$probe" --no-cache --headers "$tree"
	is "$status" 1 "$1: refused"
	like "$(<"$err")" "^hotprobe: $probe:8: the kernel headers do not describe the running kernel: " "$1: in its line"
	like "$(<"$err")" "  $probe:8:[0-9]+: $2" "$1: what differs"
	like "$(tail -n 1 "$err")" '^ +install this kernel.s own headers, .*, or take its types from its BTF: --headers btf$' \
		"$1: the remedy"
}
# agrees NAME COUNTS: the probe is taken
agrees() {
	run_hotprobe check "$probe" --no-cache --headers "$tree" -v
	is "$status" 0 "$1: taken"
	like "$(<"$err")" "hotprobe: headers: as in the kernel: $2" "$1: and compared"
}

right='
struct part_before { int none; };
struct list_head { struct list_head *next, *prev; };
struct dentry;
struct vfsmount;
struct path { struct vfsmount *mnt; struct dentry *dentry; };
typedef struct { int counter; } atomic_t;
struct in6_addr { union { __u8 u6_addr8[16]; __u16 u6_addr16[8]; __u32 u6_addr32[4]; } in6_u; };
struct iphdr { __u8 ihl:4, version:4; __u8 tos; __u16 tot_len; __u16 id; __u16 frag_off; __u8 ttl; __u8 protocol; __u16 check;
	struct { __u32 saddr; __u32 daddr; }; };
struct sock_fprog { unsigned short len; struct sock_filter *filter; };
struct sock_filter { __u16 code; __u8 jt; __u8 jf; __u32 k; };
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };
#define FIRST_ADDRESS(a) (&(a)->in6_u.u6_addr32[0])'
everything='struct iphdr copy = {}; bpf_probe_read_kernel(&copy, sizeof(copy), p);
	e.sum = copy.version + copy.saddr + ((struct iphdr *)p)->daddr + (u64)((struct path *)p)->dentry;
	e.sum += ((atomic_t *)p)->counter + (u64)((struct list_head *)p)->next->prev + ((struct sock_filter *)p)[2].k;
	const struct in6_addr *const a = p; u32 first = 0;
	bpf_probe_read_kernel(&first, sizeof(first), FIRST_ADDRESS(a)); e.sum += first + PIDTYPE_SID;'

headers "$right"
reads "$everything"
agrees 'right headers' '12 members of 7 types, 1 constants'

altered() {
	local text
	text=$(sed "$1" <<<"$right")
	[[ $text != "$right" ]] || ok "the headers are altered by $1" false
	headers "$text"
	reads "$2"
}
altered 's/struct vfsmount \*mnt;/& int more;/' 'e.sum = (u64)((struct path *)p)->dentry;'
differs 'a moved member' 'struct path.dentry: offset 16 by the headers, 8 in the kernel'
altered 's/__u32 daddr;/__u64 daddr;/' 'e.sum = ((struct iphdr *)p)->daddr;'
differs 'another size, in an unnamed struct' 'struct iphdr.daddr: .*8 bytes by the headers, 4 bytes in the kernel'
altered 's/__u8 ihl:4, version:4;/__u8 version:4, ihl:4;/' \
	'struct iphdr copy = {}; bpf_probe_read_kernel(&copy, sizeof(copy), p); e.sum = copy.version;'
differs 'a bit-field' 'struct iphdr.version: offset 0 bit 0 by the headers, 0 bit 4 in the kernel'
altered 's/int counter;/int more, counter;/' 'e.sum = ((atomic_t *)p)->counter;'
differs 'a type name for a struct without one' 'atomic_t.counter: offset 4 by the headers, 0 in the kernel'
altered 's/__u32 u6_addr32\[4\]/__u64 u6_addr32[4]/' 'const struct in6_addr *a = p; e.sum = (u64)FIRST_ADDRESS(a);'
differs 'elements of another size, read by a macro' \
	'struct in6_addr.in6_u.u6_addr32: elements of 8 bytes by the headers, 4 bytes in the kernel'
altered 's/__u32 k;/__u64 k;/' 'e.sum = ((struct sock_filter *)p)[2].jt;'
differs 'an array of structs of another size' 'struct sock_filter: 16 bytes by the headers, 8 bytes in the kernel'
altered 's/struct list_head \*next, \*prev;/struct list_head *next, *prev, *first;/' \
	'e.sum = (u64)((struct list_head *)p)->next->first;'
differs 'a member that the kernel does not have' \
	'struct list_head has no member first in the kernel; by the headers it is at offset 16'
altered 's/PIDTYPE_PGID,/PIDTYPE_OTHER, &/' 'e.sum = PIDTYPE_SID;'
differs 'an enumerator' 'PIDTYPE_SID: 4 by the headers, 3 in the kernel'
altered 's/struct sock_filter/struct sock_renamed/; s/__u8 jf;/&__u8 more;/' \
	'struct sock_fprog *f = p; e.sum = f->filter->k;'
differs 'a struct that has another name in the kernel, known by the member that leads to it' \
	'struct sock_renamed.k: offset 8 by the headers, 4 in the kernel'
altered 's/struct sock_filter/struct sock_renamed/' 'struct sock_fprog *f = p; e.sum = f->filter->k;'
agrees 'a struct that only has another name' '3 members of 3 types, 0 constants'

# A probe's own struct is its own affair, unless it is meant to be the kernel's.
headers ''
reads 'struct path { u32 pid; u32 dentry; } *own = p; struct list_head { u32 more; void *next, *prev; } *list = p;
	e.sum = own->pid + own->dentry; e.sum += (u64)list->prev;'
run_hotprobe check "$probe" --no-cache --headers "$tree"
is "$status" 0 "structs of the probe's own are taken"
unlike "$(<"$err")" 'struct path' 'one of the same name that is something else'
like "$(<"$err")" "$probe:[0-9]+:[0-9]+: warning: .*struct list_head.prev: offset 16 here, 8 in the kernel" \
	"a copy of the kernel's that is wrong is doubted"

# Another release's headers serve as far as everything that is read of them could be compared.
mkdir -p "$tree/include/generated"
echo '#define UTS_RELEASE "6.17.0-1-amd64"' >"$tree/include/generated/utsrelease.h"
headers "$right"
reads "$everything"
agrees "another release's headers that are right" '12 members of 7 types, 1 constants'
altered 's/struct vfsmount \*mnt;/& int more;/' 'e.sum = (u64)((struct path *)p)->dentry;'
differs "another release's headers that are not" 'struct path.dentry: offset 16 by the headers, 8 in the kernel'
like "$(<"$err")" "they are of 6.17.0-1-amd64, the kernel is $(uname -r)" 'with both releases'
reads 'e.sum = ((struct part_before *)p)->none;'
headers "$right"
run_hotprobe check "$probe" --no-cache --headers "$tree"
is "$status" 1 "what could not be compared is refused with another release's headers"
like "$(<"$err")" 'are of 6.17.0-1-amd64, this kernel is .*, and its BTF does not have .*struct part_before' 'and named'
rm "$tree/include/generated/utsrelease.h"
run_hotprobe check "$probe" --no-cache --headers "$tree" -v
is "$status" 0 "and taken with the kernel's own"
like "$(<"$err")" 'not in its BTF: struct part_before' 'with a remark'

# Where the machine's LLVM is before 18, wide unnamed bit-fields move what is behind them.
headers 'struct part { unsigned long before; long :64; long :64; unsigned long behind; };'
reads 'e.sum = ((struct part *)p)->behind;'
run_hotprobe check "$probe" --no-cache --headers "$tree"
if [[ $status == 1 ]]; then
	like "$(<"$err")" \
		"$probe:8: the member behind of struct part is at offset 24, but this version of clang would read it at 32" \
		'a member that clang reads elsewhere is refused'
else
	insns=$("$hp" disasm "$probe" --no-cache --headers "$tree" 2>/dev/null)
	like "$insns" '(\+|\+= )24' 'or read where it is'
fi

# Types of another kernel: this one's, but for two members of struct path, which change places (Documentation/bpf/btf.rst).
perl -e '
	local $/;
	my $btf = <STDIN>;
	my ($head, $types, $nr, $strings) = unpack "x4 L4", $btf;
	my %extra = (1 => 4, 3 => 12, 14 => 4, 17 => 4);      # INT, ARRAY, VAR, DECL_TAG
	my %each = (4 => 12, 5 => 12, 6 => 8, 13 => 8, 15 => 12, 19 => 12);
	my $name = sub { unpack "Z*", substr $btf, $head + $strings + $_[0], 200 };
	for (my $at = $head + $types; $at < $head + $types + $nr;) {
		my ($own, $info) = unpack "L2", substr $btf, $at, 8;
		my ($kind, $members) = ($info >> 24 & 31, $info & 0xffff);
		if ($kind == 4 && $name->($own) eq "path") {
			my ($first, $second) = map { substr $btf, $at + 12 + 12 * $_, 4 } 0, 1;
			substr $btf, $at + 12, 4, $second;
			substr $btf, $at + 24, 4, $first;
		}
		$at += 12 + ($extra{$kind} // 0) + ($each{$kind} // 0) * $members;
	}
	print $btf;
' </sys/kernel/btf/vmlinux >"$tmp/other.btf"
chmod 755 "$tmp"
chmod 644 "$tmp/other.btf"
reads 'e.sum = (u64)((struct path *)p)->dentry;'
sed -i 's/linux\/part.h/linux\/path.h/' "$probe"
run_hotprobe check "$probe" --no-cache --headers "btf:$tmp/other.btf"
is "$status" 1 "another kernel's BTF is refused"
like "$(<"$err")" "$tmp/other.btf is of another one than $(uname -r)" 'by its name'
like "$(<"$err")" 'struct path.dentry: offset 0 by the headers, 8 in the kernel' 'for what differs'
run_hotprobe check "$probe" --no-cache --headers btf
is "$status" 0 "this kernel's own is taken"
done_bad
