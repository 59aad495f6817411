// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "util/buf.h"
#include "util/kernel.h"

void kernel_note_id(const struct buf *notes, char id[41])
{
	uint32_t head[3];
	size_t pos = 0;

	id[0] = '\0';
	/* elf(5), Notes: name size, descriptor size, type, then both padded to 4 */
	while (pos + sizeof(head) <= notes->len) {
		size_t name = pos + sizeof(head), desc;

		memcpy(head, notes->data + pos, sizeof(head));
		desc = name + ((head[0] + 3u) & ~3u);
		pos = desc + ((head[1] + 3u) & ~3u);
		if (head[1] > 20 || desc + head[1] > notes->len)
			continue;
		if (head[2] == 3 && head[0] == 4 && memcmp(notes->data + name, "GNU", 4) == 0)
			for (uint32_t i = 0; i < head[1]; i++)
				snprintf(id + 2 * i, 3, "%02x",
					 (unsigned char)notes->data[desc + i]);
	}
}

void kernel_build_id(char id[41])
{
	struct buf notes = {};

	id[0] = '\0';
	if (buf_read_file(&notes, "/sys/kernel/notes", 65536) == 0)
		kernel_note_id(&notes, id);
	buf_free(&notes);
}

unsigned int kernel_release_code(const char *release)
{
	unsigned int major, minor, sub = 0;

	if (sscanf(release, "%u.%u.%u", &major, &minor, &sub) < 2)
		return 0;
	return (major << 16) + (minor << 8) + (sub > 255 ? 255 : sub);
}

bool kernel_at_least(unsigned int major, unsigned int minor)
{
	struct utsname un;

	return uname(&un) == 0 &&
	       kernel_release_code(un.release) >= KERNEL_VERSION(major, minor, 0);
}
