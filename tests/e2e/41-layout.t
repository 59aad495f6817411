#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How types lie in memory: by this kernel's BTF, by headers, and by files of every form.
. "$(dirname "$0")/bad.sh"
. "$(dirname "$0")/tree.sh"

HP_TIMEOUT=120
btf=/sys/kernel/btf/vmlinux
[[ -r $btf ]] || skip_all 'this kernel has no BTF'

run_hotprobe layout list_head
is "$status" 0 'a struct by its name'
is "$(<"$out")" "struct list_head {
	struct list_head *         next;                 /*     0     8 */
	struct list_head *         prev;                 /*     8     8 */

	/* size: 16, cachelines: 1, members: 2 */
	/* last cacheline: 16 bytes */
};" '... is listed'
is "$(<"$err")" '' '... and nothing else is said'
run_hotprobe layout struct list_head -v
like "$(<"$err")" "by BTF alone: $btf" '-v says where it came from'
run_hotprobe layout 'enum pid_type'
like "$(<"$out")" $'^enum pid_type \{\n\tPIDTYPE_PID  = 0,\n' 'an enum'
run_hotprobe layout spinlock_t
like "$(<"$out")" $'^typedef struct spinlock spinlock_t;\n\nstruct spinlock \{' 'a typedef'
run_hotprobe layout u32
is "$(<"$out")" 'typedef __u32 u32; /* unsigned int, size: 4 */' '... of an integer'
run_hotprobe layout 'list_hea?'
like "$(<"$out")" '^struct list_head \{' 'a glob'
run_hotprobe layout task_struct.se.load.weight
like "$(<"$out")" $'^struct task_struct\n +OFFSET +SIZE +CACHELINE +MEMBER\n +[0-9]+ +8 +[0-9]+ +long unsigned int +se.load.weight;$' \
	'a member by its path'
run_hotprobe layout 'task_struct.*start*time*'
like "$(<"$out")" ' u64 +start_boottime;' 'members by a glob'
run_hotprobe layout sk_buff.cloned -o json
is "$(json '[.type, .member, .bit_size, (.offset * 8 + .bit_offset > 0)] | tostring')" \
	'["struct sk_buff","cloned",1,true]' 'JSON: a bit-field'
run_hotprobe layout list_head -o json
is "$(json '[.size, .sources[0].kind, (.members | map([.name, .offset, .size]))] | tostring')" \
	'[16,"BTF",[["next",0,8],["prev",8,8]]]' 'JSON: a struct'
run_hotprobe layout 'tcp_*sock' -o json
ok 'JSON: one object a line' json_is_valid

fails 'no type' 2 'which type?' 'task_struct.pid' layout
fails 'an unknown type' 1 'there is no type called task_strukt' 'did you mean task_struct?' layout task_strukt
fails 'another kind' 1 'there is no union task_struct' 'another kind: struct' layout union task_struct
fails 'an unknown member' 1 'struct task_struct has no member pidd' 'did you mean pid?' layout task_struct.pidd
fails 'a pointer' 1 'struct mm_struct * has no member pgd' 'look at struct mm_struct.pgd' layout task_struct.mm.pgd
fails 'a glob that matches nothing' 1 'is called no_such_*' '' layout 'no_such_*'
fails 'a member glob that matches nothing' 1 'has no member like zz*' '' layout 'list_head.zz*'
fails 'two types' 2 'one type at a time' '' layout list_head hlist_head
fails 'an unknown option' 2 'unknown option --foo' '' layout list_head --foo
fails 'an unknown format' 2 'text or json' '' layout list_head -o csv
fails 'a file that is missing' 1 'cannot read types from /nosuch: No such file' '' layout list_head --btf /nosuch
fails 'a file that holds none' 1 'bin/bash has no BTF' '' layout list_head --btf /bin/bash

# ---- the same as pahole says ---------------------------------------------------------------------

