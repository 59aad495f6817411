#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gotls on programs of Go 1.26.
release=1.26
. "$(dirname "$0")/gotls-release.sh"
done_testing
