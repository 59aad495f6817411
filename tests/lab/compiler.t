#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is made of the compiler's errors, which other releases' clang words in other ways.
. "$(dirname "$0")/../e2e/bad-compile.t"
