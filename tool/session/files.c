// SPDX-License-Identifier: GPL-2.0-only
/* What the section Files of a probe's doc comment means for its outputs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "output/files.h"
#include "session/files.h"
#include "session/session.h"
#include "util/error.h"
#include "util/form.h"
#include "util/text.h"

static const char *file_value(const struct session *session, const struct doc_file *file)
{
	const struct doc *doc = &session->doc;

	/* doc_parse() has seen to it that there is the option */
	return probe_option_value(&session->given,
				  doc_option_named(doc, file->option, strlen(file->option)));
}

const struct doc_file *session_file_line(const struct session *session, const char *output,
					 const char **path)
{
	for (size_t i = 0; i < session->doc.nr_files; i++) {
		const struct doc_file *file = &session->doc.files[i];

		if (strcmp(file->output, output) != 0)
			continue;
		*path = file_value(session, file);
		return file;
	}
	return NULL;
}

unsigned int session_file_names(const struct session *session, const char *names[],
				unsigned int max)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < session->doc.nr_files && nr < max; i++)
		if (!files_is_stdout(file_value(session, &session->doc.files[i])))
			names[nr++] = session->doc.files[i].output;
	return nr;
}

bool session_files_same(const struct session *a, const struct session *b)
{
	if (a->doc.nr_files != b->doc.nr_files)
		return false;
	for (size_t i = 0; i < a->doc.nr_files; i++) {
		const struct doc_file *x = &a->doc.files[i], *y = &b->doc.files[i];

		if (strcmp(x->output, y->output) != 0 || strcmp(x->option, y->option) != 0 ||
		    strcmp(x->form, y->form) != 0)
			return false;
	}
	return true;
}

bool session_files_take_stdout(const struct session *session)
{
	for (size_t i = 0; i < session->doc.nr_files; i++) {
		if (files_is_stdout(file_value(session, &session->doc.files[i])))
			return true;
	}
	return false;
}

static int session_no_output(const struct session *session, const struct doc_file *file,
			     struct error *err)
{
	struct near near = { .wanted = file->output };

	for (unsigned int i = 0; i < session->exp.nr_outputs; i++)
		near_offer(&near, session->exp.outputs[i].name);
	error_set(err, -ENOENT, "%s:%d: the probe has no output %s", session->doc.file, file->line,
		  file->output);
	if (near_best(&near) && strcmp(near_best(&near), file->output) != 0)
		return error_hint(err, "did you mean %s?", near_best(&near));
	return error_hint(err, "declare it by EVENTS(%s, struct type);", file->output);
}

static int session_check_fields(const struct session *session, const struct doc_file *file,
				const struct schema *schema, struct error *err)
{
	const char *pos = file->form, *piece;
	enum form_piece kind;
	struct buf list = {};
	size_t len;

	while ((kind = form_next(&pos, &piece, &len)) != FORM_END) {
		char name[SCHEMA_NAME_MAX];
		struct near near = { .wanted = name };
		bool found = kind != FORM_FIELD;

		snprintf(name, sizeof(name), "%.*s", (int)len, piece);
		for (uint32_t i = 0; i < schema->nr_fields && !found; i++) {
			near_offer(&near, schema->fields[i].name);
			found = strcmp(schema->fields[i].name, name) == 0;
		}
		if (found)
			continue;
		error_set(err, -EINVAL, "%s:%d: the events of %s have no field %s",
			  session->doc.file, file->line, file->output, name);
		if (near_best(&near))
			return error_hint(err, "did you mean {%s}?", near_best(&near));
		for (uint32_t i = 0; i < schema->nr_fields; i++)
			buf_printf(&list, "%s%s", i ? ", " : "", schema->fields[i].name);
		error_hint(err, "its fields are: %s", buf_text(&list));
		buf_free(&list);
		return err->code;
	}
	return 0;
}

static int session_check_file(const struct session *session, const struct doc_file *file,
			      struct error *err)
{
	const struct schema *schema;
	struct buf macro = {};
	bool there = object_find_map(&session->obj, file->output) >= 0;
	const char *value = file_value(session, file);
	int ret;

	if (!value && !there)
		return 0;
	if (!there)
		return session_no_output(session, file, err);
	if (!value) {
		optval_macro(&macro, file->option, NULL, 0);
		error_set(err, -EINVAL,
			  "%s:%d: the output %s is there although --%s was not given: there is no "
			  "file for it",
			  session->doc.file, file->line, file->output, file->option);
		ret = error_hint(err, "put it between #ifdef %s and #endif", buf_text(&macro));
		buf_free(&macro);
		return ret;
	}
	schema = object_find_schema(&session->obj, file->output, SCHEMA_EVENT);
	if (schema)
		return session_check_fields(session, file, schema, err);
	error_set(err, -EINVAL, "%s:%d: what %s reports is not known", session->doc.file,
		  file->line, file->output);
	return error_hint(err, "declare it by EVENTS(%s, struct type);", file->output);
}

/* On stdout lines of a form are read by a program, which would not know what to make of others. */
static int session_check_stdout(const struct session *session, struct error *err)
{
	const struct doc_file *file = NULL;
	struct buf macro = {};
	const char *value;
	int ret;

	for (size_t i = 0; i < session->doc.nr_files; i++) {
		if (files_is_stdout(file_value(session, &session->doc.files[i])))
			file = &session->doc.files[i];
	}
	for (unsigned int i = 0; file && i < session->exp.nr_outputs; i++) {
		const char *name = session->exp.outputs[i].name;

		if (object_find_map(&session->obj, name) < 0 ||
		    session_file_line(session, name, &value))
			continue;
		optval_macro(&macro, file->option, "stdout", strlen("stdout"));
		error_set(err, -EINVAL,
			  "%s:%d: with --%s " FILES_STDOUT " stdout is for %s, but there is the "
			  "output %s, too",
			  session->doc.file, file->line, file->option, file->output, name);
		ret = error_hint(err, "put it between #ifndef %s and #endif", buf_text(&macro));
		buf_free(&macro);
		return ret;
	}
	return 0;
}

int session_check_files(const struct session *session, struct error *err)
{
	int ret = 0;

	for (size_t i = 0; i < session->doc.nr_files && !ret; i++)
		ret = session_check_file(session, &session->doc.files[i], err);
	return ret ?: session_check_stdout(session, err);
}
