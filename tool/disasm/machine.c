// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "disasm/machine.h"
#include "util/buf.h"

#define BYTES_A_LINE 16

static size_t bytes_text(struct buf *out, const unsigned char *code, size_t len)
{
	len = len < BYTES_A_LINE ? len : BYTES_A_LINE;
	for (size_t i = 0; i < len; i++)
		buf_printf(out, "%s%02x", i ? " " : "", code[i]);
	return len;
}

/* Its structs differ from one major version to the next: only that of the headers will do. */
#if __has_include(<capstone/capstone.h>) && (defined(__x86_64__) || defined(__aarch64__))
#include <capstone/capstone.h>

#define TEXT_OF(number) #number
#define FILE_OF(major)	"libcapstone.so." TEXT_OF(major)
#define CAPSTONE	FILE_OF(CS_API_MAJOR)

typedef cs_err open_fn(cs_arch arch, cs_mode mode, csh *handle);
typedef cs_err close_fn(csh *handle);
typedef size_t disasm_fn(csh handle, const uint8_t *code, size_t size, uint64_t addr, size_t count,
			 cs_insn **insn);
typedef void free_fn(cs_insn *insn, size_t count);

void machine_open(struct machine *machine)
{
	open_fn *open;

	machine->library = dlopen(CAPSTONE, RTLD_NOW | RTLD_LOCAL);
	if (!machine->library) {
		machine->missing = CAPSTONE " is not installed";
		return;
	}
	open = (open_fn *)dlsym(machine->library, "cs_open");
#ifdef __x86_64__
	if (!open || open(CS_ARCH_X86, CS_MODE_64, &machine->handle))
#else
	if (!open || open(CS_ARCH_ARM64, CS_MODE_ARM, &machine->handle))
#endif
		machine->missing = CAPSTONE " does not know this machine";
}

/* The address in "call 0xffffffff81234560". */
static uint64_t target_of(const cs_insn *insn)
{
	const char *operands = insn->op_str;

	if (strcmp(insn->mnemonic, "call") != 0 && strcmp(insn->mnemonic, "jmp") != 0 &&
	    strcmp(insn->mnemonic, "bl") != 0)
		return 0;
	operands += *operands == '#';
	return strncmp(operands, "0x", 2) == 0 ? strtoull(operands, NULL, 16) : 0;
}

size_t machine_text(struct buf *out, const struct machine *machine, const unsigned char *code,
		    size_t len, uint64_t addr, uint64_t *target)
{
	disasm_fn *disasm;
	cs_insn *insn = NULL;
	free_fn *release;
	size_t size;

	*target = 0;
	if (machine->missing)
		return bytes_text(out, code, len);
	disasm = (disasm_fn *)dlsym(machine->library, "cs_disasm");
	release = (free_fn *)dlsym(machine->library, "cs_free");
	if (!disasm || !release || disasm(machine->handle, code, len, addr, 1, &insn) != 1)
		/* an instruction that it does not know */
		return bytes_text(out, code, 1);
	size = insn->size;
	*target = target_of(insn);
	buf_printf(out, "%s%s%s", insn->mnemonic, insn->op_str[0] ? " " : "", insn->op_str);
	release(insn, 1);
	return size;
}

void machine_close(struct machine *machine)
{
	close_fn *close = NULL;

	if (machine->library && !machine->missing)
		close = (close_fn *)dlsym(machine->library, "cs_close");
	if (close)
		close(&machine->handle);
	if (machine->library)
		dlclose(machine->library);
	memset(machine, 0, sizeof(*machine));
}

#else

void machine_open(struct machine *machine)
{
	machine->missing = "hotprobe was built without Capstone's headers";
}

size_t machine_text(struct buf *out, const struct machine *machine, const unsigned char *code,
		    size_t len, uint64_t addr, uint64_t *target)
{
	(void)machine;
	(void)addr;
	*target = 0;
	return bytes_text(out, code, len);
}

void machine_close(struct machine *machine)
{
	memset(machine, 0, sizeof(*machine));
}

#endif
