# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Who is measured, how each is started, and what each needs for that. Used by scripts/bench.
# shellcheck disable=SC2034,SC2154

# hotprobe-warm     the probe did not change: from the cache
# hotprobe-btf      after an edit, types from the kernel's BTF
# hotprobe-pch      after an edit, real headers, precompiled
# hotprobe-headers  after an edit, real headers, nothing kept
# bcc-python        BCC's Python frontend, real headers; -btf: the tree that hotprobe makes from BTF
# libbcc            a C program that calls libbcc; -btf: likewise
# bpftrace          that of the machine; -new: that of a newer release
# execsnoop         libbpf-tools' own, compiled long before; it prints other fields
start_subjects=(hotprobe-warm hotprobe-btf hotprobe-pch hotprobe-headers bcc-python bcc-python-btf
	libbcc libbcc-btf bpftrace bpftrace-new execsnoop)
events_subjects=(hotprobe bcc-python bpftrace bpftrace-new)
# -default: with the size of buffer that one gets when one asks for none
loss_subjects=(hotprobe bcc-python bcc-python-default bpftrace bpftrace-new)

newer=$store/newer

# Events need no headers: events.c includes none.
subject_exists() {
	case $1 in
	hotprobe-pch | hotprobe-headers | libbcc) [[ -d $work/headers ]] ;;
	bcc-python) [[ -d $work/headers || ${part-} != start ]] ;;
	bpftrace) command -v bpftrace >/dev/null ;;
	bpftrace-new | execsnoop) [[ -x $newer/usr/bin/bpftrace ]] ;;
	esac
}

# subject_start_command SUBJECT ROUND: sets $command and $chroot, and the environment
subject_start_command() {
	local probe=$out/start.c
	chroot=()
	sed "s/^#define EDIT .*/#define EDIT 1$2$RANDOM/" "$here/start.c" >"$probe"
	unset BCC_KERNEL_SOURCE
	export BCC_KERNEL_SOURCE
	case $1 in
	hotprobe-warm) command=("$root/build/hotprobe" "$here/start.c" --headers btf -o json) ;;
	hotprobe-btf) command=("$root/build/hotprobe" "$probe" --headers btf -o json) ;;
	hotprobe-pch) command=("$root/build/hotprobe" "$probe" --headers "$work/headers" -o json) ;;
	hotprobe-headers)
		command=("$root/build/hotprobe" "$probe" --headers "$work/headers" --no-cache -o json)
		;;
	bcc-python | bcc-python-btf)
		command=(/usr/bin/python3 "$here/frontend.py" start json 64 "$probe")
		;;
	libbcc | libbcc-btf) command=("$work/inproc" "$probe") ;;
	bpftrace) command=(bpftrace -B line "$here/start.bt") ;;
	bpftrace-new)
		chroot=(-r "$newer")
		command=(/usr/bin/bpftrace -B line /bench/start.bt)
		;;
	execsnoop)
		chroot=(-r "$newer")
		command=(/usr/sbin/execsnoop-libbpf -x)
		;;
	esac
	case $1 in
	bcc-python | libbcc) BCC_KERNEL_SOURCE=$work/headers ;;
	bcc-python-btf | libbcc-btf) BCC_KERNEL_SOURCE=$work/tree ;;
	*) unset BCC_KERNEL_SOURCE ;;
	esac
}

