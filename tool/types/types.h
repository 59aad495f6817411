/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_TYPES_TYPES_H
#define HOTPROBE_TYPES_TYPES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct btf;
struct btf_type;
struct buf;
struct error;
struct near;

#define TYPES_KERNEL_DIR "/sys/kernel/btf"

/* Kinds of named types, to be or-ed. */
#define TYPES_STRUCT  1u
#define TYPES_UNION   2u
#define TYPES_ENUM    4u
#define TYPES_TYPEDEF 8u
#define TYPES_ANY     15u
/* no type, but of a type: the kernel's and its modules' functions */
#define TYPES_FUNCTION 16u

/* A kernel's types, and those of its modules. */
struct types;

/* One of them. It lives as long as what it was found in. */
struct types_ref {
	const struct btf *btf;
	uint32_t id;
	const char *module; /* whose it is; NULL when it is the kernel's own */
};

/*
 * types_open - read a kernel's types from its BTF
 * @spec: NULL for the running kernel, with its modules' as soon as they are needed; the name of a
 *	loaded module; or a file: raw BTF, an ELF file with a .BTF section (vmlinux, a module), an
 *	x86 kernel image (vmlinuz), each also compressed (gzip, xz, zstd, lz4). A module's BTF
 *	stands on its kernel's: "FILE.ko,VMLINUX" names that; else it is the running kernel, or
 *	the image that belongs to the lib/modules/RELEASE that the module lies in.
 *
 * On success *types is the caller's to close; failures are explained in @err.
 */
int types_open(struct types **types, const char *spec, struct error *err);

/*
 * types_open_raw - the same from BTF in memory, which is copied
 * @name: what messages call it
 */
int types_open_raw(struct types **types, const void *data, uint32_t size, const char *name,
		   struct error *err);

void types_close(struct types *types);

/* types_source - where they were read from: "/sys/kernel/btf/vmlinux" */
const char *types_source(const struct types *types);

/*
 * types_each - every type of these kinds whose name matches a glob (fnmatch(3)), in the order of
 * BTF
 *
 * Types that are only declared are not among them. A kernel may have different types of one name.
 * Stops when @fn returns something else than 0, and returns that.
 */
int types_each(struct types *types, uint32_t kinds, const char *glob,
	       int (*fn)(const struct types_ref *ref, const char *name, void *arg), void *arg);

/* types_find - the first type of these kinds called @name; 0 or -ENOENT */
int types_find(struct types *types, uint32_t kinds, const char *name, struct types_ref *ref);

/* types_near - offer all names of these kinds */
void types_near(struct types *types, uint32_t kinds, struct near *near);

/* types_unknown - say that there is no such type, and which one may be meant; -ENOENT */
int types_unknown(struct types *types, uint32_t kinds, const char *name, struct error *err);

/* types_kind_word - "struct", "union", "enum" or "typedef" for one of the kinds, "type" for several
 */
const char *types_kind_word(uint32_t kinds);

/* types_top - the type of this number in a source that was opened raw */
struct types_ref types_top(const struct types *types, uint32_t id);

/* types_kind_of_ref - types_kind_of() of what was found */
uint32_t types_kind_of_ref(const struct types_ref *ref);

/* types_kind_of - the kind of a BTF type, 0 when it is none of these */
uint32_t types_kind_of(const struct btf_type *type);

/*
 * types_resolve - what stands behind typedefs, const, volatile, restrict and tags
 *
 * Returns the type, and its id in *@id; NULL for void and when the BTF is broken.
 */
const struct btf_type *types_resolve(const struct btf *btf, uint32_t *id);

/* A member, or an element of one that is an array. */
struct types_member {
	const char *name;    /* its own, without the path; "" for anonymous ones */
	uint32_t type;	     /* as declared, or an element's */
	uint64_t bit_offset; /* from the start of the outermost struct */
	uint64_t bit_size;   /* of a bit-field its own, else its type's; 0 when that has none */
	bool bitfield;
};

/*
 * types_member_at - the @index-th member as it is declared, anonymous ones too
 * @id: a struct or union; @bit_base: what is added to the member's offset
 *
 * -ENOENT behind the last one, -EINVAL when @id has no members.
 */
int types_member_at(const struct btf *btf, uint32_t id, uint32_t index, uint64_t bit_base,
		    struct types_member *member);

/*
 * types_each_member - every named member as C sees it: those of anonymous structs and unions in
 * their place
 *
 * Stops when @fn returns something else than 0, and returns that. -EINVAL when @id is no struct or
 * union, typedefs and qualifiers aside.
 */
int types_each_member(const struct btf *btf, uint32_t id,
		      int (*fn)(const struct types_member *member, void *arg), void *arg);

/*
 * types_member - find a member by its path in C: "se.vruntime", "files[2].next"
 *
 * When there is none, -ENOENT or -EINVAL with the reason and a near name in @err.
 */
int types_member(const struct btf *btf, uint32_t id, const char *path, struct types_member *member,
		 struct error *err);

/*
 * types_enumerator - name and value of an enum's @index-th enumerator
 * @type: an enum; @text: receives the value as C writes it
 */
const char *types_enumerator(const struct btf *btf, const struct btf_type *type, uint32_t index,
			     int64_t *value, char text[24]);

/* types_name - append a type as C names it: "struct list_head *", "int (*)(void *)", "char[16]" */
void types_name(struct buf *out, const struct btf *btf, uint32_t id);

/*
 * types_declare - append a C declaration of @name
 * @width: columns of the type, before the declarator; 0 for a single space
 */
void types_declare(struct buf *out, const struct btf *btf, uint32_t id, const char *name,
		   size_t width);

/*
 * types_declarator - take a declaration apart, for who writes the type itself
 * @declarator: receives the name with pointers, arrays and parameters around it
 * @before: receives the qualifiers of the type that stands before it
 *
 * Returns that type's id, 0 for void.
 */
uint32_t types_declarator(struct buf *declarator, struct buf *before, const struct btf *btf,
			  uint32_t id, const char *name);

#endif
