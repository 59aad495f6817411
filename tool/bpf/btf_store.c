// SPDX-License-Identifier: GPL-2.0-only
/* Names of types in BTF objects that the kernel has loaded. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/btf_store.h"
#include "util/buf.h"

/* stands for the kernel's BTF where that has no id; ids are positive ints */
#define KERNEL_WITHOUT_ID UINT32_MAX
/* no kernel's BTF comes near that */
#define BTF_SIZE_LIMIT ((size_t)256 << 20)

struct btf_object {
	uint32_t id;
	bool there;
	bool kernel;
	char owner[64];
	char *data;
	uint32_t size;
	uint32_t *offsets;
	int nr_types;
	struct btf_object *next;
};

struct btf_store {
	struct btf_object *objects;
	struct btf_object vmlinux; /* what the modules' BTF stands on */
	bool vmlinux_read;
};

/* How much follows a struct btf_type: Documentation/bpf/btf.rst, "Type Encoding". */
static int type_extra(const struct btf_type *type)
{
	uint32_t nr = type->info & 0xffff;

	switch (type->info >> 24 & 0x1f) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return 12;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return (int)(12 * nr);
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return (int)(8 * nr);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	}
	return -EINVAL;
}

static bool btf_header_ok(const struct btf_header *head, uint32_t size)
{
	return size >= sizeof(*head) && head->magic == BTF_MAGIC && head->hdr_len <= size &&
	       (uint64_t)head->hdr_len + head->type_off + head->type_len <= size &&
	       (uint64_t)head->hdr_len + head->str_off + head->str_len <= size &&
	       head->str_len > 0 && head->type_off % 4 == 0 && head->hdr_len % 4 == 0;
}

int btf_index(const void *data, uint32_t size, uint32_t **offsets)
{
	const struct btf_header *head = data;
	uint32_t pos, end, *list;
	int nr = 0;

	*offsets = NULL;
	if (!btf_header_ok(head, size))
		return -EINVAL;
	pos = head->hdr_len + head->type_off;
	end = pos + head->type_len;
	/* a type takes at least its struct btf_type */
	list = malloc((head->type_len / sizeof(struct btf_type) + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	while (pos < end) {
		const struct btf_type *type = (const void *)((const char *)data + pos);
		int extra = end - pos >= sizeof(*type) ? type_extra(type) : -EINVAL;

		if (extra < 0 || (uint32_t)extra > end - pos - sizeof(*type)) {
			free(list);
			return -EINVAL;
		}
		list[nr++] = pos;
		pos += (uint32_t)sizeof(*type) + (uint32_t)extra;
	}
	*offsets = list;
	return nr;
}

struct btf_store *btf_store_new(void)
{
	return calloc(1, sizeof(struct btf_store));
}

void btf_store_free(struct btf_store *store)
{
	while (store && store->objects) {
		struct btf_object *object = store->objects;

		store->objects = object->next;
		free(object->data);
		free(object->offsets);
		free(object);
	}
	if (store) {
		free(store->vmlinux.data);
		free(store->vmlinux.offsets);
	}
	free(store);
}

static void object_index(struct btf_object *object)
{
	object->nr_types = btf_index(object->data, object->size, &object->offsets);
	object->there = object->nr_types >= 0;
}

static const struct btf_object *store_vmlinux(struct btf_store *store)
{
	struct btf_object *vmlinux = &store->vmlinux;
	struct buf data = {};

	if (!store->vmlinux_read) {
		store->vmlinux_read = true;
		if (buf_read_file(&data, "/sys/kernel/btf/vmlinux", BTF_SIZE_LIMIT)) {
			buf_free(&data);
			return vmlinux;
		}
		vmlinux->data = data.data;
		vmlinux->size = (uint32_t)data.len;
		object_index(vmlinux);
	}
	return vmlinux;
}

static void object_load(struct btf_object *object)
{
	uint32_t size = sizeof(struct bpf_btf_info);
	struct bpf_btf_info info = { .name = (uintptr_t)object->owner,
				     .name_len = sizeof(object->owner) };
	int fd = bpf_btf_get_fd_by_id(object->id);

	if (fd < 0)
		return;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) || info.btf_size > BTF_SIZE_LIMIT)
		goto out;
	object->size = info.btf_size;
	object->kernel = info.kernel_btf;
	object->data = malloc((size_t)object->size + 1);
	if (!object->data)
		goto out;
	size = sizeof(info);
	memset(&info, 0, sizeof(info));
	info.btf = (uintptr_t)object->data;
	info.btf_size = object->size;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.btf_size == object->size)
		object_index(object);
