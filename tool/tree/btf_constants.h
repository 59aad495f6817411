/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What probes use of the kernel's headers and BTF does not have.
 *
 * This text is built into the program and read by constants.c, line by line (a line that ends in a
 * backslash goes on in the next):
 *
 * - an @file line starts the part of another file of the header tree;
 * - a #define goes there between #ifndef and #endif, unless the BTF's types or the probe declare
 *   that name themselves;
 * - a function, one logical line that begins with "static inline", goes there when the probe names
 *   it, since the types it needs are there only then;
 * - other preprocessor lines go there as they are, all else is comment.
 *
 * What the body of a macro or function names, the probe reaches. So parameters have names that no
 * kernel type or member has: they end in an underscore.
 *
 * All here is the same in every kernel from 5.10 on, or given by the kernel's interface to
 * programs. Numbers are those of the kernel's headers, which the comments name.
 */

/* @file include/linux/kconfig.h */

/* include/linux/kconfig.h */
#define HOTPROBE_IS_1 ,
#define HOTPROBE_SECOND(a_, b_, ...) b_
#define HOTPROBE_PICK(a_) HOTPROBE_SECOND(a_ 1, 0, 0)
#define HOTPROBE_PASTE(v_) HOTPROBE_PICK(HOTPROBE_IS_##v_)
#define HOTPROBE_SET(o_) HOTPROBE_PASTE(o_)
#define IS_BUILTIN(o_) HOTPROBE_SET(o_)
#define IS_MODULE(o_) HOTPROBE_SET(o_##_MODULE)
#define IS_REACHABLE(o_) IS_BUILTIN(o_)
#define IS_ENABLED(o_) (HOTPROBE_SET(o_) || HOTPROBE_SET(o_##_MODULE))

/* include/linux/compiler.h, compiler_attributes.h, compiler_types.h */
#define __always_inline inline __attribute__((always_inline))
#define noinline __attribute__((__noinline__))
#define __packed __attribute__((packed))
#define __aligned(n_) __attribute__((aligned(n_)))
#define __maybe_unused __attribute__((unused))
#define __used __attribute__((used))
#define __user
#define __kernel
#define __rcu
#define __iomem
#define __percpu
#define __force
#define __bitwise
#define __must_check
#define __init
#define likely(x_) __builtin_expect(!!(x_), 1)
#define unlikely(x_) __builtin_expect(!!(x_), 0)
#define barrier() __asm__ __volatile__("" : : : "memory")
#define READ_ONCE(x_) (x_)

/*
 * libbcc turns the reads of kernel memory in the probe's text into helper calls, but not those in
 * headers. So the functions here call bpf_probe_read_kernel themselves, by its number, since they
 * come before libbcc's declaration of it. The pointer that one returns starts as the parameter, not
 * as NULL: that is how libbcc knows it for one to kernel memory. It does not stay so: a read that
 * fails leaves 0.
 */
#define hotprobe_read ((long (*)(void *, unsigned int, const void *))113)

/* include/linux/stddef.h, container_of.h, array_size.h, minmax.h, math64.h, bits.h, list.h */
#define NULL ((void *)0)
#define true 1
#define false 0
#define offsetof(t_, m_) __builtin_offsetof(t_, m_)
#define sizeof_field(t_, m_) sizeof(((t_ *)0)->m_)
#define offsetofend(t_, m_) (offsetof(t_, m_) + sizeof_field(t_, m_))
#define container_of(p_, t_, m_) ((t_ *)((char *)(p_) - offsetof(t_, m_)))
#define list_entry(p_, t_, m_) container_of(p_, t_, m_)
#define hlist_entry(p_, t_, m_) container_of(p_, t_, m_)
#define list_first_entry(p_, t_, m_) list_entry((p_)->next, t_, m_)
#define ARRAY_SIZE(a_) (sizeof(a_) / sizeof((a_)[0]))
#define min(x_, y_) ({ __auto_type a__ = (x_); __auto_type b__ = (y_); a__ < b__ ? a__ : b__; })
#define max(x_, y_) ({ __auto_type a__ = (x_); __auto_type b__ = (y_); a__ > b__ ? a__ : b__; })
#define min_t(t_, x_, y_) min((t_)(x_), (t_)(y_))
#define max_t(t_, x_, y_) max((t_)(x_), (t_)(y_))
#define BIT(n_) (1UL << (n_))
#define BIT_ULL(n_) (1ULL << (n_))
#define GENMASK(h_, l_) ((~0UL << (l_)) & (~0UL >> (63 - (h_))))
#define GENMASK_ULL(h_, l_) ((~0ULL << (l_)) & (~0ULL >> (63 - (h_))))
#define DIV_ROUND_UP(n_, d_) (((n_) + (d_)-1) / (d_))
#define ALIGN(x_, a_) (((x_) + (a_)-1) & ~((__typeof__(x_))(a_)-1))
#define BUILD_BUG_ON(c_) _Static_assert(!(c_), #c_)
static inline u64 div_u64(u64 n_, u32 d_) { return n_ / d_; }
static inline u64 div64_u64(u64 n_, u64 d_) { return n_ / d_; }

/* include/linux/limits.h, vdso/limits.h, vdso/time64.h */
#define U8_MAX 0xff
#define U16_MAX 0xffff
#define U32_MAX 0xffffffffU
#define S32_MAX 0x7fffffff
#define U64_MAX (~0ULL)
#define S64_MAX (~0ULL >> 1)
#define INT_MAX 0x7fffffff
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX 0xffffffffU
#define LONG_MAX ((long)(~0UL >> 1))
#define ULONG_MAX (~0UL)
#define LLONG_MAX ((long long)(~0ULL >> 1))
#define ULLONG_MAX (~0ULL)
#define SIZE_MAX (~(size_t)0)
#define MSEC_PER_SEC 1000L
#define USEC_PER_MSEC 1000L
#define NSEC_PER_USEC 1000L
#define NSEC_PER_MSEC 1000000L
#define USEC_PER_SEC 1000000L
#define NSEC_PER_SEC 1000000000L
#define PATH_MAX 4096
#define NAME_MAX 255
#define HZ CONFIG_HZ
#define NR_CPUS CONFIG_NR_CPUS

/* include/linux/string.h: the compiler's own, there is no library to call */
#define memcpy(d_, s_, n_) __builtin_memcpy(d_, s_, n_)
#define memmove(d_, s_, n_) __builtin_memmove(d_, s_, n_)
#define memset(d_, c_, n_) __builtin_memset(d_, c_, n_)
#define memcmp(a_, b_, n_) __builtin_memcmp(a_, b_, n_)

