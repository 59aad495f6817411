// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why the verifier refuses programs: how it says so, what that means, what to change. Its words are
 * those of kernel/bpf/verifier.c and btf.c, of 5.4 to 7.3; where a release changed them each
 * wording has a row. The first row that fits counts.
 */
#include <string.h>

#include "refusal/cause.h"

#define READ_KERNEL                                                                             \
	"read it with read_kernel(&value, sizeof(value), &pointer->field) (hotprobe.h) or "     \
	"bpf_probe_read_kernel(); libbcc does that by itself only where it sees the pointer's " \
	"type: not in macros' arguments, nor behind casts from numbers or void *"
#define TEST_NULL "test it first: if (!pointer) return 0;"
#define INITIALISE \
	"start with = {} or, for padding between fields too, __builtin_memset(&e, 0, sizeof(e))"
#define BOUND_INDEX                                                                              \
	"compare the unsigned index with the array's size right before the access: if (i >= N) " \
	"return 0; or mask it: i &= N - 1"
#define BOUND_LENGTH                                                                           \
	"keep the length in an unsigned variable and bound it right before the call: if (n > " \
	"sizeof(buffer)) n = sizeof(buffer); or n &= sizeof(buffer) - 1"
#define LESS_STACK                                                                               \
	"put large variables into a map: BPF_PERCPU_ARRAY(scratch, struct event, 1), looked up " \
	"with key 0"
#define BOUND_LOOP                                                                               \
	"give it a constant bound that the verifier can see, such as for (int i = 0; i < 16 && " \
	"more; i++), or #pragma unroll"
#define SMALLER                                                                               \
	"make loops shorter, branch less in them, split the work over several programs with " \
	"tail calls, or move a part behind the event's filter to the reader"
#define NOT_GLOBAL                                                                                 \
	"declare it static __always_inline: then it is verified where it is called, with what is " \
	"passed there"
#define INLINE "declare it static inline, without noinline"
#define INLINE_LOOP                                                                       \
	"declare the functions static inline; one that calls itself must become a loop, " \
	"with a constant bound"
#define OTHER_HELPER \
	"use another helper, or another way to attach: bpf-helpers(7) says what each is for"

