// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files built into the program as they are. Assembled in the repository's root folder, which the
 * paths start from.
 */
	.section .rodata
	.global btf_constants_start, btf_constants_end
btf_constants_start:
	.incbin "tool/tree/btf_constants.h"
btf_constants_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
