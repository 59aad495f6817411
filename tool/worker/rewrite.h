/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WORKER_REWRITE_H
#define HOTPROBE_WORKER_REWRITE_H

struct error;

/*
 * rewrite_check - refuse a text whose reads of arrays could not be put right
 *
 * libbcc's rewriter reads the wrong element of an array that it reaches through a pointer. What
 * stands in the place of a function of clang's puts that right; should libbcc not come by there,
 * such a text is not compiled. To be called when it was.
 */
int rewrite_check(const char *text, struct error *err);

#endif
