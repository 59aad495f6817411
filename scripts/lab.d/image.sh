# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a guest is made of, each part made again when its recipe or a part before it changes:
#
#   tree      the release's packages, unpacked: here hotprobe is compiled, by chroot
#   root.img  what of it the guest needs, as a disk; never written to
#   vmlinuz, initrd, release   what is booted, and its `uname -r`
#
# Used by scripts/lab; $guest and $dir are set, the lock is held.
# shellcheck disable=SC2154

release_of() {
	case $guest in
	5.10) echo bullseye ;;
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	7.2) echo forky ;;
	esac
}

# What the guest's users have: hotprobe's libraries, and tools for tests.
packages_run='base-files base-passwd bash bpftool busybox-static coreutils dash diffutils findutils
	gawk grep iproute2 jq kmod libc-bin libcap2-bin mount perl-base procps sed util-linux
	linux-image-cloud-amd64 linux-headers-cloud-amd64'
packages_build='gcc libbpf-dev libbpfcc-dev libc6-dev libcap-ng-dev libcapstone-dev libdw-dev libelf-dev
	make pkgconf zlib1g-dev'

# fresh PART RECIPE...: is PART there, made by this recipe? Otherwise notes the recipe, to be kept
# by `made PART`.
fresh() {
	local part=$1
	shift
	recipe=$(printf '%s\n' "$@" | sha256sum | cut -d ' ' -f 1)
	[[ $(cat "$dir/$part.recipe" 2>/dev/null) == "$recipe" ]] && return
	rm -f "$dir/$part.recipe"
	return 1
}

made() {
	echo "$recipe" >"$dir/$1.recipe"
}

# quietly COMMAND...: its output is seen only if it fails
quietly() {
	if ! "$@" >"$dir/log" 2>&1 </dev/null; then
		tail -n 20 "$dir/log" >&2
		die "$guest: failed: ${*:0:3} ... (all it said: $dir/log)"
	fi
}

# mirror LABEL: where this machine gets what Debian calls so (Debian, Debian-Security)
mirror() {
	local uri
	uri=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		sed -n "s/^$1 //p" | head -n 1)
	case ${uri:-$1} in
	Debian) echo http://deb.debian.org/debian ;;
	Debian-Security) echo http://deb.debian.org/debian-security ;;
	*) echo "${uri%/}" ;;
	esac
}

# userland: the release whose userland the guest has. That of bullseye is too old for hotprobe.
userland() {
	if [[ $guest == 5.10 ]]; then
		echo bookworm
	else
		release_of
	fi
}

# sources: lines for apt. Kernel image and headers match only if both see the security updates.
sources() {
	local suite
	suite=$(userland)
	echo "deb $(mirror Debian) $suite main"
	[[ $suite == forky ]] || echo "deb $(mirror Debian-Security) $suite-security main"
	[[ $guest != 5.10 ]] || echo "deb $(mirror Debian) bullseye main"
}

make_tree() {
	local packages="$packages_run $packages_build" options=()
	# The mirror is no part of the recipe: elsewhere there are the same packages.
	! fresh tree "$guest" "$(declare -f make_tree sources userland finish_tree)" "$packages" || return 0
	say "$guest: fetching and unpacking Debian's packages"
	rm -rf "$dir"/tree*
	if [[ $guest == 5.10 ]]; then
		# shellcheck disable=SC2016 # mmdebstrap's shell is to expand $1
		options+=("--setup-hook=printf '%s\n' \
			'Package: linux-image-cloud-amd64 linux-headers-cloud-amd64' \
			'Pin: release n=bullseye' 'Pin-Priority: 990' >\"\$1/etc/apt/preferences.d/lab\"")
	fi
	if [[ $(userland) == bookworm ]]; then
		# Later releases' base-files brings the links /bin -> usr/bin itself.
		options+=(--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr)
	fi
	# Unpacked only: running the packages' scripts would take four times as long, and they do
	# nothing for us that finish_tree cannot do. A mirror of a testing release may be a frozen
	# one, whose signature is good and whose date is past.
	sources >"$dir/sources"
	quietly mmdebstrap --mode=root --variant=extract "${options[@]}" \
		--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
		--include="$(tr -s ' \t\n' , <<<"$packages" | sed 's/,$//')" \
		"$(userland)" "$dir/tree.new" "$dir/sources"
	finish_tree "$dir/tree.new"
	mv "$dir/tree.new" "$dir/tree"
	made tree
}