/* include/uapi/linux/byteorder, include/linux/byteorder/generic.h */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __LITTLE_ENDIAN 1234
#define __LITTLE_ENDIAN_BITFIELD
#define ntohs(x_) __builtin_bswap16(x_)
#define ntohl(x_) __builtin_bswap32(x_)
#define be64_to_cpu(x_) __builtin_bswap64(x_)
#define le16_to_cpu(x_) ((__u16)(x_))
#define le32_to_cpu(x_) ((__u32)(x_))
#define le64_to_cpu(x_) ((__u64)(x_))
#else
#define __BIG_ENDIAN 4321
#define __BIG_ENDIAN_BITFIELD
#define ntohs(x_) ((__u16)(x_))
#define ntohl(x_) ((__u32)(x_))
#define be64_to_cpu(x_) ((__u64)(x_))
#define le16_to_cpu(x_) __builtin_bswap16(x_)
#define le32_to_cpu(x_) __builtin_bswap32(x_)
#define le64_to_cpu(x_) __builtin_bswap64(x_)
#endif
#define htons(x_) ntohs(x_)
#define htonl(x_) ntohl(x_)
#define be16_to_cpu(x_) ntohs(x_)
#define be32_to_cpu(x_) ntohl(x_)
#define cpu_to_be16(x_) ntohs(x_)
#define cpu_to_be32(x_) ntohl(x_)
#define cpu_to_be64(x_) be64_to_cpu(x_)
#define cpu_to_le16(x_) le16_to_cpu(x_)
#define cpu_to_le32(x_) le32_to_cpu(x_)
#define cpu_to_le64(x_) le64_to_cpu(x_)
#define __be16_to_cpu(x_) ntohs(x_)
#define __be32_to_cpu(x_) ntohl(x_)
#define __be64_to_cpu(x_) be64_to_cpu(x_)
#define __cpu_to_be16(x_) ntohs(x_)
#define __cpu_to_be32(x_) ntohl(x_)
#define __cpu_to_be64(x_) be64_to_cpu(x_)
#define __constant_htons(x_) ntohs(x_)
#define __constant_htonl(x_) ntohl(x_)
#define __constant_ntohs(x_) ntohs(x_)
#define __constant_ntohl(x_) ntohl(x_)
#define __bpf_ntohs(x_) ntohs(x_)

/* include/linux/sched.h; the lengths became enumerators in later kernels */
#define TASK_COMM_LEN 16
#define TASK_RUNNING 0x0000
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define __TASK_STOPPED 0x0004
#define __TASK_TRACED 0x0008
#define EXIT_DEAD 0x0010
#define EXIT_ZOMBIE 0x0020
#define PF_IDLE 0x00000002
#define PF_EXITING 0x00000004
#define PF_WQ_WORKER 0x00000020
#define PF_FORKNOEXEC 0x00000040
#define PF_SUPERPRIV 0x00000100
#define PF_DUMPCORE 0x00000200
#define PF_SIGNALED 0x00000400
#define PF_MEMALLOC 0x00000800
#define PF_KTHREAD 0x00200000
#define PF_RANDOMIZE 0x00400000
#define MAX_PRIO 140
#define MAX_RT_PRIO 100
#define DEFAULT_PRIO 120
static inline pid_t task_pid_nr(struct task_struct *t_) \
{ \
	pid_t v_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &t_->pid); \
	return v_; \
}
static inline pid_t task_tgid_nr(struct task_struct *t_) \
{ \
	pid_t v_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &t_->tgid); \
	return v_; \
}

/* include/linux/fs.h, kernel.h, blk_types.h, dcache.h, kdev_t.h, genhd.h, perf_event.h */
#define DNAME_INLINE_LEN 32
#define DISK_NAME_LEN 32
#define BDEVNAME_SIZE 32
#define PERF_MAX_STACK_DEPTH 127
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_EXEC 0x20
#define FMODE_CREATED 0x100000
#define READ 0
#define WRITE 1
#define REQ_OP_BITS 8
#define REQ_OP_MASK ((1 << REQ_OP_BITS) - 1)
#define MINORBITS 20
#define MINORMASK ((1U << MINORBITS) - 1)
#define MAJOR(d_) ((unsigned int)((d_) >> MINORBITS))
#define MINOR(d_) ((unsigned int)((d_)&MINORMASK))
#define MKDEV(ma_, mi_) (((ma_) << MINORBITS) | (mi_))
static inline struct inode *file_inode(const struct file *f_) \
{ \
	struct inode *v_ = (void *)f_; \
	hotprobe_read(&v_, sizeof(v_), &f_->f_inode); \
	return v_; \
}
static inline struct dentry *file_dentry(const struct file *f_) \
{ \
	struct dentry *v_ = (void *)f_; \
	hotprobe_read(&v_, sizeof(v_), &f_->f_path.dentry); \
	return v_; \
}
static inline struct inode *d_inode(const struct dentry *d_) \
{ \
	struct inode *v_ = (void *)d_; \
	hotprobe_read(&v_, sizeof(v_), &d_->d_inode); \
	return v_; \
}
static inline struct inode *d_backing_inode(const struct dentry *d_) \
{ \
	struct inode *v_ = (void *)d_; \
	hotprobe_read(&v_, sizeof(v_), &d_->d_inode); \
	return v_; \
}

/* include/linux/blk-mq.h */
static inline sector_t blk_rq_pos(const struct request *r_) \
{ \
	sector_t v_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &r_->__sector); \
	return v_; \
}
static inline unsigned int blk_rq_bytes(const struct request *r_) \
{ \
	unsigned int v_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &r_->__data_len); \
	return v_; \
}
static inline unsigned int blk_rq_sectors(const struct request *r_) \
{ \
	unsigned int v_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &r_->__data_len); \
	return v_ >> 9; \
}

/* include/linux/skbuff.h, ip.h, ipv6.h, tcp.h, udp.h */
static inline unsigned char *skb_mac_header(const struct sk_buff *s_) \
{ \
	unsigned char *v_ = (void *)s_; \
	__u16 o_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &s_->head); \
	hotprobe_read(&o_, sizeof(o_), &s_->mac_header); \
	return v_ + o_; \
}
static inline unsigned char *skb_network_header(const struct sk_buff *s_) \
{ \
	unsigned char *v_ = (void *)s_; \
	__u16 o_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &s_->head); \
	hotprobe_read(&o_, sizeof(o_), &s_->network_header); \
	return v_ + o_; \
}
static inline unsigned char *skb_transport_header(const struct sk_buff *s_) \
{ \
	unsigned char *v_ = (void *)s_; \
	__u16 o_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &s_->head); \
	hotprobe_read(&o_, sizeof(o_), &s_->transport_header); \
	return v_ + o_; \
}
static inline struct iphdr *ip_hdr(const struct sk_buff *s_) \
{ \
	unsigned char *v_ = (void *)s_; \
	__u16 o_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &s_->head); \
	hotprobe_read(&o_, sizeof(o_), &s_->network_header); \
	return (struct iphdr *)(v_ + o_); \
}
static inline struct ipv6hdr *ipv6_hdr(const struct sk_buff *s_) \
{ \
	unsigned char *v_ = (void *)s_; \
	__u16 o_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &s_->head); \
	hotprobe_read(&o_, sizeof(o_), &s_->network_header); \
	return (struct ipv6hdr *)(v_ + o_); \
}
static inline struct tcphdr *tcp_hdr(const struct sk_buff *s_) \
{ \
	unsigned char *v_ = (void *)s_; \
	__u16 o_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &s_->head); \
	hotprobe_read(&o_, sizeof(o_), &s_->transport_header); \
	return (struct tcphdr *)(v_ + o_); \
}
static inline struct udphdr *udp_hdr(const struct sk_buff *s_) \
{ \
	unsigned char *v_ = (void *)s_; \
	__u16 o_ = 0; \
	hotprobe_read(&v_, sizeof(v_), &s_->head); \
	hotprobe_read(&o_, sizeof(o_), &s_->transport_header); \
	return (struct udphdr *)(v_ + o_); \
}

