#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What this kernel's verifier refuses: which line, why, and what to change. $LINKAGE is
# tests/fixtures/linkage.c, compiled.
. "$(dirname "$0")/../e2e/refused.sh"

linkage=${LINKAGE:-$hp_root/build/lab/files/linkage.so}
refused_all
done_bad
