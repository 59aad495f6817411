// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "attach/tracefs.h"
#include "session/files.h"
#include "session/filters.h"
#include "session/session.h"
#include "util/error.h"
#include "util/process.h"

/* Where a tracepoint's record has a field. */
static int field_offset(const char *event, const char *name, unsigned int *offset,
			struct error *err)
{
	struct tracepoint_format format = {};
	int ret = tracepoint_format_read(&format, "sched", event, err);

	if (ret)
		return ret;
	ret = -ENOENT;
	for (unsigned int i = 0; i < format.nr_fields; i++)
		if (strcmp(format.fields[i].name, name) == 0 && format.fields[i].size == 4) {
			*offset = format.fields[i].offset;
			ret = 0;
		}
	tracepoint_format_free(&format);
	if (ret)
		error_set(err, ret,
			  "the tracepoint sched:%s has no field %s: -- COMMAND cannot be followed",
			  event, name);
	return ret;
}

int session_filters(struct session *session, struct error *err)
{
	struct filters *filters = &session->filters;
	const struct run_options *run = &session->run;
	int ret;

	filters->pid = run->pid >= 0;
	filters->uid = run->has_uid;
	filters->comm = run->comm != NULL;
	filters->cgroup = run->cgroup != NULL;
	filters->tasks = run->command != NULL;
	filters->where = run->where;
	filters->nr_aside = session_file_names(session, filters->aside, EXPAND_EVENTS_MAX);
	if ((filters->pid || filters->tasks) && process_has_own_pids()) {
		error_set(err, -EOPNOTSUPP,
			  "%s cannot tell processes apart here: this is a pid namespace, and the "
			  "kernel gives probes the machine's pids",
			  filters->pid ? "-p" : "-- COMMAND");
		return error_hint(err, "run it in the host's pid namespace: docker run --pid=host; "
				       "or filter with --comm or --cgroup");
	}
	if (!filters->tasks)
		return 0;
	ret = field_offset("sched_process_fork", "child_pid", &filters->fork_child_offset, err);
	if (ret)
		return ret;
	return field_offset("sched_process_exec", "old_pid", &filters->exec_old_pid_offset, err);
}

int session_check_filters(const struct session *session, struct error *err)
{
	const struct run_options *run = &session->run;
	const char *option = run->pid >= 0  ? "-p"
			     : run->has_uid ? "-u"
			     : run->comm    ? "--comm"
			     : run->cgroup  ? "--cgroup"
			     : run->command ? "-- COMMAND"
					    : NULL;

	for (unsigned int i = 0; i < session->exp.nr_outputs; i++)
		if (!session->exp.outputs[i].plain)
			return 0;
	if (!option)
		return 0;
	error_usage(err, "%s needs a probe with an EVENTS line; %s has none", option,
		    session->src.path);
	return error_hint(err, "declare its output with EVENTS(name, struct type); and submit with "
			       "name_emit(ctx, &event);");
}
