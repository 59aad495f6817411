# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Starting a guest: qemu's command line, the saved guest, the disk with the checkout.
# Used by scripts/lab; $guest, $dir and $lock are set.
# shellcheck disable=SC2154

# accel: what qemu is to run guests by. That /dev/kvm can be opened proves little: the firmware's
# first line, written by the guest, proves that a guest runs. Asked once for each start of the machine.
accel() {
	local boot
	boot=$(cat /proc/sys/kernel/random/boot_id)
	if [[ $(head -n 1 "$cache/accel" 2>/dev/null) != "$boot" ]]; then
		{
			echo "$boot"
			if [[ -w /dev/kvm ]] && timeout 5 qemu-system-x86_64 -machine q35 -accel kvm -cpu max \
				-display none -nodefaults -debugcon stdio 2>/dev/null </dev/null |
				grep -q -m 1 SeaBIOS; then
				echo kvm
			else
				echo tcg,thread=multi
			fi
		} >"$cache/accel.$$"
		mv "$cache/accel.$$" "$cache/accel"
	fi
	tail -n 1 "$cache/accel"
}

# qemu_args PAYLOAD PARAMS: sets $qemu. The same for saving and restoring.
qemu_args() {
	# shellcheck disable=SC2054 # the commas are qemu's
	qemu=(qemu-system-x86_64 -machine q35 -accel "$(accel)" -cpu max -smp 2 -m 1024
		-nodefaults -no-user-config -display none -no-reboot
		-kernel "$dir/vmlinuz" -initrd "$dir/initrd"
		-append "console=ttyS0 panic=-1 unknown_nmi_panic net.ifnames=0 $2"
		-drive "file=$dir/root.img,format=raw,if=none,id=root,readonly=on"
		-device virtio-blk-pci,drive=root
		-drive "file=$1,format=raw,if=none,id=payload,cache=unsafe"
		-device virtio-blk-pci,drive=payload)
}

# payload FILE FOLDER: the second disk, always of the same size (that of the saved guest)
payload() {
	mke2fs -q -t ext4 -O ^has_journal -m 0 -E root_owner=0:0 -d "$2" "$1" 1G >"$dir/log" 2>&1 || {
		cat "$dir/log" >&2
		die "the checkout does not fit onto its disk"
	}
}

# make_state: the guest, booted and waiting for its command
make_state() {
	local empty
	qemu_args PAYLOAD ''
	! fresh state "$(cat "$dir/image.recipe" "$dir/boot.recipe" "$here/lab.d/machine.pl")" \
		"${qemu[*]}" "$(qemu-system-x86_64 --version)" || return 0
	say "$guest: booting it once, to be saved"
	rm -f "$dir/state"
	empty=$dir/empty.img
	rm -f "$empty"
	truncate -s 1G "$empty"
	qemu_args "$empty" ''
	perl "$here/lab.d/machine.pl" --timeout 120 --console "$dir/console" \
		--save "$dir/state" -- "${qemu[@]}" || return 1
	rm -f "$empty"
	made state
}

# machine MODE [COMMAND...]: run it to its end. Uses run_guest's options.
machine() {
	local mode=$1 status=0 script word
	shift
	run=$(mktemp -d "$cache/run.XXXXXX")
	trap 'rm -rf "$run"' EXIT
	mkdir -p "$run/lab/checkout/build" "$run/lab/out"
	(cd "$checkout" && find . -path ./build -prune -o -path ./.git -prune -o -type f -print0 |
		tar --null --ignore-failed-read -T - -c) | tar -xC "$run/lab/checkout" --no-same-owner
	cp "$checkout/build/lab/$guest/hotprobe" "$run/lab/checkout/build/"
	if [[ $outside ]]; then
		cp "$checkout/build/lab/$guest/outside-cc" "$run/lab/checkout/build/hotprobe-cc"
		mkdir "$run/lab/real"
		cp "$checkout/build/lab/$guest/hotprobe-cc" "$run/lab/real/"
	else
		cp "$checkout/build/lab/$guest/hotprobe-cc" "$run/lab/checkout/build/"
	fi
	[[ ! $files ]] || cp -r "$files" "$run/lab/files"
	{
		echo 'cd /lab/checkout'
		[[ ! $hide_btf ]] || echo 'mount -t tmpfs tmpfs /sys/kernel/btf'
		if [[ $mode == shell ]]; then
			echo 'exec bash'
		else
			printf -v script ' %q' "$@"
			echo "exec$script"
		fi
	} >"$run/lab/session"
	payload "$run/payload.img" "$run/lab"

	local options=(--timeout "$timeout" --console "$run/console")
	[[ $mode == run ]] || options+=(--shell)
	if [[ $outside ]]; then
		for word in "$here/lab.d/outside" "$dir/tree" "$run/lab"; do
			options+=(--outside "$word")
		done
	fi
	if [[ ! $cold && ! $append ]]; then
		# A copy of its own, by link: the lock is let go, and the state may be made again.
		ln "$dir/state" "$run/state"
		options+=(--restore "$run/state")
	fi
	qemu_args "$run/payload.img" "$append"
	exec {lock}>&-
	perl "$here/lab.d/machine.pl" "${options[@]}" -- "${qemu[@]}" || status=$?
	if [[ $out ]]; then
		mkdir -p "$out"
		debugfs -R "rdump /out $run" "$run/payload.img" >/dev/null 2>&1
		cp -r "$run/out/." "$out/"
	fi
	return "$status"
}