# Blanks between the parts of a declaration, and attributes, which pahole concludes, do not count, nor
# does the padding of structs that only a typedef names, of which pahole says nothing.
plain() {
	sed -E -e '/XXX last struct has|paddings: /d' -e 's/ __attribute__\(\(__[a-z]+__(\([0-9]+\))?\)\)//g' -e '/forced alignments:/d' \
		-e 's/\* +\*/**/g' -e 's/ +/ /g' -e 's/ ?\* ?/*/g'
}
if command -v pahole >/dev/null; then
	# two hundred structs that have everything: bit-fields, unions, holes, several cache lines
	structs=$(pahole -F btf "$btf" 2>/dev/null | perl -0777 -ne '
		for (/^(struct \w+ \{\n.*?^\}.*?;\n)/msg) {
			my ($name) = /^struct (\w+)/;
			# what a const or an array is of pahole 1.24 cannot always say
			next if /const|\[0\]|union.*\[\]|Bitfield combined/s;
			$count{$name}++;
			push @names, $name if tr/\n// > 12 && (/bits? hole/ || /\t\t/ || /bytes? hole/);
		}
		@names = grep { $count{$_} == 1 } @names;
		print join(",", @names[0 .. 249]);')
	nr=$(tr ',' '\n' <<<"$structs" | grep -c .)
	ok "$nr structs are compared" test "$nr" -ge 200
	pahole -F btf -C "$structs" "$btf" 2>/dev/null | grep -v '^$' | plain >"$tmp/pahole"
	"$hp" layout --btf "$btf" 'struct *' 2>/dev/null | perl -ne '
		BEGIN { %want = map { $_ => 1 } split /,/, shift }
		$on = $want{$1} if /^struct (\w+) \{/;
		print if $on && /\S/;
		$on = 0 if /^\}/;' "$structs" >"$tmp/all" || :
	plain <"$tmp/all" >"$tmp/ours"
	by_name() {
		perl -0777 -ne 'print sort /^(struct \w+ \{\n.*?^\}.*?;\n)/msg' "$1"
	}
	by_name "$tmp/pahole" >"$tmp/pahole.sorted"
	by_name "$tmp/ours" >"$tmp/ours.sorted"
	is "$(diff "$tmp/pahole.sorted" "$tmp/ours.sorted" | head -n 20)" '' 'all are listed as pahole lists them'
	is "$(grep -c '^struct' "$tmp/ours.sorted")" "$nr" '... all of them'
else
	skip 'listings as pahole has them' 'there is no pahole'
fi

# ---- headers and BTF -----------------------------------------------------------------------------

tree=$tmp/tree
make_tree "$tree"
chmod -R a+rX "$tmp"
cat >>"$tree/include/linux/list_of_test.h" <<'END'
#include <linux/types.h>
struct list_head {
	struct list_head *next, *prev;
};
struct hlist_node {
	struct hlist_node *next;
	unsigned long added;
	struct hlist_node **pprev;
};
enum pid_type { PIDTYPE_PID, PIDTYPE_NEW, PIDTYPE_TGID };
struct of_headers_only { int x:3, y:5; struct { long a; }; };
typedef struct { int counter; } atomic_t;
END
run_hotprobe layout list_head --headers "$tree"
is "$status" 0 'headers that are right'
like "$(<"$err")" "struct list_head: headers and BTF agree: $tree/include/linux/list_of_test.h, $btf" '... agree'
is "$(grep -c '^struct' "$out")" 1 '... and are shown once'
run_hotprobe layout list_head --headers "$tree" -o json
is "$(json '.sources | map(.kind) | tostring')" '["headers","BTF"]' '... also in JSON'
run_hotprobe layout hlist_node --headers "$tree"
like "$(<"$err")" 'struct hlist_node: headers and BTF differ' 'headers that are wrong'
is "$(grep -E '[|<>] ' "$out" | sed -E 's/ +/ /g; s/ unsigned| long| int//g')" \
	" 8 8 < added;
 16 8 | 8 8 struct hlist_node ** pprev;
 24 | 16 size of the whole" '... are shown side by side'
run_hotprobe layout hlist_node.next --headers "$tree"
like "$(<"$err")" 'agree' 'a member that is the same in both'
run_hotprobe layout hlist_node.pprev --headers "$tree"
like "$(<"$out")" '16 +8 \| +8 +8 ' 'a member that is not'
run_hotprobe layout hlist_node.pprev --headers "$tree" -o json
is "$(json '.offset' | xargs)" '16 8' '... in JSON'
run_hotprobe layout 'enum pid_type' --headers "$tree"
like "$(<"$out")" '2 \| +1 +PIDTYPE_TGID' 'an enumerator that is not'
like "$(<"$out")" '1 < +PIDTYPE_NEW' 'one that only the headers have'
run_hotprobe layout of_headers_only --headers "$tree"
like "$(<"$err")" "by the headers alone .*: the type is not in $btf" 'a type that only the headers have'
like "$(<"$out")" 'int +y:5; +/\* +0: 3 +4 \*/' '... is shown'
run_hotprobe layout atomic_t --headers "$tree"
like "$(<"$err")" 'agree' 'a typedef'
run_hotprobe layout task_struct.pid --headers "$tree"
like "$(<"$err")" "by BTF alone .*: no header in $tree defines task_struct" 'a type that only BTF has'
is "$status" 0 '... is shown'

# ---- files ---------------------------------------------------------------------------------------

# The kernel's BTF in an ELF file, as in vmlinux, and in the image that would unpack to it.
echo 'int x;' | gcc -c -x c -o "$tmp/none.o" -
objcopy --add-section .BTF="$btf" "$tmp/none.o" "$tmp/vmlinux"
pid_of=$("$hp" layout task_struct.pid --headers btf 2>/dev/null)
for file in "$btf" "$tmp/vmlinux"; do
	run_hotprobe layout task_struct.pid --btf "$file"
	is "$(<"$out")" "$pid_of" "--btf ${file##*/}"
done

# image NAME COMMAND...: a kernel image whose payload is compressed by COMMAND (boot protocol 2.08)
image() {
	local name=$1
	shift
	"$@" <"$tmp/vmlinux" >"$tmp/payload"
	perl -e '
		my ($elf, $payload, $gzip) = @ARGV;
		local $/;
		open my $p, "<", $payload or die;
		my $data = <$p>;
		$data .= pack("V", -s $elf) unless $gzip;
		my $setup = "\0" x (2 * 512);
		substr($setup, 0x1f1, 1) = chr(1);
		substr($setup, 0x202, 6) = "HdrS" . pack("v", 0x20f);
		substr($setup, 0x248, 8) = pack("VV", 100, length $data);
		print $setup, "\0" x 100, $data, "\0" x 1000;
	' "$tmp/vmlinux" "$tmp/payload" "$([[ $name == gzip ]] && echo 1)" >"$tmp/vmlinuz-$name"
}
image gzip gzip -c
image xz xz -1 --check=crc32 -c
image zstd zstd -q -c
image lz4 lz4 -q -l -c
for name in gzip xz zstd lz4; do
	run_hotprobe layout task_struct.pid --btf "$tmp/vmlinuz-$name"
	is "$(<"$out")" "$pid_of" "a kernel image: $name"
	head -c 500000 "$tmp/vmlinuz-$name" >"$tmp/cut"
	fails "... that is cut: $name" 1 'cut is cut: its kernel should end' '' layout task_struct --btf "$tmp/cut"
	{ head -c 500000 "$tmp/vmlinuz-$name"; head -c 5000 /dev/zero | tr '\0' x; tail -c +505001 "$tmp/vmlinuz-$name"; } >"$tmp/torn"
	run_hotprobe layout task_struct.pid --btf "$tmp/torn"
	like "$status $(<"$err")" "^1 hotprobe: .*(torn cannot be unpacked: its $name data is broken|BTF is broken|ELF file|holds no types)" \
		"... that is broken: $name"
done
image bzip2 printf 'BZh91AY&SY'
fails 'an image that is compressed otherwise' 1 'compressed with bzip2, which hotprobe cannot unpack' \
	'extract-vmlinux' layout list_head --btf "$tmp/vmlinuz-bzip2"
gzip -c "$tmp/vmlinux" >"$tmp/module.ko.gz"
zstd -q -c "$tmp/vmlinux" >"$tmp/module.ko.zst"
xz -0 -c "$tmp/vmlinux" >"$tmp/module.ko.xz"
for name in gz zst xz; do
	run_hotprobe layout task_struct.pid --btf "$tmp/module.ko.$name"
	is "$(<"$out")" "$pid_of" "a compressed ELF file: $name"
done

# real ones, where the kernel lab has been built
lab=$HOME/.cache/hotprobe-lab
for dir in "$lab"/*/; do
	[[ -r $dir/vmlinuz ]] || continue
	run_hotprobe layout task_struct.pid --btf "$dir/vmlinuz"
	like "$(<"$out")" 'pid_t +pid;' "the image of Debian's $(basename "$dir")"
	module=$(find "$dir/tree/usr/lib/modules" "$dir/tree/lib/modules" -name 'nf_tables.ko*' 2>/dev/null | head -n 1)
	[[ -n $module ]] || continue
	run_hotprobe layout nft_ctx.net --btf "$module"
	like "$(<"$out")$(<"$err")" 'struct net \* +net;|nf_tables.ko has no BTF' "... and a module of it"
done

done_bad
