// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "probe/scan.h"

size_t scan_continuation(const char *s)
{
	if (s[0] != '\\')
		return 0;
	return s[1] == '\n' ? 1 : s[1] == '\r' && s[2] == '\n' ? 2 : 0;
}

const char *scan_comment(const char *s)
{
	const char *end;

	if (s[0] != '/' || (s[1] != '/' && s[1] != '*'))
		return s;
	if (s[1] == '/') {
		for (end = s; *end && *end != '\n'; end++)
			end += scan_continuation(end);
		return end;
	}
	end = strstr(s + 2, "*/");
	return end ? end + 2 : s + strlen(s);
}