/* include/net/inet_sock.h; include/linux/tcp.h, udp.h: each of these begins with a struct sock */
static inline struct inet_sock *inet_sk(const struct sock *s_) { return (struct inet_sock *)s_; }
static inline struct inet_connection_sock *inet_csk(const struct sock *s_) \
	{ return (struct inet_connection_sock *)s_; }
static inline struct tcp_sock *tcp_sk(const struct sock *s_) { return (struct tcp_sock *)s_; }
static inline struct udp_sock *udp_sk(const struct sock *s_) { return (struct udp_sock *)s_; }
static inline struct unix_sock *unix_sk(const struct sock *s_) { return (struct unix_sock *)s_; }
static inline struct inet_request_sock *inet_rsk(const struct request_sock *s_) \
	{ return (struct inet_request_sock *)s_; }
static inline struct inet_timewait_sock *inet_twsk(const struct sock *s_) \
	{ return (struct inet_timewait_sock *)s_; }
static inline struct net *sock_net(const struct sock *s_) \
{ \
	struct net *v_ = (void *)s_; \
	hotprobe_read(&v_, sizeof(v_), &s_->__sk_common.skc_net.net); \
	return v_; \
}

/* include/uapi/linux/if.h, in.h */
#define IFNAMSIZ 16
#define IPPROTO_IP 0
#define IPPROTO_ICMP 1
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_IPV6 41
#define IPPROTO_ICMPV6 58
#define IPPROTO_SCTP 132
#define IPPROTO_RAW 255

/* include/uapi/asm-generic/errno-base.h, errno.h */
#define EPERM 1
#define ENOENT 2
#define ESRCH 3
#define EINTR 4
#define EIO 5
#define ENXIO 6
#define E2BIG 7
#define ENOEXEC 8
#define EBADF 9
#define ECHILD 10
#define EAGAIN 11
#define EWOULDBLOCK 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define ENOTBLK 15
#define EBUSY 16
#define EEXIST 17
#define EXDEV 18
#define ENODEV 19
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define ENFILE 23
#define EMFILE 24
#define ENOTTY 25
#define ETXTBSY 26
#define EFBIG 27
#define ENOSPC 28
#define ESPIPE 29
#define EROFS 30
#define EMLINK 31
#define EPIPE 32
#define EDOM 33
#define ERANGE 34
#define EDEADLK 35
#define EDEADLOCK 35
#define ENAMETOOLONG 36
#define ENOLCK 37
#define ENOSYS 38
#define ENOTEMPTY 39
#define ELOOP 40
#define ENOMSG 42
#define EIDRM 43
#define ECHRNG 44
#define EL2NSYNC 45
#define EL3HLT 46
#define EL3RST 47
#define ELNRNG 48
#define EUNATCH 49
#define ENOCSI 50
#define EL2HLT 51
#define EBADE 52
#define EBADR 53
#define EXFULL 54
#define ENOANO 55
#define EBADRQC 56
#define EBADSLT 57
#define EBFONT 59
#define ENOSTR 60
#define ENODATA 61
#define ETIME 62
#define ENOSR 63
#define ENONET 64
#define ENOPKG 65
#define EREMOTE 66
#define ENOLINK 67
#define EADV 68
#define ESRMNT 69
#define ECOMM 70
#define EPROTO 71
#define EMULTIHOP 72
#define EDOTDOT 73
#define EBADMSG 74
#define EOVERFLOW 75
#define ENOTUNIQ 76
#define EBADFD 77
#define EREMCHG 78
#define ELIBACC 79
#define ELIBBAD 80
#define ELIBSCN 81
#define ELIBMAX 82
#define ELIBEXEC 83
#define EILSEQ 84
#define ERESTART 85
#define ESTRPIPE 86
#define EUSERS 87
#define ENOTSOCK 88
#define EDESTADDRREQ 89
#define EMSGSIZE 90
#define EPROTOTYPE 91
#define ENOPROTOOPT 92
#define EPROTONOSUPPORT 93
#define ESOCKTNOSUPPORT 94
#define ENOTSUP 95
#define EOPNOTSUPP 95
#define EPFNOSUPPORT 96
#define EAFNOSUPPORT 97
#define EADDRINUSE 98
#define EADDRNOTAVAIL 99
#define ENETDOWN 100
#define ENETUNREACH 101
#define ENETRESET 102
#define ECONNABORTED 103
#define ECONNRESET 104
#define ENOBUFS 105
#define EISCONN 106
#define ENOTCONN 107
#define ESHUTDOWN 108
#define ETOOMANYREFS 109
#define ETIMEDOUT 110
#define ECONNREFUSED 111
#define EHOSTDOWN 112
#define EHOSTUNREACH 113
#define EALREADY 114
#define EINPROGRESS 115
#define ESTALE 116
#define EUCLEAN 117
#define ENOTNAM 118
#define ENAVAIL 119
#define EISNAM 120
#define EREMOTEIO 121
#define EDQUOT 122
#define ENOMEDIUM 123
#define EMEDIUMTYPE 124
#define ECANCELED 125
#define ENOKEY 126
#define EKEYEXPIRED 127
#define EKEYREVOKED 128
#define EKEYREJECTED 129
#define EOWNERDEAD 130
#define ENOTRECOVERABLE 131
#define ERFKILL 132
#define EHWPOISON 133

/* include/linux/errno.h */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ENOIOCTLCMD 515
#define ERESTART_RESTARTBLOCK 516
#define EPROBE_DEFER 517
#define EOPENSTALE 518
#define ENOPARAM 519
#define EBADHANDLE 521
#define ENOTSYNC 522
#define EBADCOOKIE 523
#define ENOTSUPP 524
#define ETOOSMALL 525
#define ESERVERFAULT 526
#define EBADTYPE 527
#define EJUKEBOX 528
#define EIOCBQUEUED 529
#define ERECALLCONFLICT 530
#define ENOGRACE 531

/* include/linux/err.h */
#define MAX_ERRNO 4095
#define IS_ERR_VALUE(v_) ((unsigned long)(void *)(v_) >= (unsigned long)-MAX_ERRNO)
#define IS_ERR(p_) IS_ERR_VALUE(p_)
#define IS_ERR_OR_NULL(p_) ((unsigned long)(p_) - 1 >= (unsigned long)-MAX_ERRNO - 1)
#define PTR_ERR(p_) ((long)(p_))
#define ERR_PTR(e_) ((void *)(long)(e_))

