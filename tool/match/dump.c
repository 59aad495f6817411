// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dump of clang's syntax tree has a line for each node, after the lines of its parent, with two
 * columns more of "| `-" before it:
 *
 *   MemberExpr 0x5581 <col:11, col:27> 'pid_t':'int' lvalue ->tgid 0x5582
 *   `-MemberExpr 0x5583 <col:11, col:14> 'struct task_struct *' lvalue ->real_parent 0x5584
 *
 * A place is FILE:LINE:COLUMN, line:LINE:COLUMN in the same file as the one before, or col:COLUMN
 * in the same line.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/access.h"
#include "match/dump.h"
#include "match/place.h"
#include "util/text.h"

enum node_kind {
	NODE_OTHER,
	NODE_MEMBER,
	NODE_SUBSCRIPT,
	NODE_LOAD,  /* an ImplicitCastExpr that reads a pointer or number */
	NODE_WRAP,  /* parentheses, an array that becomes a pointer, a cast without effect */
	NODE_POINT, /* the unary & and * */
	NODE_SIZEOF,
	NODE_OFFSETOF,
};

struct node {
	enum node_kind kind;
	int depth;
	uint64_t address;
	uint64_t field; /* NODE_MEMBER: the field's declaration */
	bool arrow, bitfield;
	char name[128]; /* NODE_MEMBER: "" for an anonymous member */
	char type[ACCESS_NAME_MAX];
	struct place place;
	struct place use; /* of what the node is used in, as far as it matters to its parts */
	int parent;
};

/* The nodes of one declaration. */
struct dump {
	const struct dump_ask *ask;
	struct access_list *list;
	struct node *nodes;
	size_t nr, room;
	char (*own)[ACCESS_NAME_MAX]; /* what the probe itself declares */
	size_t nr_own;
	size_t unknown;
	struct place last; /* that was printed */
	struct place body; /* where that of the function begins */
};

/* The probe's own declarations that can be told from the kernel's by their name. */
static void dump_own(struct dump *dump, const char *keyword, const char *name, size_t len)
{
	char(*own)[ACCESS_NAME_MAX];

	if (!len || len + 8 > ACCESS_NAME_MAX)
		return;
	own = realloc(dump->own, (dump->nr_own + 1) * sizeof(*own));
	if (!own) {
		dump->list->failed = true;
		return;
	}
	dump->own = own;
	snprintf(own[dump->nr_own++], sizeof(*own), "%s%.*s", keyword, (int)len, name);
}

static bool dump_is_own(const struct dump *dump, const char *name)
{
	for (size_t i = 0; i < dump->nr_own; i++)
		if (strcmp(dump->own[i], name) == 0)
			return true;
	return false;
}

/*
 * Where a macro brings a node or the name in it (sk_hash of net/sock.h, offsetof()), its place is
 * that of what it is used in. "<scratch space>", where the preprocessor pastes, is never a file of
 * the function's.
 */
static void node_place(const struct dump *dump, struct node *node, const struct place *first,
		       const struct place *last)
{
	if (node->parent >= 0)
		node->use = dump->nodes[node->parent].use;
	if (first->file && (!dump->body.file || place_same_file(first, &dump->body)))
		node->use = *first;
	else if (last->file && place_same_file(last, &dump->body))
		node->use = *last;
	node->place = last->file && (!dump->body.file || place_same_file(last, &dump->body))
			      ? *last
			      : node->use;
}

/* 'T' or 'T':'U', where U is what the type name T stands for, if U has a name. */
static const char *dump_type(const char *s, const char *end, char *type)
{
	const char *name = s + 1,
		   *close = name < end ? memchr(name, '\'', (size_t)(end - name)) : NULL;
	size_t len;

	type[0] = '\0';
	if (!close)
		return end;
	len = (size_t)(close - name);
	s = close + 1;
	if (end - s > 2 && s[0] == ':' && s[1] == '\'') {
		const char *real = s + 2;

		close = memchr(real, '\'', (size_t)(end - real));
		if (!close)
			return end;
		s = close + 1;
		if (!memmem(real, (size_t)(close - real), "(anonymous", 10) &&
		    !memmem(real, (size_t)(close - real), "(unnamed", 8)) {
			name = real;
			len = (size_t)(close - real);
		}
	}
	if (len < ACCESS_NAME_MAX) {
		memcpy(type, name, len);
		type[len] = '\0';
	}
	return s;
}

static enum node_kind node_kind(const char *name, size_t len, const char *rest)
{
	static const struct {
		const char *name;
		enum node_kind kind;
	} kinds[] = {
		{ "MemberExpr", NODE_MEMBER },
		{ "ArraySubscriptExpr", NODE_SUBSCRIPT },
		{ "ParenExpr", NODE_WRAP },
		{ "OffsetOfExpr", NODE_OFFSETOF },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == len && memcmp(name, kinds[i].name, len) == 0)
			return kinds[i].kind;
	if (len == strlen("UnaryOperator") && memcmp(name, "UnaryOperator", len) == 0)
		return text_starts(rest, " lvalue prefix '*'") || text_starts(rest, " prefix '&'")
			       ? NODE_POINT
			       : NODE_OTHER;
	if (len == strlen("UnaryExprOrTypeTraitExpr") &&
	    memcmp(name, "UnaryExprOrTypeTraitExpr", len) == 0)
		return text_starts(rest, " sizeof") ? NODE_SIZEOF : NODE_OTHER;
	if (len != strlen("ImplicitCastExpr") || memcmp(name, "ImplicitCastExpr", len) != 0)
		return NODE_OTHER;
	if (memmem(rest, strcspn(rest, "\n"), "<LValueToRValue>", 16))
		return NODE_LOAD;
	return memmem(rest, strcspn(rest, "\n"), "<ArrayToPointerDecay>", 21) ||
			       memmem(rest, strcspn(rest, "\n"), "<NoOp>", 6)
		       ? NODE_WRAP
		       : NODE_OTHER;
}

/* "lvalue bitfield ->name 0x55": behind the type */
static void node_member(struct node *node, const char *s, const char *end)
{
	const char *field = memmem(s, (size_t)(end - s), "->", 2), *dot, *next;
	size_t len;

	dot = memmem(s, (size_t)(end - s), " .", 2);
	node->bitfield = memmem(s, (size_t)(end - s), " bitfield", 9) != NULL;
	node->arrow = field != NULL;
	field = field ?: dot ? dot : NULL;
	if (!field) {
		node->kind = NODE_OTHER;
		return;
	}
	field += 2;
	len = text_ident_len(field);
	/* an anonymous member has no name, or since LLVM 19 its type with the place for one */
	if (strncmp(field + len, " 0x", 3) != 0) {
		len = 0;
		while ((next = memmem(field, (size_t)(end - field), " 0x", 3)) != NULL)
			field = next + 1;
	}
	if (len >= sizeof(node->name)) {
		node->kind = NODE_OTHER;
		return;
	}
	memcpy(node->name, field, len);
	node->name[len] = '\0';
	field += len;
	node->field = strtoull(field, NULL, 16);
	if (!node->field)
		node->kind = NODE_OTHER;
}

static void access_place(struct access *access, const struct place *place)
{
	const char *end;

	if (!place->file)
		return;
	/* there is one: it was found when the place was read */
	end = place_file_end(place->file);
	if (!end || (size_t)(end - place->file) >= sizeof(access->file))
		return;
	memcpy(access->file, place->file, (size_t)(end - place->file));
	access->file[end - place->file] = '\0';
	access->line = place->line;
	access->column = place->column;
}

/* "DeclRefExpr 0x55 <col:15> 'int' EnumConstant 0x55 'NAME' 'int'" */
static void dump_enumerator(struct dump *dump, const struct node *node, const char *s,
			    const char *end)
{
	static const char mark[] = " EnumConstant 0x";
	struct access access = { .kind = ACCESS_ENUMERATOR };
	const char *name = memmem(s, (size_t)(end - s), mark, strlen(mark));
	size_t len;

	name = name ? memchr(name, '\'', (size_t)(end - name)) : NULL;
	if (!name)
		return;
	len = text_ident_len(++name);
	if (!len || len >= sizeof(access.member))
		return;
	memcpy(access.member, name, len);
	snprintf(access.record, sizeof(access.record), "enum");
	access.own = dump_is_own(dump, access.member);
	access.value = dump->ask->value(dump->ask, node->address);
	access_place(&access, &node->place);
	access_add(dump->list, &access);
}

/* What stands before a declaration's name. */
static bool is_remark(const char *word, size_t len)
{
	static const char *const remarks[] = { "imported", "implicit", "used", "referenced",
					       "invalid" };

	for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++)
		if (strlen(remarks[i]) == len && memcmp(word, remarks[i], len) == 0)
			return true;
	return false;
}

/* "RecordDecl 0x55 <...> line:3:8 struct event definition", "EnumConstantDecl ... NAME 'int'" */
static void dump_declaration(struct dump *dump, const char *kind, size_t len, const char *s,
			     const char *end)
{
	static const char *const kinds[] = { "RecordDecl", "TypedefDecl", "EnumConstantDecl" };
	const char *file = dump->last.file;
	const char *name_end = file ? place_file_end(file) : NULL;

	if (!name_end || !dump->ask->is_own(dump->ask, file, (size_t)(name_end - file)))
		return;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i]) != len || memcmp(kind, kinds[i], len) != 0)
			continue;
		for (; s < end && *s; s += strcspn(s, " \n")) {
			const char *tag;
			size_t word;

			s += strspn(s, " ");
			word = text_ident_len(s);
			if (!word || (s[word] != ' ' && s[word] != '\n') || is_remark(s, word))
				continue;
			tag = s;
			if (i == 0) {
				/* what is only announced is the kernel's */
				s += word + strspn(s + word, " ");
				word = text_ident_len(s);
				if (!text_starts(s + word, " definition"))
					return;
			}
			dump_own(dump,
				 i != 0			      ? ""
				 : text_starts(tag, "union ") ? "union "
							      : "struct ",
				 s, word);
			return;
		}
	}
}

static void dump_line(struct dump *dump, const char *line, const char *end)
{
	size_t indent = strspn(line, " |`-"), len;
	const char *kind = line + indent, *s;
	struct place first = {}, last = {};
	struct node *node, *before;

	len = text_ident_len(kind);
	if (!len || strncmp(kind + len, " 0x", 3) != 0)
		return;
	if (dump->nr == dump->room) {
		size_t room = dump->room ? 2 * dump->room : 256;
		struct node *nodes = realloc(dump->nodes, room * sizeof(*nodes));

		if (!nodes) {
			dump->list->failed = true;
			return;
		}
		dump->nodes = nodes;
		dump->room = room;
	}
	node = &dump->nodes[dump->nr];
	memset(node, 0, sizeof(*node));
	node->depth = (int)(indent / 2);
	node->address = strtoull(kind + len + 1, (char **)&s, 16);
	node->parent = (int)dump->nr - 1;
	for (before = node - 1; node->parent >= 0 && before->depth >= node->depth;
	     before = &dump->nodes[node->parent])
		node->parent = before->parent;
	dump->nr++;
	while (s < end && *s != '<' && *s != '\'')
		s++;
	if (s < end && *s == '<')
		s = place_range(s + 1, end, &dump->last, &first, &last);
	if (!node->depth)
		dump->body = (struct place){};
	else if (node->depth == 1 && len == strlen("CompoundStmt") &&
		 memcmp(kind, "CompoundStmt", len) == 0)
		dump->body = first;
	node_place(dump, node, &first, &last);
	if (len > 4 && memcmp(kind + len - 4, "Decl", 4) == 0) {
		s = place_read(s + strspn(s, " "), end, &dump->last);
		dump_declaration(dump, kind, len, s, end);
		return;
	}
	while (s < end && *s != '\'')
		s++;
	if (s >= end)
		return;
	s = dump_type(s, end, node->type);
	node->kind = node_kind(kind, len, s);
	if (node->kind == NODE_MEMBER)
		node_member(node, s, end);
	else if (len == strlen("DeclRefExpr") && memcmp(kind, "DeclRefExpr", len) == 0)
		dump_enumerator(dump, node, s, end);
}