# finish_tree TREE: what the scripts of the packages would have done
finish_tree() {
	local tree=$1 release=''
	release=$(cd "$tree/usr/lib/modules" && ls)
	[[ $release == "$guest".* && -e $tree/usr/lib/modules/$release/build/include ]] ||
		[[ $release == "$guest".* && -d $tree/usr/src/linux-headers-$release ]] ||
		die "$(release_of) has no kernel $guest with headers any more, but: $release"
	depmod -b "$tree" "$release"
	cp "$tree/usr/share/base-passwd/passwd.master" "$tree/etc/passwd"
	cp "$tree/usr/share/base-passwd/group.master" "$tree/etc/group"
	echo "127.0.0.1 localhost lab" >"$tree/etc/hosts"
	echo "::1 localhost" >>"$tree/etc/hosts"
	echo lab >"$tree/etc/hostname"
	ln -sf gawk "$tree/usr/bin/awk"
	ln -sf /proc/mounts "$tree/etc/mtab"
	mkdir -p "$tree/lab" "$tree/src"
	ldconfig -r "$tree"
}

make_image() {
	local image=$dir/image
	! fresh image "$(cat "$dir/tree.recipe")" "$(declare -f make_image)" || return 0
	say "$guest: making its disk"
	rm -rf "$image" "$dir/root.img.new"
	cp -al "$dir/tree" "$image"
	# The compiler, for which the guest is too slow, and what nobody reads there.
	rm -rf "$image"/usr/{lib,libexec}/gcc "$image"/usr/include "$image"/usr/lib/systemd \
		"$image"/usr/share/{doc,info,locale,man,i18n,perl,zoneinfo} \
		"$image"/usr/lib/x86_64-linux-gnu/{gconv,perl,systemd} \
		"$image"/usr/lib/linux-kbuild-* "$image"/var/{cache,lib}/apt "$image"/var/lib/dpkg \
		"$image"/usr/bin/x86_64-linux-gnu-{cpp,g++,gcc,lto-dump}*
	find "$image/usr/lib" -name '*.a' -delete
	find "$image/usr/lib" -name 'lib[altu]*san.so*' -delete
	quietly mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$image" "$dir/root.img.new" 1500M
	rm -rf "$image"
	mv "$dir/root.img.new" "$dir/root.img"
	made image
}

# The initrd holds busybox, the modules of qemu's devices, and the two halves of the guest's init.
make_boot() {
	local release initrd=$dir/initrd.new modules=$dir/tree/usr/lib/modules file name
	! fresh boot "$(cat "$dir/tree.recipe")" "$(declare -f make_boot)" \
		"$(cat "$here"/lab.d/{initrd,guest}-init)" || return 0
	release=$(ls "$modules")
	rm -rf "$initrd"
	mkdir -p "$initrd"/{bin,dev,proc,sys,root,modules}
	cp "$dir/tree/usr/bin/busybox" "$initrd/bin/"
	install -m 755 "$here/lab.d/initrd-init" "$initrd/init"
	install -m 755 "$here/lab.d/guest-init" "$initrd/guest-init"
	# In the order in which they have to be loaded; those of newer kernels are compressed.
	for name in virtio_pci virtio_blk virtio_console; do
		modprobe -d "$dir/tree" -S "$release" --show-depends "$name"
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' >"$dir/modules"
	while read -r file; do
		name=$(basename "$file")
		case $name in
		*.xz) xz -dc "$file" >"$initrd/modules/${name%.xz}" ;;
		*) cp "$file" "$initrd/modules/" ;;
		esac
		echo "${name%.xz}" >>"$initrd/modules/order"
	done <"$dir/modules"
	(cd "$initrd" && find . | "$dir/tree/usr/bin/busybox" cpio -o -H newc 2>/dev/null) >"$dir/initrd.img"
	rm -rf "$initrd"
	mv "$dir/initrd.img" "$dir/initrd"
	# On a 7.2 the kernel lies beside its modules.
	cp "$dir/tree/boot/vmlinuz-$release" "$dir/vmlinuz" 2>/dev/null ||
		cp "$modules/$release/vmlinuz" "$dir/vmlinuz"
	echo "$release" >"$dir/release"
	made boot
}

