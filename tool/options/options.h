/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_OPTIONS_OPTIONS_H
#define HOTPROBE_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attach_point;
struct buf;
struct doc;
struct doc_option;
struct error;

/* Arguments for the compiler, "-DNAME=VALUE" each. Zero-initialise; owns its strings. */
struct define_list {
	char **items;
	size_t nr;
};

/* define_list_add - append a copy of @define; 0 or -ENOMEM with the message in @err */
int define_list_add(struct define_list *list, const char *define, struct error *err);
void define_list_free(struct define_list *list);

enum run_format {
	RUN_FORMAT_TABLE = 0,
	RUN_FORMAT_JSON,
	RUN_FORMAT_CSV,
};

/* What `hotprobe run` was asked for. Strings point into argv; NULL and 0 mean not given. */
struct run_options {
	int pid; /* -1: every process */
	bool has_uid;
	uint32_t uid;
	const char *comm;
	const char *cgroup; /* path of a cgroup2 directory */
	const char *where;
	enum run_format format;
	bool wall_time;
	const char *fields; /* "pid,comm": as written, no part of it empty */
	uint64_t limit;	    /* events; 0: no end */
	uint64_t duration_ns;
	uint64_t interval_ns; /* of printing maps; 0: only at the end */
	const char *headers;
	uint64_t buffer_size; /* bytes for each CPU, a power of two of pages; 0: the default */
	struct define_list defines;
	bool watch;
	bool no_cache;
	bool debug;
	const char *verifier_log; /* a file; NULL: not given */
	bool quiet;
	int verbose; /* how often -v was given */
	bool help;
	bool version;
	char **command; /* behind --, ended by NULL as argv is; NULL when there is none */
};

/* The probe's own options as given on the command line. Zero-initialise. */
struct probe_options {
	struct probe_option {
		const struct doc_option *option;
		const char *value; /* has passed its type's check; NULL for a flag */
		char *own;	   /* value, where it is no argument */
	} * items;
	size_t nr;
};

/*
 * options_find_probe - find the probe's name among the arguments, before its options are known
 *
 * @argv: the arguments behind `hotprobe` or `hotprobe run`, ended by NULL; argv[0] is one already.
 * The name is the first word that is neither an option nor the value of one of hotprobe's own
 * options. Options that hotprobe does not know are taken for the probe's and for having no value in
 * the next word: a probe's option that stands before its name must have its value behind a "=".
 *
 * Sets *probe to it, or to NULL when there is none. Returns 0 or -EINVAL.
 */
int options_find_probe(int argc, char **argv, const char **probe, struct error *err);

/*
 * options_parse - parse and check all options of `hotprobe run`, those of the probe included
 *
 * @argv as above. @doc may be NULL, and may have present false: then there are no options but
 * hotprobe's own. @run and @probe are filled; free them with the functions below, also after a
 * failure. Both point into @argv and @doc. With --help or --version nothing else is looked at.
 *
 * Returns 0, -EINVAL for wrong usage (exit status 2), -ESRCH, -ENOENT ... for what does not exist.
 */
int options_parse(int argc, char **argv, const struct doc *doc, struct run_options *run,
		  struct probe_options *probe, struct error *err);

void run_options_free(struct run_options *run);
void probe_options_free(struct probe_options *probe);

/*
 * probe_option_value - the value given for @option, else its default, else NULL (also for flags)
 *
 * A default with ${pid} in it is one only with -p.
 */
const char *probe_option_value(const struct probe_options *probe, const struct doc_option *option);

/* probe_option_given - whether @option stood on the command line */
bool probe_option_given(const struct probe_options *probe, const struct doc_option *option);

/* probe_options_add - note an option as given; checks its value, its twins and its enemies */
int probe_options_add(struct probe_options *probe, const struct doc_option *option,
		      const char *value, struct error *err);

/* probe_options_default_pid - put -p's @pid into the defaults that have ${pid}; 0 or -ENOMEM */
int probe_options_default_pid(const struct doc *doc, struct probe_options *probe, int pid,
			      struct error *err);

/*
 * probe_options_defines - append "-DOPT_X=..." for each option that was given or has a default
 *
 * @text: of the probe, with all that it includes. A value of which it does not speak is left out:
 * another process or file to trace is not another text to compile. For the same reason a file under
 * Files is not named: it is -DOPT_X=1, and with "-" also -DOPT_X_STDOUT=1.
 *
 * Returns 0 or -ENOMEM.
 */
int probe_options_defines(const struct doc *doc, const struct probe_options *probe,
			  const char *text, struct define_list *out, struct error *err);

/*
 * doc_expand - append @target, of the doc comment's line @line, with each ${option} replaced
 *
 * Errors as those of doc_attach_expand().
 */
int doc_expand(const struct doc *doc, int line, const char *target,
	       const struct probe_options *probe, struct buf *out, struct error *err);

/*
 * doc_attach_expand - the attach point of the doc comment's line @i, with each ${option} replaced
 *
 * Fills @point's provider, function, target and origin; its pid becomes -1. Numbers are put in as
 * plain decimal ones (bytes, nanoseconds). Returns 0, -EINVAL when an option that the line needs
 * was not given and has no default (wrong usage), -ENAMETOOLONG.
 */
int doc_attach_expand(const struct doc *doc, size_t i, const struct probe_options *probe,
		      struct attach_point *point, struct error *err);

#endif
