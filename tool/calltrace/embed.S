// SPDX-License-Identifier: GPL-2.0-only
/* The probe's text, built in. Assembled in the repository's root folder, which the path starts from. */
	.section .rodata
	.global calltrace_program_start
calltrace_program_start:
	.incbin "tool/calltrace/program.bpf"
	.byte 0
	.section .note.GNU-stack, "", %progbits
