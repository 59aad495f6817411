#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gotls on programs of Go 1.15.
# Arguments are on the stack.
release=1.15
. "$(dirname "$0")/gotls-release.sh"
done_testing