/* "const struct sock *" becomes "struct sock"; false when the record has no name. */
static bool record_name(const char *type, bool pointer, char *name)
{
	size_t len;

	type = access_unqualified(type);
	if (strchr(type, '(') || strchr(type, ':'))
		return false;
	len = strlen(type);
	/* "*const", "*restrict": the pointer's own */
	if (pointer) {
		const char *star = strrchr(type, '*');

		if (!star)
			return false;
		len = (size_t)(star - type);
	}
	while (len && type[len - 1] == ' ')
		len--;
	if (!len || len >= ACCESS_NAME_MAX || memchr(type, '*', len) || memchr(type, '[', len))
		return false;
	memcpy(name, type, len);
	name[len] = '\0';
	return true;
}

static int node_child(const struct dump *dump, int i)
{
	return (size_t)i + 1 < dump->nr && dump->nodes[i + 1].parent == i ? i + 1 : -1;
}

/* From the record down to the member of node @i: fills record, member and offset. */
static bool dump_resolve(const struct dump *dump, int i, struct access *access)
{
	const struct node *node = &dump->nodes[i];
	int base = node_child(dump, i);
	uint64_t offset = dump->ask->offset(dump->ask, node->field);
	unsigned int loads = 0;
	size_t len;

	if (base < 0)
		return false;
	if (record_name(dump->nodes[base].type, node->arrow, access->record)) {
		access->offset = offset;
		snprintf(access->member, sizeof(access->member), "%s", node->name);
		return true;
	}
	/* a record without a name: how it was come by */
	while (base >= 0 && dump->nodes[base].kind != NODE_MEMBER) {
		const struct node *wrap = &dump->nodes[base];

		if (wrap->kind != NODE_WRAP && wrap->kind != NODE_SUBSCRIPT &&
		    wrap->kind != NODE_LOAD && wrap->kind != NODE_POINT)
			return false;
		loads += wrap->kind == NODE_LOAD;
		base = node_child(dump, base);
	}
	/* a pointer to a pointer has no way to write it */
	if (base < 0 || loads > 1 || !dump_resolve(dump, base, access))
		return false;
	access->offset = loads ? offset : access->offset + offset;
	len = strlen(access->member);
	if (loads)
		snprintf(access->member + len, sizeof(access->member) - len, "->%s", node->name);
	else if (node->name[0])
		snprintf(access->member + len, sizeof(access->member) - len, "%s%s",
			 len && !text_ends(access->member, "->") ? "." : "", node->name);
	return strlen(access->member) + 1 < sizeof(access->member);
}

