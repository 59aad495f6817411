// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "attach/why.h"
#include "cmd/cmd.h"
#include "doctor/doctor.h"
#include "probe/source.h"
#include "session/session.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/json.h"
#include "util/process.h"
#include "util/text.h"

/* of the widest status and the widest name in the tables */
#define STATUS_WIDTH 9
#define NAME_WIDTH   21

struct visit {
	bool json;
	bool color;
	const char *headers; /* --headers, NULL when it is not given */
	struct buf out;
	const char *group; /* the one whose heading was printed last */
	unsigned int findings[FOUND_MISSING + 1];
	unsigned int probes, probes_ok;
	bool write_failed;
};

static void visit_json(struct visit *visit, const struct doctor_result *result)
{
	struct buf *out = &visit->out;

	json_next(out);
	buf_str(out, "\n{");
	json_add_text(out, "group", result->group);
	json_add_text(out, "name", result->name);
	json_add_text(out, "status", finding_name(result->finding));
	json_add_text(out, "found", result->found);
	json_add_text(out, "tested", result->tested);
	json_add_text(out, "fix", result->fix[0] ? result->fix : NULL);
	buf_char(out, '}');
}

static void visit_table(struct visit *visit, const struct doctor_result *result)
{
	static const char *const colors[] = {
		[FOUND_OK] = "\033[32m",
		[FOUND_LIMITED] = "\033[33m",
		[FOUND_MISSING] = "\033[31m",
	};
	const char *name = finding_name(result->finding);
	struct buf *out = &visit->out;
	size_t start;

	buf_reset(out);
	if (!visit->group || strcmp(visit->group, result->group) != 0)
		buf_printf(out, "%s%s\n", visit->group ? "\n" : "", result->group);
	visit->group = result->group;
	buf_printf(out, "  %s%s%s%*s", visit->color ? colors[result->finding] : "", name,
		   visit->color ? "\033[0m" : "", (int)(STATUS_WIDTH - strlen(name)), "");
	start = out->len;
	text_escape(out, result->name, strlen(result->name));
	buf_pad(out, start, NAME_WIDTH);
	text_escape(out, result->found, strlen(result->found));
	if (result->tested[0]) {
		buf_str(out, " (");
		text_escape(out, result->tested, strlen(result->tested));
		buf_char(out, ')');
	}
	buf_char(out, '\n');
	if (result->fix[0]) {
		buf_printf(out, "%*s", 2 + STATUS_WIDTH + NAME_WIDTH, "");
		buf_str(out, "fix: ");
		text_escape(out, result->fix, strlen(result->fix));
		buf_char(out, '\n');
	}
	/* at once: compiling takes its time */
	if (write_all(STDOUT_FILENO, buf_text(out), out->len))
		visit->write_failed = true;
}

static void visit_report(const struct doctor_result *result, void *arg)
{
	struct visit *visit = arg;

	visit->findings[result->finding]++;
	if (visit->json)
		visit_json(visit, result);
	else
		visit_table(visit, result);
}

/* All that a run does before its first event, and undone. */
static int probe_attach(struct session *session, uint64_t *compile_ns, struct error *err)
{
	uint64_t start;
	int ret = session_expand(session, err);

	start = clock_now();
	ret = ret ?: session_compile(session, err);
	*compile_ns = clock_now() - start;
	ret = ret ?: session_points(session, err);
	ret = ret ?: session_check_points(session, true, err);
	ret = ret ?: session_load(session, err);
	return ret
		       ?: attach_all(session->points, session->loaded.prog_fds, session->nr_points,
				     err);
}

static int visit_probe(const char *path, const char *name, void *arg)
{
	struct doctor_result result = { .group = "probes" };
	struct session session = { .signal_fd = -1 };
	struct visit *visit = arg;
	char *argv[] = { (char *)path, "--headers", (char *)visit->headers, NULL };
	uint64_t compile_ns = 0;
	struct error err = {};
	int ret;

	snprintf(result.name, sizeof(result.name), "%s", name);
	/* compiling would only delay what is known already */
	ret = why_may_trace(&err);
	if (ret) {
		doctor_tested(&result, "not compiled");
	} else {
		doctor_tested(&result, "compiled, loaded, attached, detached");
		ret = session_open(&session, visit->headers ? 3 : 1, argv, &err);
		session.run.quiet = true;
		ret = ret ?: probe_attach(&session, &compile_ns, &err);
	}
	/* an option that only a person can give: whether it runs is not known, and not asked */
	if (ret && err.status == 2) {
		doctor_tested(&result, "not tried");
		doctor_found(&result, FOUND_LIMITED, "%s", err.text);
		visit->probes--;
	} else if (ret) {
		doctor_error(&result, &err);
	} else {
		doctor_found(&result, FOUND_OK,
			     "runs, attached at %u places; to compile it, or to "
			     "find it in the cache, took %" PRIu64 " ms",
			     session.nr_points, compile_ns / 1000000);
	}
	session_close(&session);
	visit->probes++;
	visit->probes_ok += !ret;
	visit_report(&result, visit);
	return 0;
}