static const struct cause causes[] = {
	/* ---- functions that are verified by themselves ---- */
	{ { "doesn't return scalar" }, NULL, NOT_GLOBAL, tell_global_function },
	{ { "rg#", "is not supported yet" }, NULL, NOT_GLOBAL, tell_global_function },
	{ { "rg#", "expected pointer to ctx" }, NULL, NOT_GLOBAL, tell_global_function },
	{ { "rg#", "size cannot be determined" }, NULL, NOT_GLOBAL, tell_global_function },
	{ { "rg#", "must point to scalar" }, NULL, NOT_GLOBAL, tell_global_function },
	{ { "rg#", "should be pointer to" }, NULL, NOT_GLOBAL, tell_global_function },
	{ { "rg#", "expects pointer to ctx" }, NULL, NOT_GLOBAL, tell_global_function },
	{ { "Caller passes invalid args" }, NULL, NOT_GLOBAL, tell_global_function },
	/* ---- NULL ---- */
	{ { "invalid mem access '", "_or_null'" }, NULL, TEST_NULL, tell_null },
	{ { "_or_null expected=" }, NULL, TEST_NULL, tell_null },
	{ { "type=map_value_or_null" }, NULL, TEST_NULL, tell_null },
	{ { "pointer arithmetic on", "_or_null" }, NULL, TEST_NULL, tell_null },
	{ { "or_null", "null-check it first" }, NULL, TEST_NULL, tell_null },

	/* ---- memory ---- */
	{ { "invalid mem access 'scalar'" }, NULL, READ_KERNEL, tell_unread_memory },
	{ { "invalid mem access 'inv'" }, NULL, READ_KERNEL, tell_unread_memory },
	{ { "invalid mem access 'imm'" }, NULL, READ_KERNEL, tell_unread_memory },
	{ { "invalid mem access 'map_ptr'" },
	  "the map itself is read as if it were a value of it",
	  "look the value up: value = map.lookup(&key)",
	  NULL },
	{ { "only read from bpf_array is supported" },
	  "the map itself is written as if it were a value of it",
	  "look the value up, or use map.update(&key, &value)",
	  NULL },
	{ { "cannot write into rdonly" },
	  "memory is written that may only be read",
	  "copy it to a variable of your own and change that",
	  NULL },
	{ { "invalid bpf_context access" },
	  "the context (ctx, args) has nothing that could be read there in this way",
	  "use the fields that the tracepoint's format or struct pt_regs has, each whole; what a "
	  "pointer in it points to is read with read_kernel()",
	  NULL },
	{ { "dereference of modified ctx ptr" },
	  "the context (ctx, args) is read through a pointer that was moved",
	  "read its fields by name from the pointer that the function was called with",
	  NULL },
	{ { "invalid access to map value" }, NULL, BOUND_INDEX, tell_bounds },
	{ { "unbounded memory access, make sure to bounds check" },
	  NULL,
	  BOUND_INDEX,
	  tell_bounds },
	{ { "is outside of the allowed memory range" }, NULL, BOUND_INDEX, tell_bounds },
	{ { "is outside of the array range" }, NULL, BOUND_INDEX, tell_bounds },
	{ { "makes map_value pointer be out of bounds" }, NULL, BOUND_INDEX, tell_bounds },
	{ { "math between map_value pointer and register" }, NULL, BOUND_INDEX, tell_bounds },
	{ { "invalid access to memory, mem_size=" }, NULL, BOUND_INDEX, tell_bounds },

	/* ---- lengths ---- */
	{ { "min value is negative, either use unsigned" }, NULL, BOUND_LENGTH, tell_length },
	{ { "unbounded memory access, use 'var &= const'" }, NULL, BOUND_LENGTH, tell_length },
	{ { "invalid zero-sized read" },
	  NULL,
	  "bound it from below, too: if (n < 1) return 0;",
	  tell_length },
	{ { "min value is outside", "negative" }, NULL, BOUND_LENGTH, tell_length },
	{ { "invalid stack type", "access_size=-" }, NULL, BOUND_LENGTH, tell_length },

	/* ---- the stack ---- */
	{ { "invalid indirect read from stack" }, NULL, INITIALISE, tell_stack_bytes },
	{ { "invalid read from stack" }, NULL, INITIALISE, tell_stack_bytes },
	{ { "combined stack size of" },
	  "the functions that call each other here need more than the 512 bytes of stack that a "
	  "BPF program has, together",
	  LESS_STACK,
	  tell_calls },
	{ { "invalid indirect access to stack" }, NULL, LESS_STACK, tell_stack_access },
	{ { "invalid write to stack" }, NULL, LESS_STACK, tell_stack_access },
	{ { "invalid stack off=" }, NULL, LESS_STACK, tell_stack_access },
	{ { "invalid stack type" }, NULL, LESS_STACK, tell_stack_access },
	{ { "invalid variable-offset" },
	  "an array on the stack is accessed at an index that the verifier cannot bound",
	  BOUND_INDEX,
	  NULL },
	{ { "variable stack access" },
	  "an array on the stack is accessed at an index that the verifier cannot bound",
	  BOUND_INDEX,
	  NULL },
	{ { "variable", "stack read" },
	  "an array on the stack is read at an index that the verifier cannot bound",
	  BOUND_INDEX,
	  NULL },
	{ { "math between fp pointer and register" },
	  "an array on the stack is accessed at an index that the verifier cannot bound",
	  BOUND_INDEX,
	  NULL },
	{ { "call stack of", "frames is too deep" },
	  "functions that are not inlined call each other more than 8 deep",
	  INLINE_LOOP,
	  tell_recursion },

	/* ---- loops, size ---- */
	{ { "BPF program is too large" }, NULL, SMALLER, tell_too_large },
	{ { "jumps is too complex" }, NULL, SMALLER, tell_too_large },
	{ { "too many states" }, NULL, SMALLER, tell_too_large },
	{ { "complexity" }, NULL, SMALLER, tell_too_large },
	{ { "infinite loop detected" },
	  "this loop may never end: from one turn to the next nothing changes that the verifier "
	  "knows of",
	  BOUND_LOOP,
	  tell_instruction },
	{ { "recursive call" }, NULL, INLINE_LOOP, tell_recursion },
	{ { "back-edge" }, NULL, NULL, tell_back_edge },
	{ { "unreachable insn" },
	  "nothing ever comes to this code: what stands before it never ends or never returns",
	  "end the loop before it, or remove it; behind __builtin_unreachable() there must be "
	  "nothing",
	  tell_instruction },
	{ { "jump out of range" },
	  "the program jumps to where it has no code",
	  "every path through the function must end with return",
	  tell_instruction },
	{ { "last insn is not an exit or jmp" }, NULL, INLINE, tell_not_linked },
	{ { "call to invalid destination" }, NULL, INLINE, tell_not_linked },

	/* ---- helpers ---- */
	{ { "cannot call GPL" }, NULL, NULL, tell_gpl },
	{ { "GPL-restricted function from non-GPL" }, NULL, NULL, tell_gpl },
	{ { "program of this type cannot use helper" }, NULL, OTHER_HELPER, tell_helper },
	{ { "unknown func " }, NULL, OTHER_HELPER, tell_helper },
	{ { "invalid func " }, NULL, OTHER_HELPER, tell_helper },
	{ { "helper call is not allowed in probe" }, NULL, OTHER_HELPER, tell_helper },
	{ { "calling kernel function", "not allowed" },
	  "this function of the kernel (kfunc) may not be called by programs of this type",
	  "attach in another way (fentry, LSM), or use a BPF helper; which kfunc serves which type "
	  "differs from kernel to kernel: see Documentation/bpf/kfuncs.rst of this one",
	  NULL },
	{ { "calling kernel function" },
	  "this kernel does not let programs call functions of its own (kfuncs), or not this one",
	  "kfuncs can be called since Linux 5.13, by most kinds of tracing programs since 6.0; "
	  "use a BPF helper",
	  tell_kfunc },
	{ { "BPF_CALL uses reserved fields" },
	  "this kernel does not let programs call functions of its own (kfuncs), or not in this "
	  "way",
	  "kfuncs can be called since Linux 5.13, by most kinds of tracing programs since 6.0; "
	  "use a BPF helper",
	  tell_kfunc },
	{ { "kernel btf_id" },
	  "this kernel has no such function to call (kfunc)",
	  "kfuncs differ from kernel to kernel: see Documentation/bpf/kfuncs.rst of this one, or "
	  "use a BPF helper",
	  tell_kfunc },
	{ { "kernel function call" },
	  "this kernel does not let programs call functions of its own (kfuncs), or not this one",
	  "kfuncs can be called since Linux 5.13, by most kinds of tracing programs since 6.0; "
	  "use a BPF helper",
	  tell_kfunc },
	{ { "function calls to other bpf functions are allowed" },
	  "this kernel lets only programs of root call functions that are not inlined",
	  "declare them static __always_inline",
	  NULL },
	{ { "sleep", "non-sleepable" },
	  "the helper may sleep, and a program that is attached here may not",
	  "use another helper: read_user() reads what is in memory; bpf_copy_from_user() is for "
	  "sleepable programs",
	  NULL },
	{ { "cannot pass map_type" },
	  "this helper or method does not work with a map of this type",
	  "declare the map with the macro that the method belongs to: BCC's reference guide lists "
	  "them",
	  NULL },
	{ { "preallocated hash map" },
	  "programs of this type can only use hash maps whose memory is allocated beforehand",
	  "declare it without BPF_F_NO_PREALLOC",
	  NULL },
	{ { "tracing progs cannot use bpf_" },
	  "programs of this type cannot use a map with a spin lock or timer in its values",
	  "use __sync_fetch_and_add() on a plain number",
	  NULL },
	{ { "STX uses reserved fields" },
	  "this kernel has no such atomic operation: before 5.12 there is only adding, whose "
	  "result "
	  "cannot be used",
	  "call __sync_fetch_and_add() for its effect, and do not look at what it returns",
	  NULL },
	{ { "unknown opcode" },
	  "this kernel does not know this instruction: it is too old for what the compiler made",
	  "atomic operations other than adding exist since Linux 5.12",
	  NULL },
	{ { "attach_btf_id" },
	  "the kernel does not take the function that this program is to be attached to",
	  "hotprobe list functions shows those that can be; use kprobe__ instead of KFUNC_PROBE",
	  NULL },

	/* ---- references ---- */
	{ { "Unreleased reference" }, NULL, NULL, tell_reference },
	{ { "reference leak" }, NULL, NULL, tell_reference },
	{ { "Possibly NULL pointer passed" }, NULL, TEST_NULL, tell_null },

	/* ---- registers ---- */
	{ { "!read_ok" }, NULL, NULL, tell_unset },
	{ { "type=", " expected=" }, NULL, NULL, tell_argument },
	{ { "on pointer prohibited" },
	  "a pointer of this kind cannot be calculated with in this way: it may only be moved",
	  "an address that is calculated from a number is one: keep it in a u64, and read what is "
	  "behind it with read_kernel()",
	  NULL },
	{ { "pointer arithmetic", "prohibited" },
	  "a pointer of this kind cannot be calculated with",
	  "keep the pointer as it is, and read what is behind it with read_kernel()",
	  NULL },
	{ { "leaks addr" },
	  "a pointer of the kernel's would be put where it can be read",
	  "cast it to u64 and copy that, which is allowed with CAP_PERFMON",
	  NULL },
	{ { "misaligned" },
	  "a number is read or written at an address that is not a multiple of its size",
	  "copy it with read_kernel() or __builtin_memcpy(), or let the struct have no packed "
	  "attribute",
	  NULL },
	{ { "At program exit the register R0" },
	  "what the program returns must be in the range that its type allows",
	  "return 0",
	  NULL },
};

const struct cause *cause_of(const char *words)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		const struct cause *cause = &causes[i];
		bool fits = true;

		for (size_t w = 0; w < 3 && cause->words[w] && fits; w++)
			fits = strstr(words, cause->words[w]) != NULL;
		if (fits)
			return cause;
	}
	return NULL;
}
