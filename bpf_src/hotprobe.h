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
#ifdef CONFIG_X86_5LEVEL
#define HOTPROBE_KERNEL_START 0xff00000000000000ULL
#else
#define HOTPROBE_KERNEL_START 0xffff800000000000ULL
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

#endif
