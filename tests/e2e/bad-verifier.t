#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What this machine's kernel refuses to run: which line, why, and what to change. tests/lab/refusals.t
# asks other kernels.
# A million instructions take the verifier a while, and more than once.
HP_TIMEOUT=${HP_TIMEOUT:-120}
. "$(dirname "$0")/refused.sh"

linkage=$tmp/linkage.so
gcc -O2 -shared -fPIC -o "$linkage" "$refused/../linkage.c" -ldl || exit 1
refused_all --headers btf
done_bad