/* include/uapi/asm-generic/signal.h */
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPOLL 29
#define SIGPWR 30
#define SIGSYS 31
#define SIGUNUSED 31

/* include/uapi/linux/fcntl.h, stat.h */
#define AT_FDCWD -100
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR 0x200
#define AT_SYMLINK_FOLLOW 0x400
#define AT_EMPTY_PATH 0x1000
#define O_ACCMODE 00000003
#define O_RDONLY 00000000
#define O_WRONLY 00000001
#define O_RDWR 00000002
#define O_CREAT 00000100
#define O_EXCL 00000200
#define O_NOCTTY 00000400
#define O_TRUNC 00001000
#define O_APPEND 00002000
#define O_NONBLOCK 00004000
#define O_NDELAY 00004000
#define O_DSYNC 00010000
#define O_NOATIME 01000000
#define O_CLOEXEC 02000000
#define O_SYNC 04010000
#define O_TMPFILE (020000000 | O_DIRECTORY)
#if defined(__aarch64__)
#define O_DIRECTORY 040000
#define O_NOFOLLOW 0100000
#define O_DIRECT 0200000
#define O_LARGEFILE 0400000
#else
#define O_DIRECT 040000
#define O_LARGEFILE 0100000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#endif
#define O_PATH 010000000


#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFLNK 0120000
#define S_IFREG 0100000
#define S_IFBLK 0060000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define S_ISUID 0004000
#define S_ISGID 0002000
#define S_ISVTX 0001000
#define S_ISLNK(m_) (((m_) & S_IFMT) == S_IFLNK)
#define S_ISREG(m_) (((m_) & S_IFMT) == S_IFREG)
#define S_ISDIR(m_) (((m_) & S_IFMT) == S_IFDIR)
#define S_ISCHR(m_) (((m_) & S_IFMT) == S_IFCHR)
#define S_ISBLK(m_) (((m_) & S_IFMT) == S_IFBLK)
#define S_ISFIFO(m_) (((m_) & S_IFMT) == S_IFIFO)
#define S_ISSOCK(m_) (((m_) & S_IFMT) == S_IFSOCK)
#define S_IRUSR 00400
#define S_IWUSR 00200
#define S_IXUSR 00100
#define S_IRWXU 00700
#define S_IRGRP 00040
#define S_IWGRP 00020
#define S_IXGRP 00010
#define S_IRWXG 00070
#define S_IROTH 00004
#define S_IWOTH 00002
#define S_IXOTH 00001
#define S_IRWXO 00007

/* include/uapi/linux/sched.h */
#define CLONE_NEWTIME 0x00000080
#define CLONE_VM 0x00000100
#define CLONE_FS 0x00000200
#define CLONE_FILES 0x00000400
#define CLONE_SIGHAND 0x00000800
#define CLONE_PIDFD 0x00001000
#define CLONE_PTRACE 0x00002000
#define CLONE_VFORK 0x00004000
#define CLONE_PARENT 0x00008000
#define CLONE_THREAD 0x00010000
#define CLONE_NEWNS 0x00020000
#define CLONE_SYSVSEM 0x00040000
#define CLONE_SETTLS 0x00080000
#define CLONE_PARENT_SETTID 0x00100000
#define CLONE_CHILD_CLEARTID 0x00200000
#define CLONE_DETACHED 0x00400000
#define CLONE_UNTRACED 0x00800000
#define CLONE_CHILD_SETTID 0x01000000
#define CLONE_NEWCGROUP 0x02000000
#define CLONE_NEWUTS 0x04000000
#define CLONE_NEWIPC 0x08000000
#define CLONE_NEWUSER 0x10000000
#define CLONE_NEWPID 0x20000000
#define CLONE_NEWNET 0x40000000
#define CLONE_IO 0x80000000
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#define CLONE_INTO_CGROUP 0x200000000ULL
#define SCHED_NORMAL 0
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_BATCH 3
#define SCHED_IDLE 5
#define SCHED_DEADLINE 6

/* include/uapi/asm-generic/mman.h, mman-common.h, linux/mman.h */
#define PROT_NONE 0x0
#define PROT_READ 0x1
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4
#define PROT_SEM 0x8
#define PROT_GROWSDOWN 0x01000000
#define PROT_GROWSUP 0x02000000
#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_SHARED_VALIDATE 0x03
#define MAP_TYPE 0x0f
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_GROWSDOWN 0x0100
#define MAP_DENYWRITE 0x0800
#define MAP_EXECUTABLE 0x1000
#define MAP_LOCKED 0x2000
#define MAP_NORESERVE 0x4000
#define MAP_POPULATE 0x008000
#define MAP_NONBLOCK 0x010000
#define MAP_STACK 0x020000
#define MAP_HUGETLB 0x040000
#define MAP_SYNC 0x080000
#define MAP_FIXED_NOREPLACE 0x100000

/* include/uapi/linux/mount.h */
#define MS_RDONLY 1
#define MS_NOSUID 2
#define MS_NODEV 4
#define MS_NOEXEC 8
#define MS_SYNCHRONOUS 16
#define MS_REMOUNT 32
#define MS_MANDLOCK 64
#define MS_DIRSYNC 128
#define MS_NOSYMFOLLOW 256
#define MS_NOATIME 1024
#define MS_NODIRATIME 2048
#define MS_BIND 4096
#define MS_MOVE 8192
#define MS_REC 16384
#define MS_SILENT 32768

/* include/linux/socket.h */
#define AF_UNSPEC 0
#define AF_LOCAL 1
#define AF_UNIX 1
#define AF_INET 2
#define AF_AX25 3
#define AF_IPX 4
#define AF_APPLETALK 5
#define AF_NETROM 6
#define AF_BRIDGE 7
#define AF_ATMPVC 8
#define AF_X25 9
#define AF_INET6 10
#define AF_ROSE 11
#define AF_NETBEUI 13
#define AF_SECURITY 14
#define AF_KEY 15
#define AF_ROUTE 16
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_ASH 18
#define AF_ECONET 19
#define AF_ATMSVC 20
#define AF_RDS 21
#define AF_SNA 22
#define AF_IRDA 23
#define AF_PPPOX 24
#define AF_WANPIPE 25
#define AF_LLC 26
#define AF_IB 27
#define AF_MPLS 28
#define AF_CAN 29
#define AF_TIPC 30
#define AF_BLUETOOTH 31
#define AF_IUCV 32
#define AF_RXRPC 33
#define AF_ISDN 34
#define AF_PHONET 35
#define AF_IEEE802154 36
#define AF_CAIF 37
#define AF_ALG 38
#define AF_NFC 39
#define AF_VSOCK 40
#define AF_KCM 41
#define AF_QIPCRTR 42
#define AF_SMC 43
#define AF_XDP 44
#define AF_MCTP 45
#define SCM_RIGHTS 1
#define SCM_CREDENTIALS 2
#define SOL_IP 0
#define SOL_SOCKET 1
#define SOL_TCP 6
#define SOL_UDP 17
#define SOL_IPV6 41
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_RDM 4
#define SOCK_SEQPACKET 5
#define SOCK_DCCP 6
#define SOCK_PACKET 10
#define SOCK_CLOEXEC O_CLOEXEC
#define SOCK_NONBLOCK O_NONBLOCK

