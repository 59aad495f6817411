// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

#include "tree/kernel_config.h"
#include "tree/names.h"
#include "util/buf.h"
#include "util/text.h"

/* A distribution's configuration is 300 KB; more than this is something else. */
#define CONFIG_LIMIT (16 << 20)

static int read_compressed(struct buf *out, const char *path)
{
	gzFile file = gzopen(path, "re");
	size_t start = out->len;
	char piece[16384];
	int len, ret = 0;

	if (!file)
		return errno ? -errno : -ENOMEM;
	while ((len = gzread(file, piece, sizeof(piece))) > 0) {
		buf_add(out, piece, (size_t)len);
		if (out->len - start > CONFIG_LIMIT) {
			ret = -EFBIG;
			break;
		}
	}
	if (len < 0)
		ret = -EIO;
	gzclose(file);
	return out->failed ? -ENOMEM : ret;
}

int kernel_config_read(const char *release, struct buf *out)
{
	static const char *const places[] = { "/boot/config-%s", "/lib/modules/%s/config" };
	char path[PATH_MAX];
	struct utsname uts;
	int ret = -ENOENT;
	size_t i;

	if (!*release || strchr(release, '/') || *release == '.')
		return -EINVAL;
	if (!uname(&uts) && !strcmp(uts.release, release))
		ret = read_compressed(out, "/proc/config.gz");
	for (i = 0; i < sizeof(places) / sizeof(places[0]) && ret == -ENOENT; i++) {
		if ((size_t)snprintf(path, sizeof(path), places[i], release) >= sizeof(path))
			return -EINVAL;
		ret = buf_read_file(out, path, CONFIG_LIMIT);
	}
	return ret;
}

static bool is_named(const struct names *names, const char *option, size_t len)
{
	char module[256];

	if (names_find(names, option, len))
		return true;
	if ((size_t)snprintf(module, sizeof(module), "%.*s_MODULE", (int)len, option) >=
	    sizeof(module))
		return false;
	return names_find(names, module, strlen(module));
}

static void define_line(struct buf *out, const char *line, size_t len, const struct names *names)
{
	size_t name = text_ident_len(line);
	const char *value = line + name + 1;
	size_t value_len;

	if (!text_starts(line, "CONFIG_") || name + 1 >= len || line[name] != '=' ||
	    !is_named(names, line, name))
		return;
	value_len = len - name - 1;
	if (value_len == 1 && (*value == 'y' || *value == 'm'))
		buf_printf(out, "#define %.*s%s 1\n", (int)name, line,
			   *value == 'm' ? "_MODULE" : "");
	else if (!(value_len == 1 && *value == 'n'))
		buf_printf(out, "#define %.*s %.*s\n", (int)name, line, (int)value_len, value);
}

/* What holds for each 64-bit kernel that has BPF, on the two architectures served. */
static const char known[] = "CONFIG_64BIT=y\n"
			    "CONFIG_SMP=y\n"
			    "CONFIG_ARCH_HAS_SYSCALL_WRAPPER=y\n"
#if defined(__x86_64__)
			    "CONFIG_X86=y\n"
			    "CONFIG_X86_64=y\n";
#elif defined(__aarch64__)
			    "CONFIG_ARM64=y\n";
#else
	;
#endif

void kernel_config_defines(struct buf *out, const char *config, const struct names *names)
{
	const char *line, *end;

	for (line = config ? config : known; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		define_line(out, line, (size_t)(end - line), names);
	}
	buf_str(out, "#ifndef CONFIG_BPF_SYSCALL\n#define CONFIG_BPF_SYSCALL 1\n#endif\n");
}
