/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_H
#define HOTPROBE_H

/*
 * What every probe can use. hotprobe takes this file in as text before the compiler sees it.
 *
 * Field types: how an event's field is printed follows from the name of its type. Any other type
 * prints as the integer, text (char[]) or bytes (u8[]) that it is.
 */
typedef s64 errno_t;	   /* a result: -13 prints as EACCES, what is not negative as a number */
typedef u32 ipv4_t;	   /* network byte order */
typedef u16 port_t;	   /* host byte order: ntohs() */
typedef u64 duration_ns_t; /* prints as 12.3us */
typedef u64 time_ns_t;	   /* bpf_ktime_get_ns(); prints as wall-clock time */
typedef u64 bytes_t;
typedef u64 kaddr_t; /* an address in the kernel */
typedef s32 kstack_t;
typedef s32 ustack_t;
typedef u32 signal_t; /* prints as SIGKILL */
typedef u16 family_t; /* prints as AF_INET6 */
typedef u32 octal_t;  /* prints as 0644 */
typedef u64 hex_t;    /* prints as 0x1f */
typedef char argv_t;  /* argv_t[]: strings one behind the other, as in execve(2)'s argv */
typedef s32 fd_t;     /* a file descriptor; negative: not known, printed as - */
typedef struct {
	u8 addr[16];
} ipv6_t;
/* of either family: an IPv4 address as ::ffff:1.2.3.4, which prints as 1.2.3.4 */
typedef struct {
	u8 addr[16];
} inet_t;
/*
 * One end of a connection: prints as 10.0.0.1:443 or [2001:db8::1]:443. addr is as in inet_t, port
 * in host byte order, family AF_INET, AF_INET6, or another one, of which only the name is printed;
 * 0: not known, printed as -.
 */
typedef struct {
	u8 addr[16];
	u16 port;
	u16 family;
} endpoint_t;
typedef char payload_t; /* see PAYLOAD() */
typedef u8 hexdump_t;

/*
 * A field of which only a part is used: set size to how many of the N elements are, or to a
 * negative errno when they could not be read. As the last field of an event it need not be sent
 * whole: see name_emit_part().
 */
#define TEXT(n)               \
	struct {              \
		u32 size;     \
		char data[n]; \
	}
#define BYTES(n)            \
	struct {            \
		u32 size;   \
		u8 data[n]; \
	}
#define ARGV(n)                 \
	struct {                \
		u32 size;       \
		argv_t data[n]; \
	}

/*
 * What a program says to another one, text or not: in a table, lines of their own below the
 * event's. PAYLOAD prints text as text, HEXDUMP everything as a dump, whose offsets start at the
 * event's field "offset" if it has one.
 */
#define PAYLOAD(n)                 \
	struct {                   \
		u32 size;          \
		payload_t data[n]; \
	}
#define HEXDUMP(n)                 \
	struct {                   \
		u32 size;          \
		hexdump_t data[n]; \
	}

/* CUT - the size of a field that holds @used elements, but there was more: printed with "..." */
#define CUT(used) ((used) | 0x40000000)

/*
 * read_kernel, read_user - copy memory that a pointer from the kernel, from a process points to
 *
 * 0, or a negative errno, with @dst then zeroed. Kernels before 5.5 have one helper for both, which
 * faults on user addresses where it expects none: there the address is looked at first.
 */
#if defined(bpf_probe_read_kernel) && !defined(CONFIG_X86_5LEVEL)
#define HOTPROBE_KERNEL_START 0xffff800000000000ULL
#else
/* five levels of page tables: since 6.17 x86 has no option for them, it always may have them */
#define HOTPROBE_KERNEL_START 0xff00000000000000ULL
#endif

static inline int read_kernel(void *dst, u32 size, const void *src)
{
/* libbcc defines this to be bpf_probe_read where the kernel does not have it */
#ifdef bpf_probe_read_kernel
	if ((u64)src < HOTPROBE_KERNEL_START) {
		__builtin_memset(dst, 0, size);
		return -14; /* EFAULT */
	}
#endif
	return bpf_probe_read_kernel(dst, size, src);
}

static inline int read_user(void *dst, u32 size, const void *src)
{
#ifdef bpf_probe_read_kernel
	if ((u64)src >= HOTPROBE_KERNEL_START) {
		__builtin_memset(dst, 0, size);
		return -14; /* EFAULT */
	}
#endif
	return bpf_probe_read_user(dst, size, src);
}

/*
 * For programs under fentry.multi and fexit.multi in the Attach section, of which there is one for
 * each function. Their context is an array with the function's arguments and, behind those, its
 * result, in slots of eight bytes; a struct of up to 16 bytes takes two.
 *
 * traced_function(): the address of the function; traced_slots(): how many slots its arguments
 * take; traced_slot(ctx, n): what is in slot @n; traced_result(ctx): the result, in fexit.multi.
 * ctx[n] would do, too, where each of the functions has such an argument.
 */