/* include/uapi/linux/if_ether.h */
#define ETH_ALEN 6
#define ETH_HLEN 14
#define ETH_ZLEN 60
#define ETH_DATA_LEN 1500
#define ETH_FRAME_LEN 1514
#define ETH_P_802_3 0x0001
#define ETH_P_AX25 0x0002
#define ETH_P_ALL 0x0003
#define ETH_P_802_2 0x0004
#define ETH_P_SNAP 0x0005
#define ETH_P_DDCMP 0x0006
#define ETH_P_WAN_PPP 0x0007
#define ETH_P_PPP_MP 0x0008
#define ETH_P_LOCALTALK 0x0009
#define ETH_P_CAN 0x000C
#define ETH_P_CANFD 0x000D
#define ETH_P_CANXL 0x000E
#define ETH_P_PPPTALK 0x0010
#define ETH_P_TR_802_2 0x0011
#define ETH_P_MOBITEX 0x0015
#define ETH_P_CONTROL 0x0016
#define ETH_P_IRDA 0x0017
#define ETH_P_ECONET 0x0018
#define ETH_P_HDLC 0x0019
#define ETH_P_ARCNET 0x001A
#define ETH_P_DSA 0x001B
#define ETH_P_TRAILER 0x001C
#define ETH_P_LOOP 0x0060
#define ETH_P_PHONET 0x00F5
#define ETH_P_IEEE802154 0x00F6
#define ETH_P_CAIF 0x00F7
#define ETH_P_XDSA 0x00F8
#define ETH_P_MAP 0x00F9
#define ETH_P_MCTP 0x00FA
#define ETH_P_PUP 0x0200
#define ETH_P_PUPAT 0x0201
#define ETH_P_802_3_MIN 0x0600
#define ETH_P_IP 0x0800
#define ETH_P_X25 0x0805
#define ETH_P_ARP 0x0806
#define ETH_P_BPQ 0x08FF
#define ETH_P_IEEEPUP 0x0a00
#define ETH_P_IEEEPUPAT 0x0a01
#define ETH_P_ERSPAN2 0x22EB
#define ETH_P_TSN 0x22F0
#define ETH_P_BATMAN 0x4305
#define ETH_P_DEC 0x6000
#define ETH_P_DNA_DL 0x6001
#define ETH_P_DNA_RC 0x6002
#define ETH_P_DNA_RT 0x6003
#define ETH_P_LAT 0x6004
#define ETH_P_DIAG 0x6005
#define ETH_P_CUST 0x6006
#define ETH_P_SCA 0x6007
#define ETH_P_TEB 0x6558
#define ETH_P_RARP 0x8035
#define ETH_P_ATALK 0x809B
#define ETH_P_AARP 0x80F3
#define ETH_P_8021Q 0x8100
#define ETH_P_IPX 0x8137
#define ETH_P_IPV6 0x86DD
#define ETH_P_PAUSE 0x8808
#define ETH_P_SLOW 0x8809
#define ETH_P_WCCP 0x883E
#define ETH_P_MPLS_UC 0x8847
#define ETH_P_MPLS_MC 0x8848
#define ETH_P_ATMMPOA 0x884c
#define ETH_P_PPP_DISC 0x8863
#define ETH_P_PPP_SES 0x8864
#define ETH_P_LINK_CTL 0x886c
#define ETH_P_ATMFATE 0x8884
#define ETH_P_PAE 0x888E
#define ETH_P_PROFINET 0x8892
#define ETH_P_REALTEK 0x8899
#define ETH_P_AOE 0x88A2
#define ETH_P_ETHERCAT 0x88A4
#define ETH_P_8021AD 0x88A8
#define ETH_P_802_EX1 0x88B5
#define ETH_P_ERSPAN 0x88BE
#define ETH_P_PREAUTH 0x88C7
#define ETH_P_TIPC 0x88CA
#define ETH_P_LLDP 0x88CC
#define ETH_P_MRP 0x88E3
#define ETH_P_MACSEC 0x88E5
#define ETH_P_8021AH 0x88E7
#define ETH_P_MVRP 0x88F5
#define ETH_P_1588 0x88F7
#define ETH_P_NCSI 0x88F8
#define ETH_P_PRP 0x88FB
#define ETH_P_CFM 0x8902
#define ETH_P_FCOE 0x8906
#define ETH_P_TDLS 0x890D
#define ETH_P_FIP 0x8914
#define ETH_P_IBOE 0x8915
#define ETH_P_80221 0x8917
#define ETH_P_HSR 0x892F
#define ETH_P_NSH 0x894F
#define ETH_P_LOOPBACK 0x9000
#define ETH_P_QINQ1 0x9100
#define ETH_P_QINQ2 0x9200
#define ETH_P_QINQ3 0x9300
#define ETH_P_EDSA 0xDADA
#define ETH_P_DSA_8021Q 0xDADB
#define ETH_P_DSA_A5PSW 0xE001
#define ETH_P_IFE 0xED3E
#define ETH_P_AF_IUCV 0xFBFB

/* include/uapi/linux/in.h */
#define INADDR_LOOPBACK 0x7f000001

