// SPDX-License-Identifier: GPL-2.0-only
/* What asking a link takes, whatever it is a link to. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bpf/link_reading.h"

void link_place_set(struct kbpf_place *place, const char *how, const char *fmt, ...)
{
	va_list ap;

	snprintf(place->how, sizeof(place->how), "%s", how);
	free(place->target);
	va_start(ap, fmt);
	if (vasprintf(&place->target, fmt, ap) < 0)
		place->target = NULL;
	va_end(ap);
}

int link_ask_again(struct link_reading *r, const struct link_info *question)
{
	uint32_t size = sizeof(r->info);

	r->info = *question;
	if (bpf_obj_get_info_by_fd(r->fd, (struct bpf_link_info *)&r->info, &size))
		return -errno;
	return 0;
}
