// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <gelf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "types/store.h"
#include "types/types.h"
#include "types/unpack.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* A vmlinux with all its debug information has about 1 GB. */
#define FILE_MAX ((size_t)2 << 30)

static int elf_section(Elf *elf, const char *name, Elf_Data **data)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return -EBADMSG;
	while ((section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr shdr;
		const char *found;

		if (!gelf_getshdr(section, &shdr))
			return -EBADMSG;
		found = elf_strptr(elf, names, shdr.sh_name);
		if (!found || strcmp(found, name) != 0)
			continue;
		*data = elf_rawdata(section, NULL);
		return *data && (*data)->d_buf ? 0 : -EBADMSG;
	}
	return -ENOENT;
}

/* The release that a module was built for; its .modinfo has "vermagic=6.1.0-1-amd64 SMP ..." */
static int module_release(Elf *elf, char release[65])
{
	static const char key[] = "vermagic=";
	Elf_Data *info;
	const char *at;

	if (elf_section(elf, ".modinfo", &info))
		return -ENOENT;
	at = memmem(info->d_buf, info->d_size, key, sizeof(key) - 1);
	if (!at)
		return -ENOENT;
	at += sizeof(key) - 1;
	snprintf(release, 65, "%.*s",
		 (int)strnlen(at, (size_t)((const char *)info->d_buf + info->d_size - at)), at);
	release[strcspn(release, " ")] = '\0';
	return 0;
}

/* Where distributions keep the image of the kernel whose modules lie in lib/modules/RELEASE. */
static int read_image(struct btf **base, const char *root, int len, const char *release)
{
	static const char *const places[] = { "boot/vmlinuz-%s", "lib/modules/%s/vmlinuz",
					      "usr/lib/modules/%s/vmlinuz" };
	char image[PATH_MAX], place[128];
	struct error not_there = {};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(place, sizeof(place), places[i], release);
		snprintf(image, sizeof(image), "%.*s%s", len, root, place);
		if (types_read_file(base, NULL, image, NULL, &not_there) == 0)
			return 0;
	}
	return -ENOENT;
}

/* The types that a module's stand on: see types_open(). */
static int find_base(struct btf **base, Elf *elf, const char *path, struct error *err)
{
	const char *folder = strstr(path, "lib/modules/");
	struct utsname un;
	char release[65];

	if (module_release(elf, release))
		return 0;
	if (uname(&un) == 0 && strcmp(un.release, release) == 0) {
		*base = btf__parse(TYPES_KERNEL_DIR "/vmlinux", NULL);
		if (*base)
			return 0;
	}
	if (folder && folder - path >= 4 && memcmp(folder - 4, "usr/", 4) == 0)
		folder -= 4;
	if (folder && read_image(base, path, (int)(folder - path), release) == 0)
		return 0;
	error_set(err, -ENOENT, "the module %s stands on the types of kernel %s, which is not here",
		  path, release);
	return error_hint(err, "name that kernel's vmlinux or vmlinuz: %s,VMLINUX", path);
}

/* libbpf 1.1 takes a module's BTF only from files: its library does not export btf__new_split(). */
static struct btf *parse_split(const void *data, size_t size, struct btf *base)
{
	int fd = memfd_create("btf", MFD_CLOEXEC);
	struct btf *btf = NULL;
	char path[64];

	if (fd < 0)
		return NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write_all(fd, data, size) == 0)
		btf = btf__parse_raw_split(path, base);
	close(fd);
	return btf;
}

static int take(struct btf **btf, const void *data, size_t size, const char *path, struct btf *base,
		struct error *err)
{
	if (base)
		*btf = parse_split(data, size, base);
	else
		*btf = size <= UINT32_MAX ? btf__new(data, (uint32_t)size) : NULL;
	if (*btf)
		return 0;
	return error_set(err, -EBADMSG, "%s: its BTF is broken%s", path,
			 base ? ", or of another kernel than the one it stands on" : "");
}

static int read_elf(struct btf **btf, struct btf **found, const struct buf *file, const char *path,
		    struct btf *base, struct error *err)
{
	Elf_Data *data;
	Elf *elf;
	int ret;

	elf_version(EV_CURRENT);
	elf = elf_memory(file->data, file->len);
	if (!elf)
		return error_set(err, -EBADMSG, "%s is no ELF file", path);
	ret = elf_section(elf, BTF_ELF_SEC, &data);
	if (ret) {
		error_set(err, ret, ret == -ENOENT ? "%s has no BTF" : "the ELF file %s is broken",
			  path);
		if (ret == -ENOENT)
			error_hint(err, "kernels and modules have it if they were built with "
					"CONFIG_DEBUG_INFO_BTF");
		goto out;
	}
	if (!base && found)
		ret = find_base(found, elf, path, err);
	ret = ret ?: take(btf, data->d_buf, data->d_size, path, found ? *found : base, err);
out:
	elf_end(elf);
	return ret;
}

static bool is_raw(const struct buf *file)
{
	uint16_t magic;

	if (file->len < sizeof(struct btf_header))
		return false;
	memcpy(&magic, file->data, sizeof(magic));
	return magic == BTF_MAGIC || magic == __builtin_bswap16(BTF_MAGIC);
}

int types_read_file(struct btf **btf, struct btf **found, const char *path, struct btf *base,
		    struct error *err)
{
	struct buf file = {}, unpacked = {};
	int ret = buf_read_file(&file, path, FILE_MAX);

	if (ret) {
		error_sys(err, ret, "cannot read types from %s", path);
		goto out;
	}
	if (unpack_is_image(file.data, file.len))
		ret = unpack_image(&unpacked, file.data, file.len, path, err);
	else if (unpack_format(file.data, file.len))
		ret = unpack(&unpacked, file.data, file.len, 0, path, err);
	if (ret)
		goto out;
	if (unpacked.len) {
		buf_free(&file);
		file = unpacked;
		memset(&unpacked, 0, sizeof(unpacked));
	}
	if (is_raw(&file)) {
		ret = take(btf, file.data, file.len, path, base, err);
	} else if (file.len >= SELFMAG && memcmp(file.data, ELFMAG, SELFMAG) == 0) {
		ret = read_elf(btf, found, &file, path, base, err);
	} else {
		ret = error_set(err, -EBADMSG, "%s holds no types", path);
		error_hint(err, "name raw BTF, an ELF file with a .BTF section (vmlinux, a "
				"module), or a kernel image (vmlinuz)");
	}
out:
	buf_free(&unpacked);
	buf_free(&file);
	return ret;
}
