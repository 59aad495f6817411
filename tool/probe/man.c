// SPDX-License-Identifier: GPL-2.0-only
/* A probe's manual page in mdoc(7), from its doc comment. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probe/doc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

static unsigned int code_point(const unsigned char *s, size_t len)
{
	unsigned int c = len == 2 ? s[0] & 0x1f : len == 3 ? s[0] & 0x0f : s[0] & 0x07;

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

/*
 * Text without any meaning to roff: escapes from mandoc_char(7), chosen so that a command can be
 * copied from the page as it was written.
 */
static void roff_text(struct buf *out, const char *text, size_t len)
{
	static const char *const escapes[128] = {
		['\\'] = "\\e",	 ['-'] = "\\-",	  ['\''] = "\\(aq", ['`'] = "\\(ga",
		['^'] = "\\(ha", ['~'] = "\\(ti", ['"'] = "\\(dq",
	};

	for (size_t i = 0; i < len;) {
		const unsigned char *s = (const unsigned char *)text + i;
		size_t run = text_utf8_len(s, len - i);

		if (run > 1)
			buf_printf(out, "\\[u%04X]", code_point(s, run));
		else if (*s < 128 && escapes[*s])
			buf_str(out, escapes[*s]);
		else
			buf_char(out, (char)*s);
		i += run ? run : 1;
	}
}

/* A line of text: a dot at its start would make it a request. */
static void roff_line(struct buf *out, const char *text, size_t len)
{
	if (len && text[0] == '.')
		buf_str(out, "\\&");
	roff_text(out, text, len);
	buf_char(out, '\n');
}

/* Text that is filled: roff tells the end of a sentence by the end of its line. */
static void roff_filled(struct buf *out, const char *text, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i + 2 < len; i++) {
		if (!strchr(".!?", text[i]) || text[i + 1] != ' ')
			continue;
		roff_line(out, text + start, i + 1 - start);
		start = i + 2;
		while (start < len && text[start] == ' ')
			start++;
		i = start;
	}
	if (start < len)
		roff_line(out, text + start, len - start);
}

/* One argument of a macro; \& keeps it from being read as a macro or as punctuation. */
static void roff_arg(struct buf *out, const char *text)
{
	buf_str(out, " \"\\&");
	roff_text(out, text, strlen(text));
	buf_char(out, '"');
}

struct roff_block {
	bool literal; /* inside of Bd ... Ed */
	bool text;    /* something was written since the section's start */
	bool gap;     /* a blank line came since then */
};

static void block_literal(struct buf *out, struct roff_block *block, bool literal)
{
	if (block->literal == literal)
		return;
	buf_str(out, literal ? ".Bd -literal -offset indent\n" : ".Ed\n");
	block->literal = literal;
	/* both stand for a vertical space already, the first only when text comes before it */
	block->gap = block->gap && !literal;
}

/*
 * The lines of a text, whose indented ones are shown as they stand and whose others are filled.
 * Returns whether there was anything.
 */
static bool roff_block(struct buf *out, const char *text)
{
	struct roff_block block = {};
	size_t margin = SIZE_MAX, len;

	for (const char *s = text; *s; s += len + (s[len] == '\n')) {
		size_t indent = strspn(s, " ");

		len = strcspn(s, "\n");
		if (len && indent && indent < margin)
			margin = indent;
	}
	for (; *text; text += len + (text[len] == '\n')) {
		size_t indent = strspn(text, " ");

		len = strcspn(text, "\n");
		if (!len) {
			block.gap = block.text;
			continue;
		}
		block_literal(out, &block, indent > 0);
		if (block.gap)
			buf_str(out, block.literal ? "\n" : ".Pp\n");
		indent = block.literal ? margin : 0;
		if (block.literal)
			roff_line(out, text + indent, len - indent);
		else
			roff_filled(out, text, len);
		block.gap = false;
		block.text = true;
	}
	block_literal(out, &block, false);
	return block.text;
}

static void man_synopsis(const struct doc *doc, struct buf *out)
{
	buf_str(out, ".Sh SYNOPSIS\n.Nm hotprobe\n.Cm");
	roff_arg(out, doc->name);
	buf_char(out, '\n');
	for (size_t i = 0; i < doc->nr_options; i++) {
		const struct doc_option *option = &doc->options[i];
		char letter[2] = { option->letter, 0 };

		buf_str(out, option->letter ? ".Op Fl" : ".Op Fl Fl");
		roff_arg(out, option->letter ? letter : option->name);
		if (option->metavar) {
			buf_str(out, option->letter ? " Ar" : " Ns = Ns Ar");
			roff_arg(out, option->metavar);
		}
		buf_char(out, '\n');
	}
	buf_str(out, ".Op Ar run-options\n.Op Fl \\- Ar command ...\n");
}

