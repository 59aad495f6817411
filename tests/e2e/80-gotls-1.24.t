#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gotls on programs of Go 1.24.
release=1.24
. "$(dirname "$0")/gotls-release.sh"
done_testing