/*
 * How many elements an array has, by its type: "struct list_head[2][5]" has ten. BTF makes one
 * array of all that are in each other, so the innermost elements are what can be compared.
 */
static uint64_t array_elements(const char *type)
{
	uint64_t elements = 1;

	for (size_t len = strlen(type); len && type[len - 1] == ']';) {
		while (len && type[len - 1] != '[')
			len--;
		elements *= strtoull(type + len, NULL, 10);
		len -= len > 0;
	}
	return elements;
}

/* Is the record that has no name one of the probe's own? "struct (unnamed at FILE:9:2)" */
static bool dump_own_unnamed(const struct dump *dump, int i)
{
	int base = node_child(dump, i);
	const char *at = base < 0 ? NULL : strstr(dump->nodes[base].type, " at ");
	const char *end = at ? place_file_end(at + 4) : NULL;

	return end && dump->ask->is_own(dump->ask, at + 4, (size_t)(end - at - 4));
}

/* What is done with the member decides whether its size matters. */
static void dump_member(struct dump *dump, int i)
{
	const struct node *node = &dump->nodes[i];
	struct access access = { .kind = ACCESS_MEMBER };
	int up = node->parent;

	if (!node->name[0])
		return;
	if (!dump_resolve(dump, i, &access)) {
		dump->unknown += !dump_own_unnamed(dump, i);
		return;
	}
	/* libbcc's BPF_TABLE(), helpers.h: what holds a map's methods */
	if (text_ends(access.record, "_table_t"))
		return;
	access.own = dump_is_own(dump, access.record);
	snprintf(access.type, sizeof(access.type), "%s", node->type);
	while (up >= 0 && dump->nodes[up].kind == NODE_WRAP)
		up = dump->nodes[up].parent;
	if (node->bitfield) {
		access.size = dump->ask->width(dump->ask, node->field);
	} else if (up >= 0 && dump->nodes[up].kind == NODE_SUBSCRIPT) {
		uint64_t elements = array_elements(dump->nodes[up].type);

		access.element = true;
		if (elements)
			access.size = dump->ask->size(dump->ask, dump->nodes[up].address) /
				      elements;
	} else if (up >= 0 &&
		   (dump->nodes[up].kind == NODE_LOAD || dump->nodes[up].kind == NODE_SIZEOF)) {
		access.size = dump->ask->size(dump->ask, node->address);
	}
	access_place(&access, &node->place);
	access_add(dump->list, &access);
}