/* include/uapi/linux/magic.h */
#define AAFS_MAGIC 0x5a3c69f0
#define ADFS_SUPER_MAGIC 0xadf5
#define AFFS_SUPER_MAGIC 0xadff
#define AFS_FS_MAGIC 0x6B414653
#define AFS_SUPER_MAGIC 0x5346414F
#define ANON_INODE_FS_MAGIC 0x09041934
#define AUTOFS_SUPER_MAGIC 0x0187
#define BDEVFS_MAGIC 0x62646576
#define BINDERFS_SUPER_MAGIC 0x6c6f6f70
#define BINFMTFS_MAGIC 0x42494e4d
#define BPF_FS_MAGIC 0xcafe4a11
#define BTRFS_SUPER_MAGIC 0x9123683E
#define BTRFS_TEST_MAGIC 0x73727279
#define CEPH_SUPER_MAGIC 0x00c36400
#define CGROUP2_SUPER_MAGIC 0x63677270
#define CGROUP_SUPER_MAGIC 0x27e0eb
#define CIFS_SUPER_MAGIC 0xFF534D42
#define CODA_SUPER_MAGIC 0x73757245
#define CRAMFS_MAGIC 0x28cd3d45
#define DAXFS_MAGIC 0x64646178
#define DEBUGFS_MAGIC 0x64626720
#define DEVMEM_MAGIC 0x454d444d
#define DEVPTS_SUPER_MAGIC 0x1cd1
#define DMA_BUF_MAGIC 0x444d4142
#define ECRYPTFS_SUPER_MAGIC 0xf15f
#define EFIVARFS_MAGIC 0xde5e81e4
#define EFS_SUPER_MAGIC 0x414A53
#define EXFAT_SUPER_MAGIC 0x2011BAB0
#define EXT2_SUPER_MAGIC 0xEF53
#define EXT3_SUPER_MAGIC 0xEF53
#define EXT4_SUPER_MAGIC 0xEF53
#define F2FS_SUPER_MAGIC 0xF2F52010
#define FUSE_SUPER_MAGIC 0x65735546
#define FUTEXFS_SUPER_MAGIC 0xBAD1DEA
#define HOSTFS_SUPER_MAGIC 0x00c0ffee
#define HPFS_SUPER_MAGIC 0xf995e849
#define HUGETLBFS_MAGIC 0x958458f6
#define ISOFS_SUPER_MAGIC 0x9660
#define JFFS2_SUPER_MAGIC 0x72b6
#define MINIX2_SUPER_MAGIC 0x2468
#define MINIX3_SUPER_MAGIC 0x4d5a
#define MINIX_SUPER_MAGIC 0x137F
#define MSDOS_SUPER_MAGIC 0x4d44
#define MTD_INODE_FS_MAGIC 0x11307854
#define NCP_SUPER_MAGIC 0x564c
#define NFS_SUPER_MAGIC 0x6969
#define NILFS_SUPER_MAGIC 0x3434
#define NSFS_MAGIC 0x6e736673
#define OCFS2_SUPER_MAGIC 0x7461636f
#define OPENPROM_SUPER_MAGIC 0x9fa1
#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define PIPEFS_MAGIC 0x50495045
#define PROC_SUPER_MAGIC 0x9fa0
#define PSTOREFS_MAGIC 0x6165676C
#define QNX4_SUPER_MAGIC 0x002f
#define QNX6_SUPER_MAGIC 0x68191122
#define RAMFS_MAGIC 0x858458f6
#define RDTGROUP_SUPER_MAGIC 0x7655821
#define REISERFS_SUPER_MAGIC 0x52654973
#define SECRETMEM_MAGIC 0x5345434d
#define SECURITYFS_MAGIC 0x73636673
#define SELINUX_MAGIC 0xf97cff8c
#define SMACK_MAGIC 0x43415d53
#define SMB2_SUPER_MAGIC 0xFE534D42
#define SMB_SUPER_MAGIC 0x517B
#define SOCKFS_MAGIC 0x534F434B
#define SQUASHFS_MAGIC 0x73717368
#define STACK_END_MAGIC 0x57AC6E9D
#define SYSFS_MAGIC 0x62656572
#define TMPFS_MAGIC 0x01021994
#define TRACEFS_MAGIC 0x74726163
#define UDF_SUPER_MAGIC 0x15013346
#define USBDEVICE_SUPER_MAGIC 0x9fa2
#define V9FS_MAGIC 0x01021997
#define XENFS_SUPER_MAGIC 0xabba1974
#define XFS_SUPER_MAGIC 0x58465342
#define ZONEFS_MAGIC 0x5a4f4653

/* @file include/uapi/linux/bpf.h */

