// SPDX-License-Identifier: GPL-2.0-only
/* perf_event: clocks and counters of the kernel and the processor, sampled. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/attach.h"
#include "attach/perf_open.h"
#include "attach/why.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

/* Names as in perf-list(1); types and numbers as in <linux/perf_event.h>. */
static const struct perf_name {
	const char *name;
	uint32_t type;
	uint64_t config;
} perf_names[] = {
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK },
	{ "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK },
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS },
	{ "minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN },
	{ "major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ },
	{ "context-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES },
	{ "cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS },
	{ "alignment-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_ALIGNMENT_FAULTS },
	{ "emulation-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_EMULATION_FAULTS },
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS },
	{ "cache-references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES },
	{ "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES },
	{ "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS },
	{ "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES },
	{ "bus-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES },
	{ "ref-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES },
};

const char *perf_event_name(uint32_t type, uint64_t config)
{
	for (size_t i = 0; i < sizeof(perf_names) / sizeof(perf_names[0]); i++)
		if (perf_names[i].type == type && perf_names[i].config == config)
			return perf_names[i].name;
	return NULL;
}

static int perf_event_unknown(const struct attach_point *point, const char *name, struct error *err)
{
	struct near near = { .wanted = name };
	struct buf all = {};

	for (size_t i = 0; i < sizeof(perf_names) / sizeof(perf_names[0]); i++) {
		near_offer(&near, perf_names[i].name);
		buf_printf(&all, "%s%s", i ? ", " : "", perf_names[i].name);
	}
	attach_error(point, err, -EINVAL, "there is no perf event %s", name);
	if (near_best(&near))
		error_hint(err, "did you mean %s?", near_best(&near));
	else
		error_hint(err, "it is one of %s", buf_text(&all));
	buf_free(&all);
	return -EINVAL;
}

/* NAME@FREQUENCY in Hz or NAME/PERIOD in events */
static int perf_event_target(const struct attach_point *point, struct perf_event_attr *attr,
			     struct error *err)
{
	size_t len = strcspn(point->target, "@/");
	char name[64], how = point->target[len];
	uint64_t number;
	size_t i;

	memset(attr, 0, sizeof(*attr));
	attr->size = sizeof(*attr);
	attr->disabled = 1;
	snprintf(name, sizeof(name), "%.*s", (int)len, point->target);
	for (i = 0; i < sizeof(perf_names) / sizeof(perf_names[0]); i++)
		if (strcmp(perf_names[i].name, name) == 0)
			break;
	if (i == sizeof(perf_names) / sizeof(perf_names[0]))
		return perf_event_unknown(point, name, err);
	attr->type = perf_names[i].type;
	attr->config = perf_names[i].config;
	if (!how) {
		attach_error(point, err, -EINVAL, "it does not say how often");
		error_hint(err, "%s@99 is 99 times a second, %s/1000 every 1000th time", name,
			   name);
		return -EINVAL;
	}
	if (text_u64(point->target + len + 1, &number) < 0 || number == 0)
		return attach_error(point, err, -EINVAL, "%s is not a number above 0",
				    point->target + len + 1);
	if (how == '@') {
		attr->freq = 1;
		attr->sample_freq = number;
	} else {
		attr->sample_period = number;
	}
	return 0;
}

static int perf_event_check(const struct attach_point *point, struct error *err)
{
	struct perf_event_attr attr;
	struct error cause = {};
	int ret;

	ret = perf_event_target(point, &attr, err);
	if (ret == 0 && why_may_trace(&cause) < 0)
		ret = attach_wrap(point, err, &cause);
	return ret;
}

static int perf_event_failed(const struct attach_point *point, const struct perf_event_attr *attr,
			     int code, struct error *err)
{
	struct error cause = {};
	struct buf limit = {};

	if (code == -ENOENT && attr->type == PERF_TYPE_HARDWARE) {
		attach_error(point, err, code,
			     "this machine has no such hardware counter (a virtual machine often "
			     "has none)");
		error_hint(err, "use cpu-clock instead");
		return code;
	}
	if (code == -EINVAL && attr->freq) {
		buf_read_file(&limit, "/proc/sys/kernel/perf_event_max_sample_rate", 64);
		if (attr->sample_freq > strtoull(buf_text(&limit), NULL, 10)) {
			attach_error(point, err, code,
				     "more often than this kernel samples: "
				     "kernel.perf_event_max_sample_rate is %.*s",
				     (int)strcspn(buf_text(&limit), "\n"), buf_text(&limit));
			error_hint(err, "use a lower frequency, or raise that sysctl");
		}
		buf_free(&limit);
		if (err->code)
			return code;
	}
	if (code == -ESRCH && point->pid >= 0)
		return attach_error(point, err, code, "there is no process %d", point->pid);
	why_refused(code, "opening the perf event", &cause);
	return attach_wrap(point, err, &cause);
}

static int perf_event_start(struct attach_point *point, const struct perf_event_attr *attr, int pid,
			    int cpu, int prog_fd)
{
	int fd = perf_event_open(attr, pid, cpu);

	return fd < 0 ? fd : perf_start(point, fd, prog_fd);
}

/* One event for each CPU that is online: a list like "0-3,8", Documentation/admin-guide/cputopology
 */
static int perf_event_cpus(struct attach_point *point, const struct perf_event_attr *attr,
			   int prog_fd)
{
	struct buf online = {};
	const char *pos;
	int ret;

	ret = buf_read_file(&online, "/sys/devices/system/cpu/online", 65536);
	for (pos = buf_text(&online); ret == 0 && isdigit((unsigned char)*pos);) {
		char *end;
		long first = strtol(pos, &end, 10), last = first;

		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		for (long cpu = first; ret == 0 && cpu <= last; cpu++) {
			ret = perf_event_start(point, attr, -1, (int)cpu, prog_fd);
			/* it went offline since */
			if (ret == -ENODEV)
				ret = 0;
		}
		pos = end + (*end == ',');
	}
	buf_free(&online);
	return ret;
}

/* One event for each thread; those that they start inherit it. */
static int perf_event_threads(struct attach_point *point, struct perf_event_attr *attr, int prog_fd)
{
	struct dirent *entry;
	char path[64];
	int ret = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", point->pid);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	attr->inherit = 1;
	while (ret == 0 && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		ret = perf_event_start(point, attr, atoi(entry->d_name), -1, prog_fd);
		/* that thread has ended since */
		if (ret == -ESRCH)
			ret = 0;
	}
	closedir(dir);
	if (ret == 0 && point->nr_fds == 0)
		ret = -ESRCH;
	return ret;
}

static int perf_event_attach(struct attach_point *point, int prog_fd, struct error *err)
{
	struct perf_event_attr attr;
	int ret;

	ret = perf_event_target(point, &attr, err);
	if (ret < 0)
		return ret;
	ret = point->pid < 0 ? perf_event_cpus(point, &attr, prog_fd)
			     : perf_event_threads(point, &attr, prog_fd);
	if (ret == 0)
		return 0;
	attach_close(point);
	return perf_event_failed(point, &attr, ret, err);
}

const struct provider provider_perf_event = {
	.name = "perf_event",
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.check = perf_event_check,
	.attach = perf_event_attach,
	.detach = attach_close,
};
