// SPDX-License-Identifier: GPL-2.0-only
/* What lies in the cache, and the list of files in it. */
#include <sys/mman.h>
#include <unistd.h>

#include "cache/entry.h"
#include "fuzz.h"
#include "object/deps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *packet = fuzz_packet(PACK_ENTRY, data, size);
	struct buf renamed = {};
	struct entry entry = {};
	const char *why;
	size_t pos = 0;
	int fd = memfd_create("entry", MFD_CLOEXEC);

	if (fd < 0 || write_all(fd, packet, PACK_HEADER_SIZE + size) || lseek(fd, 0, SEEK_SET))
		abort();
	if (entry_read(&entry, fd, &why) == 0) {
		deps_rename(&renamed, entry.deps.data, entry.deps.len, "/a", "/bc");
		while (deps_each(renamed.data, renamed.len, &pos))
			;
		/* what was taken whole stays whole */
		if (deps_sort(&renamed) == 0 && renamed.len > entry.deps.len * 2)
			abort();
	}
	buf_free(&renamed);
	buf_free(&entry.file);
	close(fd);
	free(packet);
	return 0;
}
