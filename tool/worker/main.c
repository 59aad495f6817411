// SPDX-License-Identifier: GPL-2.0-only
/*
 * hotprobe-cc: one request on stdin, one answer on descriptor 3, compiler messages on stderr.
 * With the argument "precompile" the answer is not an object, but precompiled headers. With the
 * argument "versions" there is no request, and the answer is text: see versions.h.
 *
 * Exit status: 0 an answer was written; 1 it could not be compiled, stderr says why; 2 the request
 * made no sense. Nothing but hotprobe is meant to start it.
 */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "compile/worker.h"
#include "object/answer.h"
#include "object/deps.h"
#include "object/request.h"
#include "util/buf.h"
#include "util/error.h"
#include "compile/names.h"
#include "worker/compile.h"
#include "worker/files.h"
#include "worker/headers.h"
#include "worker/match.h"
#include "worker/libbcc.h"
#include "worker/pch.h"
#include "worker/versions.h"

#define ANSWER_FD	 3
#define REQUEST_SIZE_MAX (256u << 20)

/* Which libraries there are, for who asks what is wrong with them. */
static int say_versions(void)
{
	struct error err = {};
	struct buf out = {};
	int ret = 0;

	if (!libbcc_wait(&err)) {
		fprintf(stderr, WORKER_SAYS "%s\n", err.text);
		return 1;
	}
	versions_write(&out);
	ret = write_all(ANSWER_FD, out.data, out.len);
	buf_free(&out);
	return ret ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct request req;
	struct error err = {};
	struct buf in = {}, object = {}, deps = {}, matched = {}, out = {};
	const struct libbcc *bcc;
	const char *why;
	bool precompile = argc > 1 && strcmp(argv[1], WORKER_PRECOMPILE) == 0;
	int ret;

	/* libbcc says some things on stdout; nothing of it may be taken for events */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* others that run as nobody must not have a say in what root loads */
	prctl(PR_SET_DUMPABLE, 0);

	libbcc_start();
	if (argc > 1 && strcmp(argv[1], WORKER_VERSIONS) == 0)
		_exit(say_versions());
	ret = buf_read_fd(&in, STDIN_FILENO, REQUEST_SIZE_MAX);
	if (ret || request_read(&req, in.data, in.len, &why)) {
		fprintf(stderr,
			"hotprobe-cc: the request cannot be read; only hotprobe starts this\n");
		return 2;
	}
	files_start(&deps, req.work_dir);
	ret = headers_make(&req, &err);
	bcc = libbcc_wait(&err);
	files_libraries();
	ret = ret ?: headers_point(&req, &err);
	/* a thread that opens files: only now that all fixed descriptors are in their places */
	if (!ret && !precompile)
		match_start(&req);
	ret = ret ?: bcc ? 0 : err.code;
	if (!ret)
		ret = precompile ? pch_make(&object, bcc, &req, &err)
				 : compile_probe(&object, bcc, &req, &err);
	if (!ret && !precompile)
		ret = match_finish(&req, &matched, &err);
	files_start(NULL, NULL);
	if (!ret) {
		ret = deps_sort(&deps);
		ret = ret ?: answer_write(&out, &object, &deps, &matched);
		ret = ret ?: write_all(ANSWER_FD, out.data, out.len);
		if (ret)
			error_sys(&err, ret, "cannot hand the object over");
	}
	if (err.code)
		fprintf(stderr, WORKER_SAYS "%s\n%s%s%s", err.text, err.hint[0] ? WORKER_HINT : "",
			err.hint, err.hint[0] ? "\n" : "");
	fflush(NULL);
	/* all is said; hotprobe need not wait until the memory is given back */
	close(ANSWER_FD);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	/* without running LLVM's destructors */
	_exit(ret ? 1 : 0);
}
