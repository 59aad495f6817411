# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A network of the test's own, with a loopback that nobody else uses: every port is free there, and
# nothing foreign is in what is captured. Sourced after lib.sh; what is to be in it is run by
#
#   "${inside[@]}" COMMAND ARG...

unshare --net sleep infinity &
network=$!

own_network() {
	[[ $(readlink "/proc/$network/ns/net") != "$(readlink /proc/self/ns/net)" ]]
}

if ! wait_for own_network; then
	diag 'there is no network of its own to be had'
	exit 1
fi
# shellcheck disable=SC2034 # used by the tests
inside=(nsenter --net="/proc/$network/ns/net")
"${inside[@]}" ip link set lo up || exit 1