/* include/uapi/linux/bpf.h: helper functions; the list is closed */
#define BPF_FUNC_unspec 0
#define BPF_FUNC_map_lookup_elem 1
#define BPF_FUNC_map_update_elem 2
#define BPF_FUNC_map_delete_elem 3
#define BPF_FUNC_probe_read 4
#define BPF_FUNC_ktime_get_ns 5
#define BPF_FUNC_trace_printk 6
#define BPF_FUNC_get_prandom_u32 7
#define BPF_FUNC_get_smp_processor_id 8
#define BPF_FUNC_skb_store_bytes 9
#define BPF_FUNC_l3_csum_replace 10
#define BPF_FUNC_l4_csum_replace 11
#define BPF_FUNC_tail_call 12
#define BPF_FUNC_clone_redirect 13
#define BPF_FUNC_get_current_pid_tgid 14
#define BPF_FUNC_get_current_uid_gid 15
#define BPF_FUNC_get_current_comm 16
#define BPF_FUNC_get_cgroup_classid 17
#define BPF_FUNC_skb_vlan_push 18
#define BPF_FUNC_skb_vlan_pop 19
#define BPF_FUNC_skb_get_tunnel_key 20
#define BPF_FUNC_skb_set_tunnel_key 21
#define BPF_FUNC_perf_event_read 22
#define BPF_FUNC_redirect 23
#define BPF_FUNC_get_route_realm 24
#define BPF_FUNC_perf_event_output 25
#define BPF_FUNC_skb_load_bytes 26
#define BPF_FUNC_get_stackid 27
#define BPF_FUNC_csum_diff 28
#define BPF_FUNC_skb_get_tunnel_opt 29
#define BPF_FUNC_skb_set_tunnel_opt 30
#define BPF_FUNC_skb_change_proto 31
#define BPF_FUNC_skb_change_type 32
#define BPF_FUNC_skb_under_cgroup 33
#define BPF_FUNC_get_hash_recalc 34
#define BPF_FUNC_get_current_task 35
#define BPF_FUNC_probe_write_user 36
#define BPF_FUNC_current_task_under_cgroup 37
#define BPF_FUNC_skb_change_tail 38
#define BPF_FUNC_skb_pull_data 39
#define BPF_FUNC_csum_update 40
#define BPF_FUNC_set_hash_invalid 41
#define BPF_FUNC_get_numa_node_id 42
#define BPF_FUNC_skb_change_head 43
#define BPF_FUNC_xdp_adjust_head 44
#define BPF_FUNC_probe_read_str 45
#define BPF_FUNC_get_socket_cookie 46
#define BPF_FUNC_get_socket_uid 47
#define BPF_FUNC_set_hash 48
#define BPF_FUNC_setsockopt 49
#define BPF_FUNC_skb_adjust_room 50
#define BPF_FUNC_redirect_map 51
#define BPF_FUNC_sk_redirect_map 52
#define BPF_FUNC_sock_map_update 53
#define BPF_FUNC_xdp_adjust_meta 54
#define BPF_FUNC_perf_event_read_value 55
#define BPF_FUNC_perf_prog_read_value 56
#define BPF_FUNC_getsockopt 57
#define BPF_FUNC_override_return 58
#define BPF_FUNC_sock_ops_cb_flags_set 59
#define BPF_FUNC_msg_redirect_map 60
#define BPF_FUNC_msg_apply_bytes 61
#define BPF_FUNC_msg_cork_bytes 62
#define BPF_FUNC_msg_pull_data 63
#define BPF_FUNC_bind 64
#define BPF_FUNC_xdp_adjust_tail 65
#define BPF_FUNC_skb_get_xfrm_state 66
#define BPF_FUNC_get_stack 67
#define BPF_FUNC_skb_load_bytes_relative 68
#define BPF_FUNC_fib_lookup 69
#define BPF_FUNC_sock_hash_update 70
#define BPF_FUNC_msg_redirect_hash 71
#define BPF_FUNC_sk_redirect_hash 72
#define BPF_FUNC_lwt_push_encap 73
#define BPF_FUNC_lwt_seg6_store_bytes 74
#define BPF_FUNC_lwt_seg6_adjust_srh 75
#define BPF_FUNC_lwt_seg6_action 76
#define BPF_FUNC_rc_repeat 77
#define BPF_FUNC_rc_keydown 78
#define BPF_FUNC_skb_cgroup_id 79
#define BPF_FUNC_get_current_cgroup_id 80
#define BPF_FUNC_get_local_storage 81
#define BPF_FUNC_sk_select_reuseport 82
#define BPF_FUNC_skb_ancestor_cgroup_id 83
#define BPF_FUNC_sk_lookup_tcp 84
#define BPF_FUNC_sk_lookup_udp 85
#define BPF_FUNC_sk_release 86
#define BPF_FUNC_map_push_elem 87
#define BPF_FUNC_map_pop_elem 88
#define BPF_FUNC_map_peek_elem 89
#define BPF_FUNC_msg_push_data 90
#define BPF_FUNC_msg_pop_data 91
#define BPF_FUNC_rc_pointer_rel 92
#define BPF_FUNC_spin_lock 93
#define BPF_FUNC_spin_unlock 94
#define BPF_FUNC_sk_fullsock 95
#define BPF_FUNC_tcp_sock 96
#define BPF_FUNC_skb_ecn_set_ce 97
#define BPF_FUNC_get_listener_sock 98
#define BPF_FUNC_skc_lookup_tcp 99
#define BPF_FUNC_tcp_check_syncookie 100
#define BPF_FUNC_sysctl_get_name 101
#define BPF_FUNC_sysctl_get_current_value 102
#define BPF_FUNC_sysctl_get_new_value 103
#define BPF_FUNC_sysctl_set_new_value 104
#define BPF_FUNC_strtol 105
#define BPF_FUNC_strtoul 106
#define BPF_FUNC_sk_storage_get 107
#define BPF_FUNC_sk_storage_delete 108
#define BPF_FUNC_send_signal 109
#define BPF_FUNC_tcp_gen_syncookie 110
#define BPF_FUNC_skb_output 111
#define BPF_FUNC_probe_read_user 112
#define BPF_FUNC_probe_read_kernel 113
#define BPF_FUNC_probe_read_user_str 114
#define BPF_FUNC_probe_read_kernel_str 115
#define BPF_FUNC_tcp_send_ack 116
#define BPF_FUNC_send_signal_thread 117
#define BPF_FUNC_jiffies64 118
#define BPF_FUNC_read_branch_records 119
#define BPF_FUNC_get_ns_current_pid_tgid 120
#define BPF_FUNC_xdp_output 121
#define BPF_FUNC_get_netns_cookie 122
#define BPF_FUNC_get_current_ancestor_cgroup_id 123
#define BPF_FUNC_sk_assign 124
#define BPF_FUNC_ktime_get_boot_ns 125
#define BPF_FUNC_seq_printf 126
#define BPF_FUNC_seq_write 127
#define BPF_FUNC_sk_cgroup_id 128
#define BPF_FUNC_sk_ancestor_cgroup_id 129
#define BPF_FUNC_ringbuf_output 130
#define BPF_FUNC_ringbuf_reserve 131
#define BPF_FUNC_ringbuf_submit 132
#define BPF_FUNC_ringbuf_discard 133
#define BPF_FUNC_ringbuf_query 134
#define BPF_FUNC_csum_level 135
#define BPF_FUNC_skc_to_tcp6_sock 136
#define BPF_FUNC_skc_to_tcp_sock 137
#define BPF_FUNC_skc_to_tcp_timewait_sock 138
#define BPF_FUNC_skc_to_tcp_request_sock 139
#define BPF_FUNC_skc_to_udp6_sock 140
#define BPF_FUNC_get_task_stack 141
#define BPF_FUNC_load_hdr_opt 142
#define BPF_FUNC_store_hdr_opt 143
#define BPF_FUNC_reserve_hdr_opt 144
#define BPF_FUNC_inode_storage_get 145
#define BPF_FUNC_inode_storage_delete 146
#define BPF_FUNC_d_path 147
#define BPF_FUNC_copy_from_user 148
#define BPF_FUNC_snprintf_btf 149
#define BPF_FUNC_seq_printf_btf 150
#define BPF_FUNC_skb_cgroup_classid 151
#define BPF_FUNC_redirect_neigh 152
#define BPF_FUNC_per_cpu_ptr 153
#define BPF_FUNC_this_cpu_ptr 154
#define BPF_FUNC_redirect_peer 155
#define BPF_FUNC_task_storage_get 156
#define BPF_FUNC_task_storage_delete 157
#define BPF_FUNC_get_current_task_btf 158
#define BPF_FUNC_bprm_opts_set 159
#define BPF_FUNC_ktime_get_coarse_ns 160
#define BPF_FUNC_ima_inode_hash 161
#define BPF_FUNC_sock_from_file 162
#define BPF_FUNC_check_mtu 163
#define BPF_FUNC_for_each_map_elem 164
#define BPF_FUNC_snprintf 165
#define BPF_FUNC_sys_bpf 166
#define BPF_FUNC_btf_find_by_name_kind 167
#define BPF_FUNC_sys_close 168
#define BPF_FUNC_timer_init 169
#define BPF_FUNC_timer_set_callback 170
#define BPF_FUNC_timer_start 171
#define BPF_FUNC_timer_cancel 172
#define BPF_FUNC_get_func_ip 173
#define BPF_FUNC_get_attach_cookie 174
#define BPF_FUNC_task_pt_regs 175
#define BPF_FUNC_get_branch_snapshot 176
#define BPF_FUNC_trace_vprintk 177
#define BPF_FUNC_skc_to_unix_sock 178
#define BPF_FUNC_kallsyms_lookup_name 179
#define BPF_FUNC_find_vma 180
#define BPF_FUNC_loop 181
#define BPF_FUNC_strncmp 182
#define BPF_FUNC_get_func_arg 183
#define BPF_FUNC_get_func_ret 184
#define BPF_FUNC_get_func_arg_cnt 185
#define BPF_FUNC_get_retval 186
#define BPF_FUNC_set_retval 187
#define BPF_FUNC_xdp_get_buff_len 188
#define BPF_FUNC_xdp_load_bytes 189
#define BPF_FUNC_xdp_store_bytes 190
#define BPF_FUNC_copy_from_user_task 191
#define BPF_FUNC_skb_set_tstamp 192
#define BPF_FUNC_ima_file_hash 193
#define BPF_FUNC_kptr_xchg 194
#define BPF_FUNC_map_lookup_percpu_elem 195
#define BPF_FUNC_skc_to_mptcp_sock 196
#define BPF_FUNC_dynptr_from_mem 197
#define BPF_FUNC_ringbuf_reserve_dynptr 198
#define BPF_FUNC_ringbuf_submit_dynptr 199
#define BPF_FUNC_ringbuf_discard_dynptr 200
#define BPF_FUNC_dynptr_read 201
#define BPF_FUNC_dynptr_write 202
#define BPF_FUNC_dynptr_data 203
#define BPF_FUNC_tcp_raw_gen_syncookie_ipv4 204
#define BPF_FUNC_tcp_raw_gen_syncookie_ipv6 205
#define BPF_FUNC_tcp_raw_check_syncookie_ipv4 206
#define BPF_FUNC_tcp_raw_check_syncookie_ipv6 207
#define BPF_FUNC_ktime_get_tai_ns 208
#define BPF_FUNC_user_ringbuf_drain 209
#define BPF_FUNC_cgrp_storage_get 210
#define BPF_FUNC_cgrp_storage_delete 211

