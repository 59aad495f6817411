/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_HEADERS_PACKAGE_H
#define HOTPROBE_HEADERS_PACKAGE_H

#include <stddef.h>

/*
 * headers_package - the command that installs the headers of the kernel @release
 *
 * By the distribution that runs, from /etc/os-release; Debian's where it is none that is known.
 */
void headers_package(const char *release, char *command, size_t size);

/* headers_package_for - the same for the text of an os-release file: see os-release(5) */
void headers_package_for(const char *os, const char *release, char *command, size_t size);

#endif
