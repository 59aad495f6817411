// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/why.h"
#include "doctor/trial.h"
#include "util/error.h"

#define BODY_MAX 32

/* include/linux/err.h's ENOTSUPP: not one of user space's codes, but what a JIT without it gives */
#define KERNEL_ENOTSUPP 524

static const struct bpf_insn fired[] = { INSN_SET(8, 1) };

const struct trial_body trial_fired = { fired, 1 };

/* Why a program was refused is said in the last line of the verifier's log before its statistics.
 */
static int trial_refused(const struct provider *provider, int code, const char *log,
			 struct error *err)
{
	size_t len = strcspn(log, "\n");
	const char *last = log;
	char what[64];

	if (code == -EPERM || code == -EACCES || code == -ENOSYS) {
		snprintf(what, sizeof(what), "loading a %s program", provider->name);
		return why_refused(code, what, err);
	}
	if (code == -KERNEL_ENOTSUPP)
		return error_set(err, code, "the kernel cannot do %s programs on this processor",
				 provider->name);
	for (const char *s = log; *s; s += strcspn(s, "\n") + (strchr(s, '\n') != NULL)) {
		if (strncmp(s, "processed ", 10) == 0 || *s == '\n')
			continue;
		last = s;
		len = strcspn(s, "\n");
	}
	if (len)
		return error_set(err, code, "the kernel refuses the program: %.*s", (int)len, last);
	return error_sys(err, code, "the kernel refuses the program");
}

int trial_load(struct trial *trial, const struct provider *provider, uint32_t btf_id,
	       const struct trial_body *body, struct error *err)
{
	char log[16384] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = provider->expected_type,
		    .attach_btf_id = btf_id);
	struct bpf_insn insns[BODY_MAX + 8];
	unsigned int n = 0;

	trial->prog_fd = -1;
	trial->map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "trial", 4, 8, 1, NULL);
	if (trial->map_fd < 0)
		return why_refused(trial->map_fd, "creating a BPF map", err);
	if (body->nr > BODY_MAX)
		return error_set(err, -E2BIG, "the trial's program is too long");
	insns[n++] = INSN_MOV(6, 1);
	insns[n++] = INSN(BPF_LD | BPF_IMM | BPF_DW, 7, BPF_PSEUDO_MAP_VALUE, 0, trial->map_fd);
	insns[n++] = INSN(0, 0, 0, 0, 0);
	memcpy(insns + n, body->insns, body->nr * sizeof(insns[0]));
	n += body->nr;
	insns[n++] = INSN(BPF_STX | BPF_MEM | BPF_DW, 7, 8, 0, 0);
	insns[n++] = INSN_SET(0, 0);
	insns[n++] = INSN_EXIT();
	trial->prog_fd = bpf_prog_load(provider->prog_type, "trial", "GPL", insns, n, &opts);
	if (trial->prog_fd >= 0)
		return 0;
	if (trial->prog_fd != -EPERM) {
		opts.log_level = 1;
		opts.log_buf = log;
		opts.log_size = sizeof(log);
		trial->prog_fd = bpf_prog_load(provider->prog_type, "trial", "GPL", insns, n,
					       &opts);
		if (trial->prog_fd >= 0)
			return 0;
	}
	return trial_refused(provider, trial->prog_fd, log, err);
}

int trial_run(const struct trial *trial, int cpu)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .flags = BPF_F_TEST_RUN_ON_CPU, .cpu = (__u32)cpu);

	return bpf_prog_test_run_opts(trial->prog_fd, &opts) ? -errno : 0;
}

uint64_t trial_number(const struct trial *trial)
{
	uint32_t key = 0;
	uint64_t number = 0;

	if (bpf_map_lookup_elem(trial->map_fd, &key, &number))
		return 0;
	return number;
}

void trial_close(struct trial *trial)
{
	if (trial->prog_fd >= 0)
		close(trial->prog_fd);
	if (trial->map_fd >= 0)
		close(trial->map_fd);
	trial->prog_fd = trial->map_fd = -1;
}

__attribute__((noinline, noclone)) int trial_function(int n)
{
	/* a USDT probe, called hotprobe:trial, without arguments: see elf_usdt.h for the format */
	__asm__ volatile("990:	nop\n"
			 ".pushsection .note.stapsdt,\"?\",\"note\"\n"
			 "	.balign 4\n"
			 "	.4byte 992f-991f, 994f-993f, 3\n"
			 "991:	.asciz \"stapsdt\"\n"
			 "992:	.balign 4\n"
			 "993:	.dc.a 990b\n"
			 "	.dc.a _.stapsdt.base\n"
			 "	.dc.a 0\n"
			 "	.asciz \"hotprobe\"\n"
			 "	.asciz \"trial\"\n"
			 "	.asciz \"\"\n"
			 "994:	.balign 4\n"
			 ".popsection\n"
			 ".ifndef _.stapsdt.base\n"
			 ".pushsection "
			 ".stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
			 "	.weak _.stapsdt.base\n"
			 "	.hidden _.stapsdt.base\n"
			 "_.stapsdt.base: .space 1\n"
			 "	.size _.stapsdt.base, 1\n"
			 ".popsection\n"
			 ".endif\n"
			 : "+r"(n)
			 :
			 : "memory");
	return n + 1;
}

/* The program itself comes first; see dl_iterate_phdr(3). */
static int place_find(struct dl_phdr_info *info, size_t size, void *data)
{
	uint64_t *offset = data, addr = (uint64_t)(uintptr_t)trial_function - info->dlpi_addr;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];

		if (ph->p_type == PT_LOAD && addr >= ph->p_vaddr &&
		    addr - ph->p_vaddr < ph->p_filesz)
			*offset = addr - ph->p_vaddr + ph->p_offset;
	}
	return 1;
}

int trial_place(char *target, size_t size, char *path, size_t path_size)
{
	ssize_t len = readlink("/proc/self/exe", path, path_size - 1);
	uint64_t offset = 0;

	if (len < 0)
		return -errno;
	path[len] = '\0';
	dl_iterate_phdr(place_find, &offset);
	if (!offset)
		return -ENOENT;
	if (snprintf(target, size, "%s:0x%llx", path, (unsigned long long)offset) >= (int)size)
		return -ENAMETOOLONG;
	return 0;
}