/* include/uapi/linux/bpf.h: flags */
#define BPF_ANY 0
#define BPF_NOEXIST 1
#define BPF_EXIST 2
#define BPF_F_LOCK 4
#define BPF_F_NO_PREALLOC 1
#define BPF_F_NO_COMMON_LRU 2
#define BPF_F_NUMA_NODE 4
#define BPF_F_RDONLY 8
#define BPF_F_WRONLY 16
#define BPF_F_STACK_BUILD_ID 32
#define BPF_F_ZERO_SEED 64
#define BPF_F_RDONLY_PROG 128
#define BPF_F_WRONLY_PROG 256
#define BPF_F_CLONE 512
#define BPF_F_MMAPABLE 1024
#define BPF_F_PRESERVE_ELEMS 2048
#define BPF_F_INNER_MAP 4096
#define BPF_F_SKIP_FIELD_MASK 255
#define BPF_F_USER_STACK 256
#define BPF_F_FAST_STACK_CMP 512
#define BPF_F_REUSE_STACKID 1024
#define BPF_F_USER_BUILD_ID 2048
#define BPF_F_INDEX_MASK 0xffffffffULL
#define BPF_F_CURRENT_CPU 0xffffffffULL
#define BPF_F_CTXLEN_MASK 0xfffff00000000ULL
#define BPF_F_INGRESS 1
#define BPF_F_RECOMPUTE_CSUM 1
#define BPF_F_INVALIDATE_HASH 2
#define BPF_F_HDR_FIELD_MASK 15
#define BPF_F_PSEUDO_HDR 16
#define BPF_F_MARK_MANGLED_0 32
#define BPF_RB_NO_WAKEUP 1
#define BPF_RB_FORCE_WAKEUP 2
#define BPF_LOCAL_STORAGE_GET_F_CREATE 1
#define BPF_SK_STORAGE_GET_F_CREATE 1

/* @file include/linux/log2.h */

#define ilog2(n_) ((n_) < 2 ? 0 : 63 - __builtin_clzll(n_))
#define is_power_of_2(n_) ((n_) != 0 && ((n_) & ((n_)-1)) == 0)
#define roundup_pow_of_two(n_) ((n_) < 2 ? 1UL : 1UL << (64 - __builtin_clzll((n_)-1)))
#define rounddown_pow_of_two(n_) (1UL << ilog2(n_))

/* @file include/uapi/linux/in6.h */

#define s6_addr in6_u.u6_addr8
#define s6_addr16 in6_u.u6_addr16
#define s6_addr32 in6_u.u6_addr32

/* @file include/net/sock.h */

/* other names of members, also those of include/net/inet_sock.h and inet_timewait_sock.h */
#include <uapi/linux/in6.h>
#define sk_node __sk_common.skc_node
#define sk_nulls_node __sk_common.skc_nulls_node
#define sk_refcnt __sk_common.skc_refcnt
#define sk_tx_queue_mapping __sk_common.skc_tx_queue_mapping
#define sk_rx_queue_mapping __sk_common.skc_rx_queue_mapping
#define sk_hash __sk_common.skc_hash
#define sk_portpair __sk_common.skc_portpair
#define sk_num __sk_common.skc_num
#define sk_dport __sk_common.skc_dport
#define sk_addrpair __sk_common.skc_addrpair
#define sk_daddr __sk_common.skc_daddr
#define sk_rcv_saddr __sk_common.skc_rcv_saddr
#define sk_family __sk_common.skc_family
#define sk_state __sk_common.skc_state
#define sk_reuse __sk_common.skc_reuse
#define sk_reuseport __sk_common.skc_reuseport
#define sk_ipv6only __sk_common.skc_ipv6only
#define sk_net_refcnt __sk_common.skc_net_refcnt
#define sk_bound_dev_if __sk_common.skc_bound_dev_if
#define sk_bind_node __sk_common.skc_bind_node
#define sk_prot __sk_common.skc_prot
#define sk_net __sk_common.skc_net
#define sk_v6_daddr __sk_common.skc_v6_daddr
#define sk_v6_rcv_saddr __sk_common.skc_v6_rcv_saddr
#define sk_cookie __sk_common.skc_cookie
#define sk_incoming_cpu __sk_common.skc_incoming_cpu
#define sk_flags __sk_common.skc_flags
#define sk_rxhash __sk_common.skc_rxhash
#define inet_daddr sk.__sk_common.skc_daddr
#define inet_rcv_saddr sk.__sk_common.skc_rcv_saddr
#define inet_dport sk.__sk_common.skc_dport
#define inet_num sk.__sk_common.skc_num
#define ir_loc_addr req.__req_common.skc_rcv_saddr
#define ir_rmt_addr req.__req_common.skc_daddr
#define ir_num req.__req_common.skc_num
#define ir_rmt_port req.__req_common.skc_dport
#define ir_v6_rmt_addr req.__req_common.skc_v6_daddr
#define ir_v6_loc_addr req.__req_common.skc_v6_rcv_saddr
#define ir_iif req.__req_common.skc_bound_dev_if
#define ireq_family req.__req_common.skc_family
#define ireq_net req.__req_common.skc_net
#define ireq_state req.__req_common.skc_state
#define tw_family __tw_common.skc_family
#define tw_state __tw_common.skc_state
#define tw_reuse __tw_common.skc_reuse
#define tw_bound_dev_if __tw_common.skc_bound_dev_if
#define tw_hash __tw_common.skc_hash
#define tw_prot __tw_common.skc_prot
#define tw_net __tw_common.skc_net
#define tw_daddr __tw_common.skc_daddr
#define tw_rcv_saddr __tw_common.skc_rcv_saddr
#define tw_dport __tw_common.skc_dport
#define tw_num __tw_common.skc_num
#define tw_v6_daddr __tw_common.skc_v6_daddr
#define tw_v6_rcv_saddr __tw_common.skc_v6_rcv_saddr
#define tw_cookie __tw_common.skc_cookie