#define traced_function()  hp_function()
#define traced_slots()	   hp_slots()
#define traced_result(ctx) traced_slot(ctx, hp_slots())

static inline u64 traced_slot(const u64 *ctx, u64 n)
{
	u64 slot = 0;

	read_kernel(&slot, sizeof(slot), ctx + n);
	return slot;
}

/* debugf - with --debug, a line of printf-like text on stderr; three arguments at most */
#ifdef DEBUG
/* from 5.9 on the kernel ends the line itself */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 9, 0)
#define HOTPROBE_DEBUG_END "\n"
#else
#define HOTPROBE_DEBUG_END ""
#endif
/* bpf_trace_printk() as libbcc would write it out, which it does not do inside a macro */
#define debugf(fmt, args...)                                             \
	({                                                               \
		char hp_format[] = fmt HOTPROBE_DEBUG_END;               \
		bpf_trace_printk_(hp_format, sizeof(hp_format), ##args); \
	})
#else
#define debugf(fmt, args...) \
	do {                 \
	} while (0)
#endif

/*
 * For functions of Go programs, behind a line "go FILE" in the Attach section.
 *
 * go_arg(ctx, n): the function's argument number @n from 0, in words: a string is two (pointer,
 * length), a slice three, an interface two (type, value), a receiver the first. To be read at
 * +body. go_result(ctx, args, n): at +ret, its result number @n, where @args is the number of words
 * of all arguments. Go passes both in nine registers since 1.17 (Go's
 * src/cmd/compile/abi-internal.md; only integers and pointers; what is behind the ninth word is not
 * offered), and on the stack before.
 */
#ifdef GO_VERSION
#include <linux/ptrace.h>
#include <linux/sched.h>
#ifdef GO_REGISTER_ABI
#define GO_WORD_0(ctx)		((ctx)->ax)
#define GO_WORD_1(ctx)		((ctx)->bx)
#define GO_WORD_2(ctx)		((ctx)->cx)
#define GO_WORD_3(ctx)		((ctx)->di)
#define GO_WORD_4(ctx)		((ctx)->si)
#define GO_WORD_5(ctx)		((ctx)->r8)
#define GO_WORD_6(ctx)		((ctx)->r9)
#define GO_WORD_7(ctx)		((ctx)->r10)
#define GO_WORD_8(ctx)		((ctx)->r11)
#define go_arg(ctx, n)		GO_WORD_##n(ctx)
#define go_result(ctx, args, n) GO_WORD_##n(ctx)
#else
#define go_arg(ctx, n)		go_stack_word(ctx, n)
#define go_result(ctx, args, n) go_stack_word(ctx, (args) + (n))
#endif

static inline u64 go_stack_word(const struct pt_regs *ctx, u32 n)
{
	u64 word = 0;

	/* the return address is the first */
	read_user(&word, sizeof(word), (const void *)(ctx->sp + 8 + 8 * (u64)n));
	return word;
}

/*
 * One call of a function: the key to what a program keeps from +body for +ret. A goroutine goes
 * from thread to thread, and its stack from one place to another, which is why neither the thread
 * nor the stack pointer can be the key; how deep in the stack the call is stays the same.
 */
struct go_call {
	u64 goroutine;
	u64 depth;
	u32 pid;
	u32 unused;
};

/* The stack that a goroutine has now. */
struct go_stack {
	u64 low;
	u64 high;
};

/* go_call_of - which call this is; 0, or a negative errno when the goroutine cannot be found */
static inline int go_call_of(const struct pt_regs *ctx, struct go_call *call,
			     struct go_stack *stack)
{
	u64 goroutine = 0;

#ifdef GO_REGISTER_ABI
	goroutine = ctx->r14;
#else
	/* the thread's runtime.g: Go's src/runtime/go_tls.h, and settls in sys_linux_amd64.s */
	const struct task_struct *task = (void *)bpf_get_current_task();
	u64 base = 0;

	read_kernel(&base, sizeof(base), &task->thread.fsbase);
	read_user(&goroutine, sizeof(goroutine), (const void *)(base - 8));
#endif
	__builtin_memset(call, 0, sizeof(*call));
	/* runtime.g begins with its stack: low end, high end */
	if (read_user(stack, sizeof(*stack), (const void *)goroutine) || ctx->sp <= stack->low ||
	    ctx->sp > stack->high)
		return -3; /* ESRCH */
	call->goroutine = goroutine;
	call->depth = stack->high - ctx->sp;
	call->pid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

/*
 * go_keep, go_kept - a pointer as it can be kept from +body to +ret, and back again: one into the
 * stack by its distance from the high end, because the stack may have moved meanwhile
 */
static inline u64 go_keep(const struct go_stack *stack, u64 pointer)
{
	return pointer >= stack->low && pointer < stack->high ? pointer - stack->high : pointer;
}

static inline u64 go_kept(const struct go_stack *stack, u64 kept)
{
	return (s64)kept < 0 ? stack->high + kept : kept;
}
#endif

#endif
