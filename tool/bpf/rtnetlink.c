// SPDX-License-Identifier: GPL-2.0-only
/* Asking the kernel about interfaces: rtnetlink(7). */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "bpf/rtnetlink.h"

int rtnetlink_open(void)
{
	/* the kernel answers at once; this only bounds what can go wrong */
	const struct timeval patience = { .tv_sec = 5 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

void rtnetlink_dump(int fd, const void *request, size_t size,
		    void (*fn)(const struct nlmsghdr *answer, void *arg), void *arg)
{
	char room[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t got;

	if (send(fd, request, size, 0) < 0)
		return;
	while ((got = recv(fd, room, sizeof(room), 0)) > 0) {
		const struct nlmsghdr *answer = (const void *)room;
		size_t left = (size_t)got;

		for (; NLMSG_OK(answer, left); answer = NLMSG_NEXT(answer, left)) {
			if (answer->nlmsg_type == NLMSG_DONE || answer->nlmsg_type == NLMSG_ERROR)
				return;
			fn(answer, arg);
		}
	}
}

void rtnetlink_attrs(const struct rtattr *attr, size_t len,
		     void (*fn)(unsigned int type, const struct rtattr *attr, void *arg), void *arg)
{
	unsigned int left = (unsigned int)len;

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		fn(attr->rta_type & NLA_TYPE_MASK, attr, arg);
}

uint32_t rtnetlink_u32(const struct rtattr *attr)
{
	uint32_t value = 0;

	if (RTA_PAYLOAD(attr) >= sizeof(value))
		memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

void rtnetlink_text(const struct rtattr *attr, char *text, size_t size)
{
	snprintf(text, size, "%.*s", (int)RTA_PAYLOAD(attr), (const char *)RTA_DATA(attr));
}
