#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Header sources that are none, or another kernel's.
. "$(dirname "$0")/bad.sh"

probe_with ''
release=$(uname -r)
fails 'a folder that does not exist' 1 '--headers: /nosuch: No such file' 'auto, btf, btf:FILE' \
	"$probe" --headers /nosuch
fails 'a folder that is no tree' 1 "--headers: $tmp is no tree of kernel headers" '--headers btf' \
	"$probe" --headers "$tmp"
fails 'a misspelt source' 1 '--headers: bft: No such file' 'auto, btf, btf:FILE' "$probe" --headers bft
fails 'no source' 2 "--headers: '' names no header source" 'auto' "$probe" --headers ''
fails 'no BTF file' 2 "--headers: 'btf:' names no header source" 'auto' "$probe" --headers btf:

tree=$tmp/tree
mkdir -p "$tree/include/linux" "$tree/include/generated"
echo '#define KCONFIG' >"$tree/include/linux/kconfig.h"
echo '#define UTS_RELEASE "6.1.0-1-amd64"' >"$tree/include/generated/utsrelease.h"
# Where the kernel has BTF, what is read of another release's headers is compared: see bad-match.t.
# Here it has none.
hp_before=$hp
printf '#!/bin/bash\nexec unshare --mount bash -c '\''mount -t tmpfs tmpfs /sys/kernel/btf && exec "$@"'\'' - "%s" "$@"\n' \
	"$hp" >"$tmp/without-btf"
chmod 755 "$tmp/without-btf"
hp=$tmp/without-btf
fails "another kernel's headers" 1 "those of 6.1.0-1-amd64, but this kernel is $release" \
	"linux-headers-$release" "$probe" --headers "$tree"
like "$(<"$err")" 'no BTF to compare them with, so the release is all that could be checked' 'which says what was checked'
export BCC_KERNEL_SOURCE=$tree
fails "another kernel's headers in the environment" 1 "BCC_KERNEL_SOURCE: the headers in $tree are" \
	"linux-headers-$release" "$probe"
unset BCC_KERNEL_SOURCE
echo "#define UTS_RELEASE \"$release\"" >"$tree/include/generated/utsrelease.h"
flag=SMP
[[ $(uname -v) == *SMP* ]] && flag=PREEMPT_RT
echo "#define CONFIG_$flag 1" >"$tree/include/generated/autoconf.h"
fails 'headers of the same release, configured otherwise' 1 'but not of this kernel: they are of a kernel with' \
	"linux-headers-$release" "$probe" --headers "$tree"
like "$(<"$err")" 'the release and the version magic are all that could be checked' 'which says what was checked'
rm "$tree/include/generated/autoconf.h"
hp=$hp_before
export BCC_KERNEL_SOURCE
BCC_KERNEL_SOURCE=/nosuch
fails 'a missing folder in the environment' 1 'BCC_KERNEL_SOURCE: /nosuch: No such file' '' "$probe"
BCC_KERNEL_SOURCE=$tmp
fails 'a folder that is no tree in the environment' 1 'BCC_KERNEL_SOURCE:' '--headers btf' "$probe"
unset BCC_KERNEL_SOURCE
echo "#define UTS_RELEASE \"$release\"" >"$tree/include/generated/utsrelease.h"
run_hotprobe "$probe" --headers "$tree"
like "$status/$(<"$err")" "^1/hotprobe: $probe does not compile:.*the headers of $release are not whole: they have no " \
	'a tree that is not whole'

fails 'a BTF file that is missing' 1 "from /nosuch: No such file" 'raw BTF file' \
	"$probe" --headers btf:/nosuch
fails 'a file that is not BTF' 1 '/etc/passwd holds no valid BTF' '/sys/kernel/btf/vmlinux' \
	"$probe" --headers btf:/etc/passwd
fails 'a program without BTF' 1 '/bin/true holds no valid BTF' '/sys/kernel/btf/vmlinux' \
	"$probe" --headers btf:/bin/true
head -c 100000 /sys/kernel/btf/vmlinux >"$tmp/part.btf"
chmod 755 "$tmp"
fails 'BTF that is cut' 1 "$tmp/part.btf holds no valid BTF" '/sys/kernel/btf/vmlinux' \
	"$probe" --headers "btf:$tmp/part.btf"

mkdir -m 700 "$tmp/closed"
cp /sys/kernel/btf/vmlinux "$tmp/closed/my.btf"
chmod 600 "$tmp/closed/my.btf"
fails 'BTF that nobody may read' 1 "from $tmp/closed/my.btf: Permission denied" \
	"chmod a+r $tmp/closed/my.btf" "$probe" --headers "btf:$tmp/closed/my.btf"
chmod 644 "$tmp/closed/my.btf"
run_hotprobe check "$probe" --headers "btf:$tmp/closed/my.btf"
is "$status" 0 'the compiler reads BTF in a closed folder'

done_bad
