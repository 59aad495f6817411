#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gotls on programs of Go 1.19.
release=1.19
. "$(dirname "$0")/gotls-release.sh"

# cgo is the system's linker and C library: gcc is there for the tests. Stripped, as they ship it.
export CGO_ENABLED=1
go_build "$release" "$talk" talk '-ldflags=-linkmode=external -s -w'
ok 'cgo links the C library' eval 'readelf -d "$talk" | grep -q libc.so'
linked cgo
go_build "$release" "$talk" talk -buildmode=pie
linked 'cgo, PIE'
done_testing
