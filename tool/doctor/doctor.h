/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_DOCTOR_DOCTOR_H
#define HOTPROBE_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/*
 * What tracing needs, tried one by one on the machine at hand: each thing is done, not looked up
 * in a configuration, and undone at once.
 */

enum finding {
	FOUND_OK,
	FOUND_LIMITED, /* it works in part, or something that builds on it will not */
	FOUND_MISSING,
};

struct doctor_result {
	const char *group;
	char name[64];
	enum finding finding;
	char found[1024]; /* what there is, or what is wrong */
	char tested[256]; /* how that was found out */
	char fix[1024];	  /* what to do about it; "" when nothing needs to be done */
};

struct doctor_check;

struct doctor {
	/* called with each result as it is there */
	void (*report)(const struct doctor_result *result, void *arg);
	void *arg;
	const char *headers; /* which header source to examine, as --headers has it; NULL auto */

	/* the table's results, in its order, for those that need others */
	struct doctor_result *results;
	unsigned int nr_results;
	/* what the compiler said of itself; "" as long as it was not asked or did not answer */
	char versions[1024];
};

/* One thing to try. The groups, and with them the order, are in doctor.c. */
struct doctor_check {
	const char *name;
	/* what has to be there for this to make sense, a check before it; NULL nothing */
	const char *needs;
	void (*test)(struct doctor *doctor, const struct doctor_check *check,
		     struct doctor_result *result);
	const void *arg; /* the test function's own */
};

/* the groups' tables, each ended by an entry without a name */
extern const struct doctor_check doctor_privileges[], doctor_kernel[], doctor_container[],
	doctor_headers[], doctor_compiler[], doctor_providers[], doctor_buffers[];

/*
 * doctor_run - try everything in the tables, and report it
 *
 * Nothing stays attached, loaded or mounted. 0, or a negative errno with the reason in @err when
 * there was no memory for the results.
 */
int doctor_run(struct doctor *doctor, struct error *err);
void doctor_free(struct doctor *doctor);

/* finding_name - "ok", "limited" or "missing" */
const char *finding_name(enum finding finding);

/* For the tests. */

/* doctor_found - what came of it; the first word is the last one: later calls change nothing */
void doctor_found(struct doctor_result *result, enum finding finding, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* doctor_error - FOUND_MISSING for the reason in @cause, whose hint is the fix */
void doctor_error(struct doctor_result *result, const struct error *cause);

void doctor_tested(struct doctor_result *result, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void doctor_fix(struct doctor_result *result, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* doctor_number - the number in a file of /proc/sys; false when it cannot be read */
bool doctor_number(const char *path, long *number);

/* doctor_in_user_namespace - in one where capabilities do not count for tracing */
bool doctor_in_user_namespace(void);

#endif