static void dump_stride(struct dump *dump, int i)
{
	const struct node *node = &dump->nodes[i];
	struct access access = { .kind = ACCESS_STRIDE };

	if (!record_name(node->type, false, access.record) ||
	    (!text_starts(access.record, "struct ") && !text_starts(access.record, "union ")))
		return;
	access.own = dump_is_own(dump, access.record);
	access.size = dump->ask->size(dump->ask, node->address);
	access_place(&access, &node->place);
	access_add(dump->list, &access);
}

/* "__builtin_offsetof(struct task_struct, se.avg)", also that of container_of() */
static void dump_offsetof(struct dump *dump, int i)
{
	static const char start[] = "__builtin_offsetof(";
	const struct node *node = &dump->nodes[i];
	struct access access = { .kind = ACCESS_MEMBER };
	char words[2 * ACCESS_NAME_MAX], *comma, *member;

	dump->ask->words(dump->ask, node->address, words, sizeof(words));
	comma = text_starts(words, start) ? strstr(words, ", ") : NULL;
	if (comma) {
		*comma = '\0';
		member = comma + 2;
		member[strcspn(member, ")")] = '\0';
	}
	/* an array's element is left out: which one it is can be computed at run time */
	if (!comma || !record_name(words + strlen(start), false, access.record) ||
	    strchr(member, '[') || strlen(member) >= sizeof(access.member)) {
		dump->unknown++;
		return;
	}
	strcpy(access.member, member);
	access.own = dump_is_own(dump, access.record);
	access.offset = 8 * (uint64_t)dump->ask->value(dump->ask, node->address);
	access_place(&access, &node->place);
	access_add(dump->list, &access);
}

size_t dump_accesses(const char *text, size_t len, const struct dump_ask *ask,
		     struct access_list *list)
{
	struct dump dump = { .ask = ask, .list = list };
	const char *end, *stop = text + len;

	for (const char *line = text; line < stop; line = end + 1) {
		end = memchr(line, '\n', (size_t)(stop - line));
		if (!end)
			break;
		dump_line(&dump, line, end);
	}
	for (size_t i = 0; i < dump.nr; i++) {
		if (dump.nodes[i].kind == NODE_MEMBER)
			dump_member(&dump, (int)i);
		else if (dump.nodes[i].kind == NODE_SUBSCRIPT)
			dump_stride(&dump, (int)i);
		else if (dump.nodes[i].kind == NODE_OFFSETOF)
			dump_offsetof(&dump, (int)i);
	}
	free(dump.nodes);
	free(dump.own);
	return dump.unknown;
}
