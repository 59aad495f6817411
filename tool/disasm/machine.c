// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "disasm/machine.h"
#include "util/buf.h"
#include "util/text.h"

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

/* One instruction, which free_insn() frees; NULL for bytes that are none that Capstone knows. */
static cs_insn *read_insn(const struct machine *machine, const unsigned char *code, size_t len,
			  uint64_t addr)
{
	disasm_fn *disasm = (disasm_fn *)dlsym(machine->library, "cs_disasm");
	cs_insn *insn = NULL;

	if (!disasm || disasm(machine->handle, code, len, addr, 1, &insn) != 1)
		return NULL;
	return insn;
}

static void free_insn(const struct machine *machine, cs_insn *insn)
{
	free_fn *release = (free_fn *)dlsym(machine->library, "cs_free");

	if (release)
		release(insn, 1);
}

/* The mnemonic without what x86 can have in front: "repz ret", "bnd jmp", "notrack jmp". */
static const char *bare_mnemonic(const cs_insn *insn)
{
	const char *space = strrchr(insn->mnemonic, ' ');

	return space ? space + 1 : insn->mnemonic;
}

static enum machine_kind kind_of(const cs_insn *insn)
{
	const char *name = bare_mnemonic(insn);

#ifdef __x86_64__
	if (text_starts(name, "ret"))
		return MACHINE_RETURN;
	if (text_starts(name, "call") || strcmp(name, "lcall") == 0)
		return MACHINE_CALL;
	if (strcmp(name, "jmp") == 0) {
		if (insn->op_str[0] == '0')
			return MACHINE_JUMP;
		/* "qword ptr [rax + rcx*8]" */
		return strchr(insn->op_str, '*') ? MACHINE_SWITCH : MACHINE_INDIRECT;
	}
	if (strcmp(name, "ljmp") == 0)
		return MACHINE_INDIRECT;
	return name[0] == 'j' || text_starts(name, "loop") ? MACHINE_BRANCH : MACHINE_OTHER;
#else
	if (strcmp(name, "ret") == 0 || strcmp(name, "retaa") == 0 || strcmp(name, "retab") == 0)
		return MACHINE_RETURN;
	if (strcmp(name, "bl") == 0 || text_starts(name, "blr"))
		return MACHINE_CALL;
	if (strcmp(name, "b") == 0)
		return MACHINE_JUMP;
	if (strcmp(name, "br") == 0 || text_starts(name, "bra"))
		return MACHINE_INDIRECT;
	return text_starts(name, "b.") || text_starts(name, "cb") || text_starts(name, "tb")
		       ? MACHINE_BRANCH
		       : MACHINE_OTHER;
#endif
}

/* The address in "call 0xffffffff81234560"; the last operand in "cbz x0, #0xffff800080001234". */
static uint64_t target_of(const cs_insn *insn)
{
	const char *operands = insn->op_str, *last = strrchr(operands, ' ');
	enum machine_kind kind = kind_of(insn);

	if (kind != MACHINE_CALL && kind != MACHINE_JUMP && kind != MACHINE_BRANCH)
		return 0;
	if (strchr(operands, '['))
		return 0;
	operands = last ? last + 1 : operands;
	operands += *operands == '#';
	return strncmp(operands, "0x", 2) == 0 ? strtoull(operands, NULL, 16) : 0;
}

bool machine_decode(const struct machine *machine, const unsigned char *code, size_t len,
		    uint64_t addr, struct machine_insn *insn)
{
	cs_insn *read = read_insn(machine, code, len, addr);

	if (!read)
		return false;
	insn->kind = kind_of(read);
	insn->size = read->size;
	insn->target = target_of(read);
	free_insn(machine, read);
	return true;
}

size_t machine_text(struct buf *out, const struct machine *machine, const unsigned char *code,
		    size_t len, uint64_t addr, uint64_t *target)
{
	cs_insn *insn;
	size_t size;

	*target = 0;
	if (machine->missing)
		return bytes_text(out, code, len);
	insn = read_insn(machine, code, len, addr);
	if (!insn)
		/* an instruction that it does not know */
		return bytes_text(out, code, 1);
	size = insn->size;
	/* a branch stays in its function: its name would tell nothing */
	if (kind_of(insn) != MACHINE_BRANCH)
		*target = target_of(insn);
	buf_printf(out, "%s%s%s", insn->mnemonic, insn->op_str[0] ? " " : "", insn->op_str);
	free_insn(machine, insn);
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

bool machine_decode(const struct machine *machine, const unsigned char *code, size_t len,
		    uint64_t addr, struct machine_insn *insn)
{
	(void)machine;
	(void)code;
	(void)len;
	(void)addr;
	(void)insn;
	return false;
}

void machine_close(struct machine *machine)
{
	memset(machine, 0, sizeof(*machine));
}

#endif
