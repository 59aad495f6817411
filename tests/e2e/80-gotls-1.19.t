#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gotls on programs of Go 1.19.
release=1.19
. "$(dirname "$0")/gotls-release.sh"

# With cgo the system's linker has its say, and libc is loaded; PIE and stripped, as Debian ships such
# programs.
export CGO_ENABLED=1
go_build "$release" "$talk" talk -buildmode=pie -tags=nohttp '-ldflags=-linkmode=external -s -w'
ok 'cgo links the C library' eval 'readelf -d "$talk" | grep -q libc.so'
linked 'cgo, PIE, stripped'
done_testing
