// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "doctor/doctor.h"
#include "util/buf.h"
#include "util/error.h"

static const struct {
	const char *name;
	const struct doctor_check *checks;
} groups[] = {
	{ "privileges", doctor_privileges }, { "kernel", doctor_kernel },
	{ "container", doctor_container },   { "headers", doctor_headers },
	{ "compiler", doctor_compiler },     { "providers", doctor_providers },
	{ "buffers", doctor_buffers },
};

#define NR_GROUPS (sizeof(groups) / sizeof(groups[0]))

const char *finding_name(enum finding finding)
{
	static const char *const names[] = {
		[FOUND_OK] = "ok",
		[FOUND_LIMITED] = "limited",
		[FOUND_MISSING] = "missing",
	};

	return names[finding];
}

void doctor_found(struct doctor_result *result, enum finding finding, const char *fmt, ...)
{
	va_list ap;

	if (result->found[0])
		return;
	result->finding = finding;
	va_start(ap, fmt);
	vsnprintf(result->found, sizeof(result->found), fmt, ap);
	va_end(ap);
}

void doctor_error(struct doctor_result *result, const struct error *cause)
{
	/* the first line is the message; what follows, a verifier's log say, explains it */
	doctor_found(result, FOUND_MISSING, "%.*s", (int)strcspn(cause->text, "\n"), cause->text);
	if (cause->hint[0])
		doctor_fix(result, "%s", cause->hint);
}

void doctor_tested(struct doctor_result *result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(result->tested, sizeof(result->tested), fmt, ap);
	va_end(ap);
}

void doctor_fix(struct doctor_result *result, const char *fmt, ...)
{
	va_list ap;

	if (result->fix[0])
		return;
	va_start(ap, fmt);
	vsnprintf(result->fix, sizeof(result->fix), fmt, ap);
	va_end(ap);
}

bool doctor_number(const char *path, long *number)
{
	struct buf text = {};
	char *end = NULL;
	bool found = false;

	if (buf_read_file(&text, path, 64) == 0) {
		*number = strtol(buf_text(&text), &end, 10);
		found = end != buf_text(&text);
	}
	buf_free(&text);
	return found;
}

/* What a check builds on and is not there. */
static const struct doctor_result *doctor_lacks(const struct doctor *doctor, const char *needs)
{
	for (unsigned int i = 0; needs && i < doctor->nr_results; i++)
		if (strcmp(doctor->results[i].name, needs) == 0 &&
		    doctor->results[i].finding == FOUND_MISSING)
			return &doctor->results[i];
	return NULL;
}

static void doctor_try(struct doctor *doctor, const char *group, const struct doctor_check *check)
{
	struct doctor_result *result = &doctor->results[doctor->nr_results];
	const struct doctor_result *lacks = doctor_lacks(doctor, check->needs);

	result->group = group;
	snprintf(result->name, sizeof(result->name), "%s", check->name);
	if (lacks) {
		doctor_found(result, FOUND_MISSING, "not tried, because it needs this: %s",
			     lacks->name);
	} else {
		check->test(doctor, check, result);
	}
	doctor->nr_results++;
	doctor->report(result, doctor->arg);
}

/*
 * hotprobe mounts tracefs where it is not mounted and leaves it at that; who only looks leaves
 * everything as it was. So that is done in a mount namespace of our own, which ends with us.
 */
static void doctor_keep_mounts(void)
{
	struct statfs fs;

	if (statfs("/sys/kernel/tracing", &fs) == 0 && fs.f_type == TRACEFS_MAGIC)
		return;
	if (unshare(CLONE_NEWNS) == 0)
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int doctor_run(struct doctor *doctor, struct error *err)
{
	unsigned int nr = 0;

	for (size_t g = 0; g < NR_GROUPS; g++)
		for (const struct doctor_check *check = groups[g].checks; check->name; check++)
			nr++;
	doctor->results = calloc(nr, sizeof(*doctor->results));
	if (!doctor->results)
		return error_sys(err, -ENOMEM, "cannot examine this machine");
	doctor_keep_mounts();
	for (size_t g = 0; g < NR_GROUPS; g++)
		for (const struct doctor_check *check = groups[g].checks; check->name; check++)
			doctor_try(doctor, groups[g].name, check);
	return 0;
}

void doctor_free(struct doctor *doctor)
{
	free(doctor->results);
	doctor->results = NULL;
	doctor->nr_results = 0;
}