/* The value of an option at argv[*i], "--NAME=VALUE" or in the next argument; NULL: another one. */
static const char *option_value(int argc, char **argv, int *i, const char *name)
{
	size_t len = strlen(name);

	if (!text_starts(argv[*i], name) || (argv[*i][len] && argv[*i][len] != '='))
		return NULL;
	if (argv[*i][len])
		return argv[*i] + len + 1;
	return *i + 1 < argc ? argv[++*i] : "";
}

static int visit_options(struct visit *visit, int argc, char **argv, struct error *err)
{
	for (int i = 0; i < argc; i++) {
		const char *value = option_value(argc, argv, &i, "--headers");

		if (value) {
			visit->headers = value;
			continue;
		}
		value = option_value(argc, argv, &i, "--output")
				?: option_value(argc, argv, &i, "-o");
		if (!value && argv[i][0] == '-') {
			error_usage(err, "unknown option %s of hotprobe doctor", argv[i]);
			return error_hint(err, "it has -o table, -o json and --headers SOURCE");
		}
		if (!value) {
			error_usage(err, "hotprobe doctor takes no argument: %s", argv[i]);
			return error_hint(err, "hotprobe check %s examines one probe", argv[i]);
		}
		if (strcmp(value, "json") != 0 && strcmp(value, "table") != 0)
			return error_usage(err, "-o takes table or json, not '%s'", value);
		visit->json = strcmp(value, "json") == 0;
	}
	return 0;
}

static void visit_begin(struct visit *visit)
{
	struct utsname un = {};

	if (!visit->json)
		return;
	uname(&un);
	buf_char(&visit->out, '{');
	json_add_text(&visit->out, "hotprobe", HOTPROBE_VERSION);
	json_add_text(&visit->out, "kernel", un.release);
	json_add_text(&visit->out, "machine", un.machine);
	json_list(&visit->out, "checks");
}

static void visit_end(struct visit *visit)
{
	struct buf *out = &visit->out;

	if (visit->json) {
		buf_str(out, "\n]");
		for (int i = FOUND_OK; i <= FOUND_MISSING; i++)
			json_add_u64(out, finding_name((enum finding)i), visit->findings[i]);
		json_add_u64(out, "probes", visit->probes);
		json_add_u64(out, "probes_ok", visit->probes_ok);
		buf_str(out, "}\n");
		return;
	}
	buf_reset(out);
	buf_printf(out, "\n%u ok, %u limited, %u missing; %u of %u bundled probes run here\n",
		   visit->findings[FOUND_OK], visit->findings[FOUND_LIMITED],
		   visit->findings[FOUND_MISSING], visit->probes_ok, visit->probes);
}

/* The exit status tells what most people want to know: does every bundled probe run here? */
int cmd_doctor(int argc, char **argv, struct error *err)
{
	struct visit visit = { .color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") };
	struct doctor doctor = { .report = visit_report, .arg = &visit };
	char dir[PATH_MAX];
	int ret = visit_options(&visit, argc, argv, err);

	if (ret)
		return ret;
	doctor.headers = visit.headers;
	visit_begin(&visit);
	ret = doctor_run(&doctor, err);
	if (ret)
		goto out;
	source_bundled_dir(dir);
	source_each(dir, visit_probe, &visit);
	visit_end(&visit);
	ret = visit.out.failed ? error_sys(err, -ENOMEM, "cannot say what was found")
			       : cmd_print(buf_text(&visit.out), err);
	if (!ret && !visit.probes)
		ret = error_set(err, -ENOENT, "there are no probes in %s", dir);
	ret = ret ?: visit.probes_ok < visit.probes;
out:
	doctor_free(&doctor);
	buf_free(&visit.out);
	return ret;
}