out:
	close(fd);
}

static const struct btf_object *store_object(struct btf_store *store, uint32_t id)
{
	struct btf_object *object;

	if (!store || !id)
		return NULL;
	if (id == KERNEL_WITHOUT_ID)
		return store_vmlinux(store)->there ? &store->vmlinux : NULL;
	for (object = store->objects; object; object = object->next)
		if (object->id == id)
			return object->there ? object : NULL;
	object = calloc(1, sizeof(*object));
	if (!object)
		return NULL;
	object->id = id;
	object->next = store->objects;
	store->objects = object;
	object_load(object);
	return object->there ? object : NULL;
}

static const char *object_string(const struct btf_object *object, uint32_t offset)
{
	const struct btf_header *head = (const void *)object->data;
	const char *strings = object->data + head->hdr_len + head->str_off;

	if (offset >= head->str_len || strings[head->str_len - 1] || !strings[offset])
		return NULL;
	return strings + offset;
}

/* A module's types and strings are numbered on from the kernel's: that is its base. */
static const struct btf_object *object_base(struct btf_store *store,
					    const struct btf_object *object)
{
	if (!object->kernel || strcmp(object->owner, "vmlinux") == 0)
		return NULL;
	return store_vmlinux(store);
}

const struct btf_type *btf_store_type(struct btf_store *store, uint32_t id, uint32_t type_id)
{
	const struct btf_object *object = store_object(store, id), *base;
	uint32_t first = 1;

	if (!object)
		return NULL;
	base = object_base(store, object);
	if (base) {
		if (!base->there)
			return NULL;
		first += (uint32_t)base->nr_types;
		if (type_id < first) {
			object = base;
			first = 1;
		}
	}
	if (type_id < first || type_id - first >= (uint32_t)object->nr_types)
		return NULL;
	return (const void *)(object->data + object->offsets[type_id - first]);
}

const char *btf_store_string(struct btf_store *store, uint32_t id, uint32_t offset)
{
	const struct btf_object *object = store_object(store, id), *base;
	uint32_t first = 0;

	if (!object)
		return NULL;
	base = object_base(store, object);
	if (base) {
		if (!base->there)
			return NULL;
		first = ((const struct btf_header *)(const void *)base->data)->str_len;
		if (offset < first)
			return object_string(base, offset);
	}
	return object_string(object, offset - first);
}

const char *btf_store_name(struct btf_store *store, uint32_t id, uint32_t type_id)
{
	const struct btf_type *type = btf_store_type(store, id, type_id);

	return type ? btf_store_string(store, id, type->name_off) : NULL;
}

const char *btf_store_owner(struct btf_store *store, uint32_t id)
{
	const struct btf_object *object = store_object(store, id);

	return !object ? NULL : object->kernel ? object->owner : "";
}

uint32_t btf_store_kernel(struct btf_store *store)
{
	uint32_t id = 0;

	/* the kernel makes its own before anybody can make another */
	if (bpf_btf_get_next_id(0, &id) == 0) {
		const char *owner = btf_store_owner(store, id);

		if (owner && strcmp(owner, "vmlinux") == 0)
			return id;
	}
	return KERNEL_WITHOUT_ID;
}