# subject_events_command SUBJECT FORMAT PAGES: likewise; PAGES for each CPU
subject_events_command() {
	local pages=1
	chroot=()
	# buffers have a power of two of them
	while ((pages < $3)); do
		pages=$((pages * 2))
	done
	unset BCC_KERNEL_SOURCE
	export BPFTRACE_PERF_RB_PAGES=$pages
	case $1 in
	hotprobe)
		command=("$root/build/hotprobe" "$here/events.c" --headers btf -o "$2" --buffer "$((pages * 4))K")
		;;
	bcc-python)
		export BCC_KERNEL_SOURCE=$work/events-tree
		command=(/usr/bin/python3 "$here/frontend.py" events "$2" "$pages" "$here/events.c")
		;;
	bcc-python-default)
		export BCC_KERNEL_SOURCE=$work/events-tree
		command=(/usr/bin/python3 "$here/frontend.py" events "$2" 8 "$here/events.c")
		;;
	bpftrace) command=(bpftrace -B full "$here/events-$2.bt") ;;
	bpftrace-new)
		chroot=(-r "$newer")
		command=(/usr/bin/bpftrace -B full "/bench/events-$2.bt")
		;;
	esac
}

# subject_lost SUBJECT OUT ERR: sets $lost to what the subject said that it lost
subject_lost() {
	case $1 in
	hotprobe) lost=$(sed -n 's/.* printed, \([0-9]*\) lost.*/\1/p' "$3") ;;
	bcc-python*) lost=$(sed -n 's/^\([0-9]*\) lost$/\1/p' "$3") ;;
	bpftrace*) lost=$(cat "$2" "$3" | LC_ALL=C awk '
		/^(WARNING: )?Lost [0-9]+ events/ { sub(/.*Lost /, ""); n += $1 }
		/^Total lost event count: / { total = $NF }
		END { print total ? total : n + 0 }') ;;
	esac
}

# ---- what they need ------------------------------------------------------------------------------

subjects_make() {
	local name
	for name in launch flood; do
		gcc -O2 -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -o "$work/$name" "$here/$name.c" "$here/subject.c"
	done
	gcc -O2 -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -o "$work/inproc" "$here/inproc.c" -lbcc
	# shellcheck disable=SC2046 # object files
	gcc -O2 -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$root/tool" -o "$work/tree-of" "$here/tree.c" \
		$(find "$root"/build/obj/tool/{tree,util,object} -name '*.o') -lbpf -lelf -lz
	rm -rf "$work"/{tree,events-tree}
	mkdir -p "$work"/{tree,events-tree}
	"$work/tree-of" "$work/tree" "$here/start.c"
	"$work/tree-of" "$work/events-tree" "$here/events.c"
	if any_chosen hotprobe-pch hotprobe-headers bcc-python libbcc bpftrace-new execsnoop; then
		make_newer
	fi
	if [[ " ${parts[*]} " == *' start '* ]] && any_chosen hotprobe-pch hotprobe-headers bcc-python libbcc; then
		make_headers
	fi
	# nobody's compiled probes but our own
	export HOTPROBE_CACHE=$work/cache
	rm -rf "$work/cache"
	[[ " ${parts[*]} " != *' start '* ]] || warm_up
}

# One folder of kernel headers, which is what BCC_KERNEL_SOURCE can name, of Debian's two. Of another
# kernel, where there are none of the running one: start.c reads nothing of a kernel's structs, so
# that only the time differs, if anything does.
make_headers() {
	local build source folder
	build=/lib/modules/$(uname -r)/build
	source=/lib/modules/$(uname -r)/source
	rm -rf "$work/headers"
	[[ -d $source ]] || source=$build
	if [[ ! -d $build/include ]]; then
		for folder in "$newer"/usr/src/linux-headers-*; do
			case $folder in
			*-common) source=$folder ;;
			*) build=$folder ;;
			esac
		done
	fi
	if [[ ! -d $build/include || ! -d $source/include ]]; then
		say 'no kernel headers, so nothing is compiled against them'
		return
	fi
	headers_of=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$build/include/generated/utsrelease.h")
	mkdir -p "$work/headers/arch/x86"
	for folder in "$source" "$build"; do
		cp -rL "$folder/include" "$work/headers/"
		[[ ! -d $folder/arch/x86/include ]] || cp -rL "$folder/arch/x86/include" "$work/headers/arch/x86/"
	done
	# hotprobe refuses headers of another kernel
	echo "#define UTS_RELEASE \"$(uname -r)\"" >"$work/headers/include/generated/utsrelease.h"
}

