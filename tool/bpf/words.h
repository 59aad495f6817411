/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_WORDS_H
#define HOTPROBE_BPF_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * The kernel's numbers as words: libbpf's where it has one, else those that came after libbpf 1.1
 * (include/uapi/linux/bpf.h of Linux 7.2), else "type 77".
 */
#define WORD_MAX 40

const char *word_prog_type(uint32_t type, char word[WORD_MAX]);
const char *word_map_type(uint32_t type, char word[WORD_MAX]);
const char *word_link_type(uint32_t type, char word[WORD_MAX]);
const char *word_attach_type(uint32_t type, char word[WORD_MAX]);

/*
 * word_ops_state - what the kernel does with a map of struct_ops, by KBPF_OPS_ of kbpf.h; NULL:
 * unknown
 */
const char *word_ops_state(uint32_t state);

/* word_map_flags - append "no_prealloc,mmapable": the BPF_F_ constants of map creation */
void word_map_flags(struct buf *out, uint32_t flags);

/* word_map_flag - one of them, 1 << @bit */
const char *word_map_flag(unsigned int bit, char word[WORD_MAX]);

#endif