static void man_options(const struct doc *doc, struct buf *out)
{
	buf_str(out, ".Sh OPTIONS\n");
	if (doc->nr_options) {
		buf_str(out, "The options of this probe are:\n.Bl -tag -width Ds\n");
		for (size_t i = 0; i < doc->nr_options; i++) {
			const struct doc_option *option = &doc->options[i];
			char letter[2] = { option->letter, 0 };

			buf_str(out, ".It Fl");
			if (option->letter) {
				roff_arg(out, letter);
				buf_str(out, " , Fl");
			}
			buf_str(out, " Fl");
			roff_arg(out, option->name);
			if (option->metavar) {
				buf_str(out, " Ns = Ns Ar");
				roff_arg(out, option->metavar);
			}
			buf_char(out, '\n');
			roff_filled(out, option->help, strlen(option->help));
		}
		buf_str(out, ".El\n.Pp\n");
	}
	buf_str(out, "The\n.Ar run-options\nare those of every probe; see\n.Xr hotprobe 8 .\n");
}

static void man_examples(const struct doc *doc, struct buf *out)
{
	buf_str(out, ".Sh EXAMPLES\n");
	for (size_t i = 0; i < doc->nr_examples; i++) {
		const struct doc_example *example = &doc->examples[i];
		struct buf text = {};

		buf_str(&text, example->text);
		if (text.len && islower((unsigned char)text.data[0]))
			text.data[0] = (char)toupper((unsigned char)text.data[0]);
		if (text.len && isalnum((unsigned char)text.data[text.len - 1]))
			buf_char(&text, ':');
		if (text.len) {
			if (i)
				buf_str(out, ".Pp\n");
			roff_line(out, text.data, text.len);
		}
		buf_str(out, ".Bd -literal -offset indent\n");
		roff_line(out, example->command, strlen(example->command));
		buf_str(out, ".Ed\n");
		out->failed |= text.failed;
		buf_free(&text);
	}
}

static void man_section(const struct doc_section *section, struct buf *out)
{
	buf_str(out, ".Sh ");
	for (const char *s = section->name; *s; s++)
		buf_char(out, (char)toupper((unsigned char)*s));
	buf_char(out, '\n');
	roff_block(out, section->text);
}

static void man_files(const struct doc *doc, struct buf *out)
{
	buf_str(out, ".Sh FILES\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < doc->nr_files; i++) {
		const struct doc_file *file = &doc->files[i];

		buf_str(out, ".It Fl Fl");
		roff_arg(out, file->option);
		buf_str(out, " Ns = Ns Ar FILE\nA line for each event of\n.Va");
		roff_arg(out, file->output);
		buf_str(out, " ,\nin this form:\n.Bd -literal -offset indent\n");
		roff_line(out, file->form, strlen(file->form));
		buf_str(out, ".Ed\n.Pp\nThe file is created with mode 0600.\n"
			     "One that is there is added to, if it belongs to the user who runs\n"
			     ".Nm hotprobe\nand nobody else may use it.\n"
			     "A symbolic link is not followed.\nThe file\n.Ql \\-\nis stdout.\n");
	}
	buf_str(out, ".El\n");
}

/* The conventional order of mdoc(7), as far as it names sections that stand behind OPTIONS. */
static const char *const section_order[] = {
	"Environment", "Files",	    "Examples", "Diagnostics", "Compatibility", "Errors",
	"See also",    "Standards", "History",	"Authors",     "Caveats",	"Bugs",
};

#define NR_ORDER (sizeof(section_order) / sizeof(section_order[0]))

/* NR_ORDER for a title that is none of the conventional ones */
static size_t section_rank(const char *name)
{
	size_t rank = 0;

	while (rank < NR_ORDER && strcmp(name, section_order[rank]) != 0)
		rank++;
	return rank;
}

static void man_sections(const struct doc *doc, size_t rank, struct buf *out)
{
	for (size_t i = 0; i < doc->nr_sections; i++)
		if (section_rank(doc->sections[i].name) == rank)
			man_section(&doc->sections[i], out);
}

int doc_man(const struct doc *doc, const char *date, struct buf *out, struct error *err)
{
	if (!doc->present) {
		error_set(err, -ENOENT, "%s has no doc comment to make a manual page of",
			  doc->file);
		return error_hint(err, "start it with a comment whose first line is "
				       "'NAME - SUMMARY'");
	}
	buf_printf(out, ".\\\" Made from the doc comment of %s.c; edit that instead.\n", doc->name);
	buf_printf(out, ".Dd %s\n.Dt HOTPROBE-", date);
	for (const char *s = doc->name; *s; s++)
		buf_char(out, (char)toupper((unsigned char)*s));
	buf_printf(out, " 8\n.Os\n.Sh NAME\n.Nm hotprobe-%s\n.Nd", doc->name);
	roff_arg(out, doc->summary);
	buf_char(out, '\n');
	man_synopsis(doc, out);
	buf_str(out, ".Sh DESCRIPTION\n");
	if (!roff_block(out, doc->text))
		roff_line(out, doc->summary, strlen(doc->summary));
	man_options(doc, out);
	man_sections(doc, NR_ORDER, out);
	for (size_t rank = 0; rank < NR_ORDER; rank++) {
		man_sections(doc, rank, out);
		if (doc->nr_files && strcmp(section_order[rank], "Files") == 0)
			man_files(doc, out);
		if (doc->nr_examples && strcmp(section_order[rank], "Examples") == 0)
			man_examples(doc, out);
		if (strcmp(section_order[rank], "See also") == 0)
			buf_str(out, ".Sh SEE ALSO\n.Xr hotprobe 8\n");
	}
	return out->failed ? error_set(err, -ENOMEM, "no memory left for the manual page") : 0;
}
