// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/report.h"
#include "diagnose/diagnostic.h"
#include "util/error.h"
#include "util/json.h"
#include "util/text.h"

/* One object: a place, a message, and what follows it. */
struct problem {
	struct diagnostic at; /* severity, file, line, column, message, more */
	const char *kind;
	const char *function;
	const char *hint;
};

static void json_add_part(struct buf *out, const char *key, const char *text, size_t len)
{
	json_member(out, key);
	if (text && len)
		json_string(out, text, len);
	else
		buf_str(out, "null");
}

static void json_add_number(struct buf *out, const char *key, unsigned int number)
{
	if (number)
		json_add_u64(out, key, number);
	else
		json_add_text(out, key, NULL);
}

static void problem_write(struct report *report, const struct problem *problem)
{
	const struct diagnostic *at = &problem->at;
	struct buf *out = &report->out;

	buf_char(out, '{');
	json_add_text(out, "type", "problem");
	json_add_text(out, "probe", report->probe);
	json_add_text(out, "kind", problem->kind);
	json_add_text(out, "severity", at->severity);
	json_add_part(out, "file", at->file, at->file_len);
	json_add_number(out, "line", at->line);
	json_add_number(out, "column", at->column);
	json_add_text(out, "function", problem->function);
	json_add_part(out, "message", at->message, at->message_len);
	json_add_text(out, "hint", problem->hint && problem->hint[0] ? problem->hint : NULL);
	json_add_part(out, "log", at->more, at->more_len);
	buf_str(out, "}\n");
}

/* How many remarks of a kind the text has. */
static unsigned int problems_count(const char *text, const char *severity)
{
	struct diagnostic at;
	unsigned int nr = 0;

	while (diagnostic_next(&at, &text))
		nr += strcmp(at.severity, severity) == 0;
	return nr;
}

/* Each of the compiler's remarks in @text; false when there are none. */
static bool problems_write(struct report *report, struct problem *problem, const char *text)
{
	bool any = false;

	while (diagnostic_next(&problem->at, &text)) {
		problem_write(report, problem);
		/* what to do stands behind them all, and belongs to the first */
		problem->hint = NULL;
		any = true;
	}
	return any;
}

/* A message as one problem: its first line, without its place, and the lines below. */
static void message_write(struct report *report, struct problem *problem, const char *text,
			  const struct error *err)
{
	struct diagnostic *at = &problem->at;

	size_t path = report->path ? strlen(report->path) : 0;

	at->message = diagnostic_position(at, text);
	if (!at->file && path && text_starts(text, report->path) &&
	    text_starts(text + path, ": ")) {
		at->file = text;
		at->file_len = path;
		at->message = text + path + 2;
	}
	at->message_len = strcspn(at->message, "\n");
	at->more = at->message + at->message_len;
	at->more += *at->more == '\n';
	at->more_len = strlen(at->more);
	if (err && err->file[0]) {
		at->file = err->file;
		at->file_len = strlen(err->file);
		at->line = err->line;
		at->column = err->column;
	}
	problem_write(report, problem);
}

/* For people. A remedy that was just given is not given again. */
static void error_tell(struct report *report, const struct error *err)
{
	struct error told = *err;

	if (told.hint[0] && strcmp(told.hint, buf_text(&report->hint)) == 0) {
		told.hint[0] = '\0';
	} else {
		buf_reset(&report->hint);
		buf_str(&report->hint, told.hint);
	}
	error_print(&told);
}

void report_error(struct report *report, const struct error *err, const char *kind,
		  const char *function)
{
	struct problem problem = { .kind = err->kind ?: kind,
				   .function = function,
				   .hint = err->hint };

	report->nr_errors += problems_count(err->text, "error") ?: 1;
	report->nr_warnings += problems_count(err->text, "warning");
	if (!report->json) {
		error_tell(report, err);
		return;
	}
	if (strcmp(problem.kind, ERROR_COMPILER) == 0 &&
	    problems_write(report, &problem, err->text))
		return;
	problem.at.severity = "error";
	message_write(report, &problem, err->text, err);
}

void report_warning(struct report *report, const char *text, const char *hint)
{
	struct problem problem = { .kind = hint ? ERROR_ATTACH : ERROR_COMPILER, .hint = hint };

	report->nr_warnings += problems_count(text, "warning") ?: 1;
	if (report->json) {
		if (!hint && problems_write(report, &problem, text))
			return;
		problem.at.severity = "warning";
		message_write(report, &problem, text, NULL);
	} else if (!report->quiet && hint) {
		fprintf(stderr, "hotprobe: %s\n          %s\n", text, hint);
	} else if (!report->quiet) {
		fprintf(stderr, "%s\n", text);
	}
}

void report_probe(struct report *report, const struct report_probe *probe)
{
	struct buf *out = &report->out;

	if (!report->json)
		return;
	buf_char(out, '{');
	json_add_text(out, "type", "probe");
	json_add_text(out, "probe", report->probe);
	json_add_text(out, "file", report->path && report->path[0] ? report->path : NULL);
	json_add_text(out, "result", probe->result);
	json_add_bool(out, "compiled", probe->compiled);
	json_add_bool(out, "verified", probe->verified);
	if (probe->nr_closed)
		json_add_text(out, "attachable", NULL);
	else
		json_add_bool(out, "attachable", probe->attachable);
	json_add_u64(out, "functions", probe->nr_functions);
	json_add_u64(out, "attach_points", probe->nr_points);
	json_add_u64(out, "errors", probe->nr_errors);
	json_add_u64(out, "warnings", probe->nr_warnings);
	json_add_text(out, "unchecked", probe->unchecked);
	buf_str(out, "}\n");
}

void report_sum(struct report *report, unsigned int nr_probes, unsigned int nr_failed,
		unsigned int nr_skipped)
{
	struct buf *out = &report->out;

	if (!report->json)
		return;
	buf_char(out, '{');
	json_add_text(out, "type", "result");
	json_add_text(out, "result", nr_failed ? "failed" : "ok");
	json_add_u64(out, "probes", nr_probes);
	json_add_u64(out, "failed", nr_failed);
	json_add_u64(out, "skipped", nr_skipped);
	json_add_u64(out, "errors", report->nr_errors);
	json_add_u64(out, "warnings", report->nr_warnings);
	buf_str(out, "}\n");
}

int report_write(struct report *report)
{
	int ret = 0;

	if (report->out.failed)
		return -ENOMEM;
	if (report->out.len)
		ret = write_all(STDOUT_FILENO, report->out.data, report->out.len);
	buf_reset(&report->out);
	return ret == -EPIPE ? 0 : ret;
}

void report_free(struct report *report)
{
	buf_free(&report->out);
	buf_free(&report->hint);
}
