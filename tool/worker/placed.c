// SPDX-License-Identifier: GPL-2.0-only
/*
 * libbcc has each module that clang made verified before it is optimized (bpf_module.cc,
 * run_pass_manager()). The function here stands in the place of LLVM's (see record.c for how): at
 * this point there is one getelementptr for each member that is reached. They are looked at through
 * LLVM's C API (llvm-c/Core.h, llvm-c/Target.h).
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"
#include "worker/placed.h"

/* as clang's X86_64TargetInfo has it, clang/lib/Basic/Targets/X86.h; since LLVM 18 with i128:128 */
#define X86_64_LAYOUT "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
#define LLVM_SAME     18
/* llvm-c/Core.h */
#define LLVM_GEP	 29 /* LLVMGetElementPtr of LLVMOpcode */
#define LLVM_STRUCT_TYPE 10 /* LLVMStructTypeKind of LLVMTypeKind */

/* The function that stands in for LLVM's has no argument to carry it. */
static struct {
	struct misplaced first;
	bool found;
	void *right; /* the layout that the types were made for */
} placed;

/* From LLVM's C API, by its names; NULL where the version has it not. */
static struct {
	void *(*CreateTargetData)(const char *layout);
	const char *(*GetTarget)(void *module);
	void *(*GetModuleDataLayout)(void *module);
	unsigned long long (*OffsetOfElement)(void *layout, void *type, unsigned int element);
	void *(*GetFirstFunction)(void *module);
	void *(*GetNextFunction)(void *function);
	void *(*GetFirstBasicBlock)(void *function);
	void *(*GetNextBasicBlock)(void *block);
	void *(*GetFirstInstruction)(void *block);
	void *(*GetNextInstruction)(void *instruction);
	int (*GetInstructionOpcode)(void *instruction);
	void *(*GetGEPSourceElementType)(void *instruction);
	int (*GetTypeKind)(void *type);
	const char *(*GetStructName)(void *type);
	int (*GetNumOperands)(void *value);
	void *(*GetOperand)(void *value, unsigned int index);
	void *(*IsAConstantInt)(void *value);
	unsigned long long (*ConstIntGetZExtValue)(void *value);
	unsigned int (*GetDebugLocLine)(void *value);
	const char *(*GetDebugLocFilename)(void *value, unsigned int *len);
	void *last; /* the end of the table */
} llvm;

static bool llvm_symbols(void)
{
	static const char *const names[] = {
		"CreateTargetData",	"GetTarget",
		"GetModuleDataLayout",	"OffsetOfElement",
		"GetFirstFunction",	"GetNextFunction",
		"GetFirstBasicBlock",	"GetNextBasicBlock",
		"GetFirstInstruction",	"GetNextInstruction",
		"GetInstructionOpcode", "GetGEPSourceElementType",
		"GetTypeKind",		"GetStructName",
		"GetNumOperands",	"GetOperand",
		"IsAConstantInt",	"ConstIntGetZExtValue",
		"GetDebugLocLine",	"GetDebugLocFilename",
	};
	void **function = (void **)&llvm;
	char symbol[64];

	_Static_assert(sizeof(llvm) == (sizeof(names) / sizeof(names[0]) + 1) * sizeof(void *),
		       "a name for each function");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(symbol, sizeof(symbol), "LLVM%s", names[i]);
		function[i] = dlsym(RTLD_DEFAULT, symbol);
		if (!function[i])
			return false;
	}
	return true;
}

/* Since LLVM 18 both layouts are one in this; the function that tells came with 16. */
static bool llvm_may_differ(void)
{
	void (*version)(unsigned int *major, unsigned int *minor, unsigned int *patch) =
		(void (*)(unsigned int *, unsigned int *, unsigned int *))dlsym(RTLD_DEFAULT,
										"LLVMGetVersion");
	unsigned int major = 0, minor, patch;

	if (version)
		version(&major, &minor, &patch);
	return major < LLVM_SAME;
}

/* "getelementptr %struct.name, ptr, i32 0, i32 ELEMENT" */
static void placed_look(void *gep, void *layout)
{
	void *type = llvm.GetGEPSourceElementType(gep), *index;
	unsigned long long right, read_at;
	unsigned int element, len = 0;
	const char *name, *file;

	if (llvm.GetTypeKind(type) != LLVM_STRUCT_TYPE || llvm.GetNumOperands(gep) != 3)
		return;
	index = llvm.GetOperand(gep, 2);
	if (!llvm.IsAConstantInt(index))
		return;
	element = (unsigned int)llvm.ConstIntGetZExtValue(index);
	right = llvm.OffsetOfElement(placed.right, type, element);
	read_at = llvm.OffsetOfElement(layout, type, element);
	if (right == read_at)
		return;
	placed.found = true;
	name = llvm.GetStructName(type) ?: "a struct without a name";
	snprintf(placed.first.record, sizeof(placed.first.record), "%.*s%s%s",
		 (int)strcspn(name, "."), name, strchr(name, '.') ? " " : "",
		 strchr(name, '.') ? strchr(name, '.') + 1 : "");
	placed.first.offset = right;
	placed.first.read_at = read_at;
	placed.first.line = llvm.GetDebugLocLine(gep);
	file = llvm.GetDebugLocFilename(gep, &len);
	snprintf(placed.first.file, sizeof(placed.first.file), "%.*s", (int)len, file ?: "");
}

static void placed_module(void *module)
{
	void *layout;

	if (placed.found || !llvm_may_differ() || !llvm_symbols())
		return;
	/* libbcc makes modules that run here, too: what prints and scans maps for Python */
	if (!text_starts(llvm.GetTarget(module), "bpf"))
		return;
	layout = llvm.GetModuleDataLayout(module);
	placed.right = placed.right ?: llvm.CreateTargetData(X86_64_LAYOUT);
	for (void *f = llvm.GetFirstFunction(module); f; f = llvm.GetNextFunction(f))
		for (void *b = llvm.GetFirstBasicBlock(f); b; b = llvm.GetNextBasicBlock(b))
			for (void *i = llvm.GetFirstInstruction(b); i && !placed.found;
			     i = llvm.GetNextInstruction(i))
				if (llvm.GetInstructionOpcode(i) == LLVM_GEP)
					placed_look(i, layout);
}

/* stands in for bool llvm::verifyModule(const Module &, raw_ostream *, bool *) */
bool _ZN4llvm12verifyModuleERKNS_6ModuleEPNS_11raw_ostreamEPb(void *module, void *stream,
							      void *broken);
bool _ZN4llvm12verifyModuleERKNS_6ModuleEPNS_11raw_ostreamEPb(void *module, void *stream,
							      void *broken)
{
	static bool (*real)(void *, void *, void *);

	if (!real)
		real = (bool (*)(void *, void *, void *))dlsym(
			RTLD_NEXT, "_ZN4llvm12verifyModuleERKNS_6ModuleEPNS_11raw_ostreamEPb");
	placed_module(module);
	return real(module, stream, broken);
}

const struct misplaced *placed_first(void)
{
	return placed.found ? &placed.first : NULL;
}