# make_debug: the debug information of the guest's kernel, as vmlinux-debug. Of Debian's package,
# which has 300 MB and unpacks to 1.8 GB, only what lines are found by is kept, 220 MB.
make_debug() {
	local release unpacked=$dir/debug.new apt
	! fresh debug "$(cat "$dir/tree.recipe")" "$(declare -f make_debug)" || return 0
	release=$(<"$dir/release")
	say "$guest: fetching the debug information of its kernel"
	rm -rf "$unpacked"
	mkdir -p "$unpacked/lists/partial"
	apt=(apt-get -q -o "Dir::Etc::SourceList=$dir/sources" -o Dir::Etc::SourceParts=-
		-o "Dir::State::Lists=$unpacked/lists" -o "Dir::Cache=$unpacked" -o APT::Sandbox::User=root
		-o 'Acquire::Check-Valid-Until=false')
	quietly "${apt[@]}" update
	quietly env -C "$unpacked" "${apt[@]}" download "linux-image-$release-dbg"
	dpkg-deb --fsys-tarfile "$unpacked/"*.deb | tar -xO "./usr/lib/debug/boot/vmlinux-$release" >"$unpacked/vmlinux" ||
		die "$guest: linux-image-$release-dbg has no vmlinux where it is expected"
	quietly objcopy --only-keep-debug -R '.rela.*' -R .debug_loclists -R .debug_frame "$unpacked/vmlinux" \
		"$dir/vmlinux-debug"
	rm -rf "$unpacked"
	made debug
}

# compile: hotprobe for this guest, with the guest's compiler and libraries. The checkout is seen
# at /src of the tree, its build/ there is a folder of the guest's own: nothing is copied, and what
# did not change is not compiled again. In a mount namespace, so that nothing has to be undone.
compile() {
	local products=$checkout/build/lab/$guest version
	mkdir -p "$products"
	version=$(git -c safe.directory='*' -C "$checkout" describe --always --dirty 2>/dev/null || echo lab)
	# shellcheck disable=SC2016 # the inner shell is to expand them
	unshare --mount bash -euc '
		mount --bind "$2" "$1/src"
		mount --bind "$3" "$1/src/build"
		mount -t proc proc "$1/proc"
		inside="chroot $1 env -i PATH=/usr/sbin:/usr/bin LC_ALL=C"
		$inside make -C /src --no-print-directory -j"$4" VERSION="$5" \
			build/hotprobe build/hotprobe-cc
		outside=/src/scripts/lab.d/outside-cc.c
		[[ $1/src/build/outside-cc -nt $1$outside ]] ||
			$inside gcc -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o /src/build/outside-cc $outside
	' - "$dir/tree" "$checkout" "$products" "$(nproc)" "$version" >"$dir/compile.log" 2>&1 || {
		grep -E -m 30 'error|warning|\*\*\*' "$dir/compile.log" >&2 || tail -n 20 "$dir/compile.log" >&2
		die "$guest: hotprobe does not compile with this release (all it said: $dir/compile.log)"
	}
}
