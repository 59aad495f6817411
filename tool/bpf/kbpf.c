// SPDX-License-Identifier: GPL-2.0-only
/* The store of what is known of objects: growing it, finding them, naming their places. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/btf_store.h"
#include "bpf/kbpf.h"
#include "util/array.h"
#include "util/buf.h"

void kbpf_symbol(struct buf *out, struct kbpf *kbpf, uint64_t addr)
{
	stack_line(out, &kbpf->symbols, addr);
	/* where a function begins is the function */
	if (out->len > 4 && strcmp(out->data + out->len - 4, "+0x0") == 0)
		buf_end(out, out->data + out->len - 4);
}

struct kbpf_place *kbpf_place_add(struct kbpf_prog *prog, uint32_t link, const char *how,
				  const char *fmt, ...)
{
	struct kbpf_place *place;
	char *target = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&target, fmt, ap);
	va_end(ap);
	if (len < 0)
		return NULL;
	for (size_t i = 0; i < prog->nr_places; i++) {
		place = &prog->places[i];
		/* what is found by other ways than its link is not another place for that */
		if ((!link || place->link == link) && strcmp(place->how, how) == 0 &&
		    strcmp(place->target, target) == 0) {
			free(target);
			return place;
		}
	}
	place = array_append(&prog->places, &prog->nr_places, sizeof(*place));
	if (!place) {
		free(target);
		return NULL;
	}
	snprintf(place->how, sizeof(place->how), "%s", how);
	place->target = target;
	place->link = link;
	return place;
}

static void place_free(struct kbpf_place *place)
{
	free(place->target);
	free(place->function);
}

static void common_free(struct kbpf_common *common)
{
	for (size_t i = 0; i < common->nr_pins; i++)
		free(common->pins[i]);
	free(common->pins);
	free(common->holders);
}

static void texts_free(char **texts, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free(texts[i]);
	free(texts);
}

static void prog_free(struct kbpf_prog *prog)
{
	for (size_t i = 0; i < prog->nr_places; i++)
		place_free(&prog->places[i]);
	free(prog->places);
	texts_free(prog->functions, prog->nr_functions);
	free(prog->map_ids);
	free(prog->name);
	free(prog->for_target);
	common_free(&prog->common);
}

static void map_free(struct kbpf_map *map)
{
	for (size_t i = 0; i < map->nr_slots; i++)
		free(map->slots[i].key);
	free(map->slots);
	free(map->members);
	common_free(&map->common);
}

static void link_free(struct kbpf_link *link)
{
	for (size_t i = 0; i < link->nr_targets; i++)
		free(link->targets[i].name);
	free(link->targets);
	place_free(&link->place);
	common_free(&link->common);
}

void kbpf_free(struct kbpf *kbpf)
{
	for (size_t i = 0; i < kbpf->nr_progs; i++)
		prog_free(&kbpf->progs[i]);
	for (size_t i = 0; i < kbpf->nr_maps; i++)
		map_free(&kbpf->maps[i]);
	for (size_t i = 0; i < kbpf->nr_links; i++)
		link_free(&kbpf->links[i]);
	free(kbpf->progs);
	free(kbpf->maps);
	free(kbpf->links);
	btf_store_free(kbpf->btfs);
	symbols_free(&kbpf->symbols);
}

/*
 * The object with an id in an array that is ordered by them, as the kernel gives them out: there
 * can be thousands, and each is looked for by each.
 */
static void *find(const void *array, size_t nr, size_t size, size_t id_offset, uint32_t id)
{
	const char *items = array;
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t found;

		memcpy(&found, items + middle * size + id_offset, sizeof(found));
		if (found == id)
			return (void *)(items + middle * size);
		if (found < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct kbpf_prog *kbpf_prog(const struct kbpf *kbpf, uint32_t id)
{
	return find(kbpf->progs, kbpf->nr_progs, sizeof(*kbpf->progs),
		    offsetof(struct kbpf_prog, info.id), id);
}

struct kbpf_map *kbpf_map(const struct kbpf *kbpf, uint32_t id)
{
	return find(kbpf->maps, kbpf->nr_maps, sizeof(*kbpf->maps),
		    offsetof(struct kbpf_map, info.id), id);
}

struct kbpf_link *kbpf_link(const struct kbpf *kbpf, uint32_t id)
{
	return find(kbpf->links, kbpf->nr_links, sizeof(*kbpf->links),
		    offsetof(struct kbpf_link, id), id);
}

struct kbpf_common *kbpf_common_of(const struct kbpf *kbpf, enum kbpf_kind kind, uint32_t id)
{
	struct kbpf_prog *prog = kind == KBPF_PROG ? kbpf_prog(kbpf, id) : NULL;
	struct kbpf_link *link = kind == KBPF_LINK ? kbpf_link(kbpf, id) : NULL;
	struct kbpf_map *map = kind == KBPF_MAP ? kbpf_map(kbpf, id) : NULL;

	return prog ? &prog->common : map ? &map->common : link ? &link->common : NULL;
}

bool kbpf_any_prog(const struct kbpf *kbpf, const uint32_t *types)
{
	for (; *types != BPF_PROG_TYPE_UNSPEC; types++)
		for (size_t i = 0; i < kbpf->nr_progs; i++)
			if (kbpf->progs[i].info.type == *types)
				return true;
	return false;
}

uint32_t kbpf_kernel_btf(const struct kbpf *kbpf, const struct kbpf_map *map)
{
	uint32_t id;

	/* btf_vmlinux_id, since Linux 6.9, in what was padding: linux/bpf.h of libbpf 1.1 has no
	 * name for it. It is a module's, or else the kernel's. */
	memcpy(&id,
	       (const char *)&map->info + offsetof(struct bpf_map_info, map_extra) - sizeof(id),
	       sizeof(id));
	return id ?: btf_store_kernel(kbpf->btfs);
}
