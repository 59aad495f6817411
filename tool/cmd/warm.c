// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "cmd/warm.h"
#include "probe/source.h"
#include "session/session.h"
#include "util/error.h"
#include "util/process.h"

struct warming {
	unsigned int compiled;
	struct error last;
};

/* Only what is said of a probe ends here: the others may fare better. */
static int warm_probe(const char *path, const char *name, void *arg)
{
	struct session session = { .signal_fd = -1 };
	struct warming *warming = arg;
	struct error err = {};
	char *argv[] = { (char *)path, NULL };
	uint64_t start = clock_now();
	int ret;

	ret = session_open(&session, 1, argv, &err);
	/* what the compiler remarks is for whoever runs it */
	session.run.quiet = true;
	ret = ret ?: session_expand(&session, &err);
	ret = ret ?: session_compile(&session, &err);
	session_close(&session);
	/* an option that only a person can give */
	if (ret && err.status == 2) {
		fprintf(stderr, "%-16s not compiled: %s\n", name, err.text);
		return 0;
	}
	if (ret) {
		fprintf(stderr, "%-16s ! %s\n", name, err.text);
		warming->last = err;
		return 0;
	}
	fprintf(stderr, "%-16s %" PRIu64 " ms\n", name, (clock_now() - start) / 1000000);
	warming->compiled++;
	return 0;
}

int cache_warm(struct error *err)
{
	struct warming warming = {};
	char dir[PATH_MAX];

	source_user_dir(dir);
	source_each(dir, warm_probe, &warming);
	source_bundled_dir(dir);
	source_each(dir, warm_probe, &warming);
	if (warming.compiled)
		return 0;
	if (!warming.last.code)
		return error_set(err, -ENOENT, "there are no probes in %s", dir);
	*err = warming.last;
	return err->code;
}
