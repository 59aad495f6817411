/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_RTNETLINK_H
#define HOTPROBE_BPF_RTNETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

/* Asking the kernel about interfaces of this network namespace: rtnetlink(7). */

/* rtnetlink_open - a socket to ask by, the caller's to close; -1 when there is none */
int rtnetlink_open(void);

/* rtnetlink_dump - send a request for a dump, call @fn for each answer; nothing when it is refused
 */
void rtnetlink_dump(int fd, const void *request, size_t size,
		    void (*fn)(const struct nlmsghdr *answer, void *arg), void *arg);

/* rtnetlink_attrs - call @fn for each of the attributes in @len bytes */
void rtnetlink_attrs(const struct rtattr *attr, size_t len,
		     void (*fn)(unsigned int type, const struct rtattr *attr, void *arg),
		     void *arg);

/* rtnetlink_u32 - an attribute's number; 0 when it is none */
uint32_t rtnetlink_u32(const struct rtattr *attr);

/* rtnetlink_text - an attribute's text, cut to @size */
void rtnetlink_text(const struct rtattr *attr, char *text, size_t size);

#endif