# A newer release of Debian: its bpftrace and libbpf-tools, which this one does not have, run by
# chroot; and headers of a kernel.
make_newer() {
	if [[ ! -x $newer/usr/bin/bpftrace ]]; then
		if ! command -v mmdebstrap >/dev/null; then
			say 'no mmdebstrap, so no newer bpftrace and no libbpf-tools: run scripts/setup bench'
			return
		fi
		say "unpacking bpftrace, libbpf-tools and kernel headers of a newer release"
		mkdir -p "$store"
		rm -rf "$newer.new"
		# what scripts/lab knows about mirrors
		if ! (
			guest=7.2 dir=$store
			# shellcheck source=scripts/lab.d/image.sh
			. "$root/scripts/lab.d/image.sh"
			sources >"$store/sources"
			mmdebstrap --mode=root --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' \
				--aptopt='APT::Install-Recommends "false"' --include=base-files,bpftrace,libbpf-tools,linux-headers-cloud-amd64 \
				forky "$newer.new" "$store/sources"
		) >"$work/newer.log" 2>&1; then
			say "that failed, so it is left out: $(tail -n 2 "$work/newer.log")"
			return
		fi
		mv "$newer.new" "$newer"
	fi
	mkdir -p "$newer"/{bench,proc,sys,dev}
	cp "$here"/*.bt "$newer/bench/"
	mount --bind /proc "$newer/proc"
	mount --rbind /sys "$newer/sys"
	mount --rbind /dev "$newer/dev"
}

# What a first run leaves for the next ones; and each is in memory, not only on a disk.
warm_up() {
	local subject
	for subject in "${start_subjects[@]}"; do
		wanted "$subject" || continue
		subject_start_command "$subject" 0
		measured "$subject" "$work/launch" "${chroot[@]}" "$work/err" "${command[@]}" || :
	done
	if wanted hotprobe-pch; then
		check_precompiled
	fi
}

# The first run has made them; what goes on without them is another subject.
check_precompiled() {
	subject_start_command hotprobe-pch 0
	"${command[@]}" -v -d 50ms </dev/null 2>&1 >/dev/null |
		grep -q '^hotprobe: precompiled headers: used' && return
	failed+='hotprobe-pch '
	say 'hotprobe-pch: the headers were not precompiled'
}

# version_of PACKAGE: of this machine's; newer_version_of PACKAGE: of the newer release's, whose
# packages were only unpacked
version_of() {
	dpkg-query -W -f='${source:Version}' "$1" 2>/dev/null || echo '(not installed)'
}

newer_version_of() {
	zcat "$newer/usr/share/doc/$1"/changelog.Debian*.gz | sed -n '1s/.*(\(.*\)).*/\1/p'
}

# subject_versions: the machine and all that was run on it
subject_versions() {
	local cpu memory system host newer_ones=''
	cpu=$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1)
	memory=$(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)
	host=$(lscpu | sed -n 's/^Hypervisor vendor: */, under /p')
	# shellcheck disable=SC1091
	system=$(. /etc/os-release && echo "$PRETTY_NAME")
	if subject_exists bpftrace-new; then
		newer_ones="; by chroot, bpftrace $(newer_version_of bpftrace), libbpf-tools $(newer_version_of libbpf-tools)"
	fi
	echo "$cpu, $(nproc) CPUs$host, $memory; Linux $(uname -r); $system. hotprobe" \
		"$("$root/build/hotprobe" --version | sed -n '1s/^hotprobe //p'); libbcc and python3-bpfcc" \
		"$(version_of python3-bpfcc), $(/usr/bin/python3 --version), bpftrace $(version_of bpftrace)$newer_ones;" \
		"kernel headers ${headers_of:-none}."
}
