// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/perf_open.h"
#include "util/buf.h"

/* One short file of a PMU's folder; -errno when it cannot be read. */
static int perf_pmu_file(const char *pmu, const char *file, char *text, size_t size)
{
	struct buf buf = {};
	char path[160];
	int ret;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/%s", pmu, file);
	ret = buf_read_file(&buf, path, 4096);
	if (ret == 0)
		snprintf(text, size, "%s", buf_text(&buf));
	buf_free(&buf);
	return ret;
}

int perf_pmu_type(const char *pmu, uint32_t *type)
{
	char text[32];
	int ret = perf_pmu_file(pmu, "type", text, sizeof(text));

	if (ret == 0)
		*type = (uint32_t)strtoul(text, NULL, 10);
	return ret;
}

/* The lowest bit of perf_event_attr.config that a format file ("config:32-63\n") gives a field. */
static int perf_pmu_bit(const char *pmu, const char *field)
{
	char file[64], text[32];
	unsigned int bit;
	int ret;

	snprintf(file, sizeof(file), "format/%s", field);
	ret = perf_pmu_file(pmu, file, text, sizeof(text));
	if (ret < 0)
		return ret == -ENOENT ? -EOPNOTSUPP : ret;
	if (sscanf(text, "config:%u", &bit) != 1 || bit > 63)
		return -EOPNOTSUPP;
	return (int)bit;
}

int perf_event_open(const struct perf_event_attr *attr, int pid, int cpu)
{
	long fd = syscall(__NR_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

int perf_probe_open(const struct perf_probe *probe)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .disabled = 1 };
	uint32_t type = 0;
	int ret, bit;

	ret = perf_pmu_type(probe->pmu, &type);
	if (ret < 0)
		return ret;
	attr.type = type;
	if (probe->is_return) {
		bit = perf_pmu_bit(probe->pmu, "retprobe");
		if (bit < 0)
			return bit;
		attr.config |= 1ULL << bit;
	}
	if (probe->semaphore) {
		bit = perf_pmu_bit(probe->pmu, "ref_ctr_offset");
		if (bit < 0)
			return bit;
		attr.config |= probe->semaphore << bit;
	}
	/* kprobe_func and uprobe_path are config1, probe_offset and kprobe_addr config2 */
	attr.config1 = (uint64_t)(uintptr_t)probe->name;
	attr.config2 = probe->addr;
	/* a pid with any CPU, or any pid on one CPU: the program itself runs on all of them */
	return perf_event_open(&attr, probe->pid < 0 ? -1 : probe->pid, probe->pid < 0 ? 0 : -1);
}

int perf_tracepoint_open(uint64_t id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
		.disabled = 1,
	};

	/* As above: CPU 0 only says where the event lives; the program runs on every CPU. */
	return perf_event_open(&attr, -1, 0);
}

int perf_start(struct attach_point *point, int fd, int prog_fd)
{
	int ret = 0;

	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd) < 0 ||
	    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) < 0) {
		ret = -errno;
		close(fd);
		return ret;
	}
	return attach_keep(point, fd);
}
