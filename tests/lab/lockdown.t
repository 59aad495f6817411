#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# On a kernel that was booted with lockdown=$LOCKDOWN.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../e2e/doctor.sh"

entry=$(dirname "$0")/../fixtures/entry.c
mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
like "$(cat /sys/kernel/security/lockdown)" "\[$LOCKDOWN\]" "the kernel is locked down: $LOCKDOWN"
if [[ $LOCKDOWN == confidentiality ]]; then
	run_hotprobe "$entry" --headers btf --function vfs_read -d 1
	is "$status" 1 'confidentiality: nothing that reads kernel memory is traced'
	like "$(<"$err")" 'lock(ed)? ?down' 'confidentiality: lockdown is named'
else
	start_hotprobe "$entry" --headers btf --function vfs_read
	stop_hotprobe
	is "$status" 0 'integrity: kprobes can be attached'
fi

doctor_agrees "$LOCKDOWN"
like "$(doctor_found lockdown)" "^$LOCKDOWN" 'doctor: how far it is locked down'
if [[ $LOCKDOWN == confidentiality ]]; then
	is "$(doctor_status kprobe) $(doctor_status 'kernel memory') $(doctor_status tracefs)" \
		'missing missing missing' 'doctor: what that forbids'
	like "$(doctor_fix 'kernel memory')" 'lockdown=' 'doctor: and what helps'
else
	is "$(doctor_status kprobe) $(doctor_status 'kernel memory') $(doctor_status tracefs)" \
		'ok ok ok' 'doctor: what that allows'
fi
done_testing
