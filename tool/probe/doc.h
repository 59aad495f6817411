/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_PROBE_DOC_H
#define HOTPROBE_PROBE_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options/optval.h"

struct buf;
struct error;
struct provider;

/*
 * A probe's doc comment: what its --help, its manual page, its options and its attach points are
 * made of. All text is UTF-8 without control characters. Lines are those of the file, from 1.
 */
struct doc_option {
	int line;
	char letter;	/* short option; 0 when there is none */
	char *name;	/* long, without "--" */
	char *metavar;	/* NULL for a flag */
	char *help;	/* the description as one line, with its [default: V] and so on */
	char *fallback; /* the default; NULL when there is none */
	char *enemies;	/* of [not with: --a, --b]: "--a, --b"; NULL when there are none */
	struct optval_type type;
};

struct doc_attach {
	int line;
	const struct provider *provider;
	bool optional; /* "uprobe?": left out where there is no such function */
	char *target;  /* as written, with ${option} */
	char *function;
};

enum doc_constant_kind {
	DOC_CONSTANT_SYMBOL, /* SYMBOL_name: a function's address in the file, for the ELF header's
				idea of addresses */
	DOC_CONSTANT_GO,     /* GO_VERSION, GO_REGISTER_ABI of a Go program */
};

/* What the compiler is told of a program's or library's file, by lines of Attach. */
struct doc_constant {
	int line;
	enum doc_constant_kind kind;
	bool optional; /* "symbol?": not defined where there is no such function */
	char *target;  /* as written, with ${option} */
	char *name;    /* of the macro; "" for DOC_CONSTANT_GO */
};

/* A line of Files: the events of an output, as lines of the file that an option names. */
struct doc_file {
	int line;
	char *output;
	char *option; /* its name; it is one of the probe's, for a file */
	char *form;   /* "{label} {secret}": see util/form.h */
};

struct doc_example {
	int line;
	char *command;
	char *text; /* "" when there is none */
};

/* Any other section, as "Fields:" */
struct doc_section {
	int line;
	char *name; /* "Fields" */
	char *text; /* its lines, as written */
};

struct doc {
	bool present; /* false: a plain BCC file, everything else but file is empty then */
	char *file;   /* what to call it in messages */
	int line;     /* of the name */
	char *name;
	char *summary;
	char *text; /* the paragraphs under the summary, as written */
	struct doc_option *options;
	size_t nr_options;
	struct doc_attach *attaches;
	size_t nr_attaches;
	struct doc_constant *constants;
	size_t nr_constants;
	uint64_t buffer_size; /* bytes, of "Buffer:"; 0 when there is none */
	struct doc_file *files;
	size_t nr_files;
	struct doc_example *examples;
	size_t nr_examples;
	struct doc_section *sections;
	size_t nr_sections;
};

/*
 * doc_parse - read the doc comment of a probe
 *
 * The doc comment is the first block comment before any code that starts with "NAME - summary" or
 * has one of the sections Options, Attach, Files, Buffer and Examples; a licence, say, may stand
 * before it.
 *
 * @file: what messages call the probe ("exec.c"); copied.
 * @source: the whole file, NUL-terminated; not needed afterwards.
 * @expected_name: what the doc comment must call the probe; NULL when that does not matter.
 *
 * Fills @doc; doc_free() it, also after a failure. Returns 0 (also without a doc comment: present
 * is false then), -EINVAL with file and line in @err, or -ENOMEM.
 */
int doc_parse(const char *file, const char *source, const char *expected_name, struct doc *doc,
	      struct error *err);

void doc_free(struct doc *doc);

/* In an option's default: -p's value. */
#define DOC_PID "${pid}"

/* doc_option_named - the option called @name (@len bytes), NULL when there is none */
const struct doc_option *doc_option_named(const struct doc *doc, const char *name, size_t len);

/* doc_option_letter - the option with that short option, NULL when there is none */
const struct doc_option *doc_option_letter(const struct doc *doc, char letter);

/* doc_option_enemy - whether @option says that it cannot be given together with --@name */
bool doc_option_enemy(const struct doc_option *option, const char *name, size_t len);

/* doc_option_is_file - whether @option names the file of a line of Files */
bool doc_option_is_file(const struct doc *doc, const struct doc_option *option);

/*
 * doc_next_reference - find the next ${option} at or behind *pos
 *
 * Returns the length of the option's name and sets *name to it, *start to the dollar and *pos
 * behind the brace; 0 when there is none; SIZE_MAX when the brace does not end.
 */
size_t doc_next_reference(const char **pos, const char **start, const char **name);

/* doc_help - append what `hotprobe PROBE --help` prints */
void doc_help(const struct doc *doc, struct buf *out);

/* doc_help_run - append the list of hotprobe's own run options, as in doc_help() */
void doc_help_run(struct buf *out);

/*
 * doc_man - append the probe's manual page in mdoc(7)
 *
 * @date: for the page's foot, in mdoc's form: "November 21, 2026".
 * Returns 0, -ENOENT when the file has no doc comment, -ENOMEM.
 */
int doc_man(const struct doc *doc, const char *date, struct buf *out, struct error *err);

#endif
