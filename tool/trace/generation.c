// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach/grace.h"
#include "output/files.h"
#include "output/output.h"
#include "read/reader.h"
#include "session/files.h"
#include "session/session.h"
#include "trace/generation.h"
#include "util/error.h"

#define DEFAULT_PAGES 64 /* of each CPU's buffer, unless --buffer says otherwise: 256 KiB */

/* perf_event_open(2): header, time and size of a sample stand before the event in the buffer */
#define SAMPLE_OVERHEAD 20
/* a sample's size is a 16-bit number there; what a per-CPU map can hold is half of that */
#define EVENT_SIZE_MAX 32768

#define KERNEL_COUNTS  4 /* of a tally's members */

/* Plain BPF_PERF_OUTPUT whose event type was not found: one column of bytes. */
static void schema_of_bytes(struct schema *schema, const char *name)
{
	memset(schema, 0, sizeof(*schema));
	snprintf(schema->name, sizeof(schema->name), "%s", name);
	snprintf(schema->type, sizeof(schema->type), "u8[]");
	schema->size = 65535;
	schema->nr_fields = 1;
	schema->fields[0] = (struct schema_field){ .kind = FIELD_BYTES, .size = 65535 };
	snprintf(schema->fields[0].name, SCHEMA_NAME_MAX, "data");
	snprintf(schema->fields[0].type, SCHEMA_NAME_MAX, "u8");
}

unsigned int generation_pages(const struct session *session)
{
	uint64_t size = session->run.buffer_size ?: session->doc.buffer_size;

	return size ? (unsigned int)(size / (uint64_t)sysconf(_SC_PAGESIZE)) : DEFAULT_PAGES;
}

static int check_event_size(const struct session *session, const struct schema *schema,
			    struct error *err)
{
	uint64_t buffer = (uint64_t)generation_pages(session) * (uint64_t)sysconf(_SC_PAGESIZE);

	if (schema->size > EVENT_SIZE_MAX) {
		error_set(err, -E2BIG,
			  "%s: an event of %s is %u bytes, more than the %d that can be sent",
			  session->src.path, schema->name, schema->size, EVENT_SIZE_MAX);
		return error_hint(err, "make its arrays smaller, or send it in pieces");
	}
	if (schema->size + SAMPLE_OVERHEAD > buffer) {
		error_set(err, -E2BIG,
			  "%s: an event of %s is %u bytes: it does not fit into a buffer of %llu "
			  "bytes",
			  session->src.path, schema->name, schema->size,
			  (unsigned long long)buffer);
		return error_hint(err, "ask for more with --buffer");
	}
	return 0;
}

/* Where the events of an output go, and how they look there. */
static int generation_target(struct generation *generation, const char *name,
			     struct output_options *opt, struct sink **sink, struct files *files,
			     struct error *err)
{
	const struct session *session = generation->session;
	struct generation_output *out = &generation->outputs[generation->nr_outputs];
	const struct doc_file *line;
	const char *path = NULL;
	int ret;

	*opt = session_output_options(session);
	opt->fields = session->run.fields;
	opt->wall_time = session->run.wall_time;
	opt->custom = session->custom;
	line = session_file_line(session, name, &path);
	if (line) {
		opt->format = OUTPUT_LINE;
		opt->form = line->form;
		opt->wall_time = false;
	}
	if (!line || files_is_stdout(path)) {
		generation->nr_printed++;
		return 0;
	}
	ret = files_open(files, path, &out->file, err);
	if (!ret)
		*sink = &out->file->sink;
	return ret;
}

static int generation_output(struct generation *generation, const char *name, int map_fd,
			     struct sink *sink, struct files *files, struct reader *reader,
			     struct error *err)
{
	const struct session *session = generation->session;
	struct output_options opt;
	const struct schema *schema = object_find_schema(&session->obj, name, SCHEMA_EVENT);
	struct generation_output *out = &generation->outputs[generation->nr_outputs];
	struct schema *bytes = NULL;
	int ret = generation_target(generation, name, &opt, &sink, files, err);

	if (ret)
		return ret;
	if (schema) {
		ret = check_event_size(session, schema, err);
	} else {
		bytes = malloc(sizeof(*bytes));
		if (!bytes)
			return error_sys(err, -ENOMEM, "cannot print events");
		schema_of_bytes(bytes, name);
		schema = bytes;
	}
	ret = ret ?: output_new(&out->output, sink, schema, &opt, err);
	free(bytes);
	if (ret)
		return ret;
	out->generation = generation;
	generation->nr_outputs++;
	return reader_add(reader, map_fd, name, out, err);
}

static void generation_close(struct generation *generation, struct reader *reader)
{
	for (unsigned int i = 0; i < generation->nr_outputs; i++) {
		reader_remove(reader, &generation->outputs[i]);
		output_free(generation->outputs[i].output);
	}
	free(generation);
}

int generation_new(struct generation **result, struct session *session, struct sink *sink,
		   struct files *files, struct reader *reader, struct error *err)
{
	struct generation *generation = calloc(1, sizeof(*generation));
	int ret = 0;

	if (!generation)
		return error_sys(err, -ENOMEM, "cannot print events");
	generation->session = session;
	for (unsigned int i = 0; i < session->exp.nr_outputs && !ret; i++) {
		const struct expand_output *output = &session->exp.outputs[i];
		int map_fd = load_map_fd(&session->loaded, output->name);

		generation->plain |= output->plain;
		/* under an #ifdef that was not taken */
		if (map_fd < 0)
			continue;
		ret = generation_output(generation, output->name, map_fd, sink, files, reader, err);
	}
	if (ret)
		generation_close(generation, reader);
	else
		*result = generation;
	return ret;
}

int generation_count(struct generation *generation)
{
	const struct session *session = generation->session;
	struct tally *tally = &generation->tally;

	tally->emitted = tally->filtered = tally->lost = tally->dropped = 0;
	for (unsigned int i = 0; i < session->exp.nr_outputs; i++) {
		uint64_t counts[KERNEL_COUNTS];
		char name[OBJECT_NAME_MAX];
		int map_fd, ret;

		snprintf(name, sizeof(name), NAME_COUNT "%s", session->exp.outputs[i].name);
		map_fd = load_map_fd(&session->loaded, name);
		if (map_fd < 0)
			continue;
		ret = load_map_sum(map_fd, counts, KERNEL_COUNTS);
		if (ret)
			return ret;
		tally->emitted += counts[0];
		tally->filtered += counts[1];
		tally->lost += counts[2];
		tally->dropped += counts[3];
	}
	return 0;
}

int generation_stop(const struct generation *generation)
{
	int map_fd = load_map_fd(&generation->session->loaded, NAME_END);
	const uint32_t zero = 0, one = 1;

	if (generation->plain || map_fd < 0)
		return -EOPNOTSUPP;
	return load_map_set(map_fd, &zero, &one) ?: programs_wait();
}

void generation_free(struct generation *generation, struct reader *reader)
{
	if (!generation)
		return;
	session_free(generation->session);
	generation_close(generation, reader);
}

uint64_t tally_known(const struct tally *tally)
{
	return tally->printed + tally->unprinted + tally->malformed + tally->filtered +
	       tally->lost + tally->dropped;
}

void tally_add(struct tally *sum, const struct tally *tally)
{
	uint64_t known = tally_known(tally);

	sum->emitted += tally->emitted;
	sum->filtered += tally->filtered;
	sum->lost += tally->lost + (tally->emitted > known ? tally->emitted - known : 0);
	sum->dropped += tally->dropped;
	sum->printed += tally->printed;
	sum->unprinted += tally->unprinted;
	sum->malformed += tally->malformed;
}
