// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/behind.h"
#include "attach/missed.h"
#include "attach/prog_array.h"
#include "attach/stub.h"
#include "attach/swap.h"
#include "util/buf.h"
#include "util/error.h"

struct place {
	struct attach_point point; /* the stub's, with what it holds while it is attached */
	struct stat file;	   /* of a uprobe, as it was when the stub was attached */
	int stub_fd;
	int programs_fd; /* must stay open: the kernel empties a program array with its last one */
	bool filled[2];
};

struct swap {
	int selector_fd;
	int turn_fds[2]; /* arrays of one number, 0 and 1 */
	uint32_t turn;
	struct place *places;
	unsigned int nr_places;
	unsigned int added;
	unsigned int gone;
	uint64_t missed; /* of places that are no more */
};

int swap_new(struct swap **result, struct error *err)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct swap *swap = calloc(1, sizeof(*swap));
	uint32_t zero = 0;
	int ret;

	if (!swap)
		return error_sys(err, -ENOMEM, "cannot prepare --watch");
	swap->selector_fd = swap->turn_fds[0] = swap->turn_fds[1] = -1;
	for (uint32_t i = 0; i < 2; i++) {
		swap->turn_fds[i] = bpf_map_create(BPF_MAP_TYPE_ARRAY, "hotprobe_turn", 4, 4, 1,
						   NULL);
		if (swap->turn_fds[i] < 0 || bpf_map_update_elem(swap->turn_fds[i], &zero, &i, 0))
			goto fail;
	}
	opts.inner_map_fd = (uint32_t)swap->turn_fds[0];
	swap->selector_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "hotprobe_select", 4, 4, 1,
					   &opts);
	if (swap->selector_fd < 0 ||
	    bpf_map_update_elem(swap->selector_fd, &zero, &swap->turn_fds[0], 0))
		goto fail;
	*result = swap;
	return 0;
fail:
	ret = error_sys(err, -errno, "cannot make the maps that --watch needs");
	swap_free(swap);
	return ret;
}

/* The state of the file that a point lies in; all zero for the kernel's, and when it is not there.
 */
static void point_file(const struct attach_point *point, struct stat *file)
{
	struct error unused = {};
	char path[PATH_MAX];

	memset(file, 0, sizeof(*file));
	if (point->provider->file && point->provider->file(point, path, &unused) == 0 &&
	    stat(path, file))
		memset(file, 0, sizeof(*file));
}

/* A program that was built anew is another one, and what is attached to the old is not in it. */
static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static struct place *place_find(struct swap *swap, const struct attach_point *point)
{
	struct stat file;

	point_file(point, &file);
	for (unsigned int i = 0; i < swap->nr_places; i++) {
		struct place *place = &swap->places[i];

		/* several functions at one point have a place each; which has which is the same */
		if (!place->filled[!swap->turn] && place->point.provider == point->provider &&
		    place->point.pid == point->pid &&
		    strcmp(place->point.target, point->target) == 0 &&
		    same_file(&place->file, &file))
			return place;
	}
	return NULL;
}

static uint64_t place_missed(const struct place *place)
{
	return missed_count(&place->point, &place->stub_fd, 1);
}

static void place_free(struct place *place)
{
	place->point.provider->detach(&place->point);
	if (place->stub_fd >= 0)
		close(place->stub_fd);
	if (place->programs_fd >= 0)
		close(place->programs_fd);
}

static int place_attach(struct swap *swap, struct place *place, struct error *err)
{
	struct attach_point *point = &place->point;
	int ret;

	place->programs_fd = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "hotprobe_progs", 4, 4, 2,
					    NULL);
	if (place->programs_fd < 0)
		return error_sys(err, place->programs_fd,
				 "cannot make the maps that --watch needs");
	place->stub_fd = stub_load(point, swap->selector_fd, place->programs_fd, err);
	if (place->stub_fd < 0)
		return place->stub_fd;
	ret = point->provider->attach(point, place->stub_fd, err);
	/* only when the provider had nothing to say: the first message wins */
	return ret ? attach_error(point, err, ret, "cannot attach: %s", strerror(-ret)) : 0;
}

static struct place *place_add(struct swap *swap, const struct attach_point *point,
			       struct error *err)
{
	struct place *places = realloc(swap->places, (swap->nr_places + 1) * sizeof(*places));
	struct place *place;

	if (!places) {
		error_sys(err, -ENOMEM, "cannot attach");
		return NULL;
	}
	swap->places = places;
	place = &places[swap->nr_places];
	*place = (struct place){ .point = *point, .stub_fd = -1, .programs_fd = -1 };
	place->point.fds = NULL;
	place->point.nr_fds = 0;
	point_file(point, &place->file);
	if (place_attach(swap, place, err)) {
		place_free(place);
		return NULL;
	}
	/* it belongs to the session that the point came with, and is done with */
	place->point.cache = NULL;
	place->point.talk = NULL;
	place->point.loader = NULL;
	place->point.store = NULL;
	swap->nr_places++;
	swap->added++;
	return place;
}

static void swap_refused(const struct place *place, const struct attach_point *point, int prog_fd,
			 int code, struct error *err)
{
	struct error cause = {};

	if (prog_array_explain(place->programs_fd, prog_fd, &cause))
		attach_error(point, err, code,
			     "the kernel does not let the program %s be exchanged: %s",
			     point->function, cause.text);
	else
		attach_error(point, err, code,
			     "the kernel does not let the program %s be exchanged: %s",
			     point->function, strerror(-code));
	error_hint(err, "run it without --watch");
}

int swap_prepare(struct swap *swap, const struct attach_point *points, const int *prog_fds,
		 unsigned int n, struct error *err)
{
	uint32_t next = !swap->turn;

	swap->added = 0;
	for (unsigned int i = 0; i < n; i++) {
		const struct provider *provider = points[i].provider;
		struct place *place = place_find(swap, &points[i])
					      ?: place_add(swap, &points[i], err);

		if (!place || (provider->accepts &&
			       provider->accepts(&place->point, &points[i], prog_fds[i], err)))
			goto fail;
		if (bpf_map_update_elem(place->programs_fd, &next, &prog_fds[i], BPF_ANY)) {
			swap_refused(place, &points[i], prog_fds[i], -errno, err);
			goto fail;
		}
		place->filled[next] = true;
	}
	return 0;
fail:
	swap_tidy(swap);
	return err->code;
}

int swap_turn(struct swap *swap)
{
	uint32_t zero = 0, next = !swap->turn;

	/*
	 * A write to a map of maps, because only after such a one the kernel waits for all programs
	 * that may have read the entry before (maybe_wait_bpf_programs() in kernel/bpf/syscall.c).
	 */
	if (bpf_map_update_elem(swap->selector_fd, &zero, &swap->turn_fds[next], BPF_ANY))
		return -errno;
	swap->turn = next;
	return 0;
}

void swap_tidy(struct swap *swap)
{
	uint32_t past = !swap->turn;
	unsigned int kept = 0;

	swap->gone = 0;
	for (unsigned int i = 0; i < swap->nr_places; i++) {
		struct place *place = &swap->places[i];

		if (place->filled[past])
			bpf_map_delete_elem(place->programs_fd, &past);
		place->filled[past] = false;
		if (place->filled[swap->turn]) {
			swap->places[kept++] = *place;
			continue;
		}
		swap->missed += place_missed(place);
		place_free(place);
		swap->gone++;
	}
	swap->nr_places = kept;
}

unsigned int swap_added(const struct swap *swap)
{
	return swap->added;
}

unsigned int swap_gone(const struct swap *swap)
{
	return swap->gone;
}

uint64_t swap_missed(const struct swap *swap)
{
	uint64_t sum = swap ? swap->missed : 0;

	for (unsigned int i = 0; swap && i < swap->nr_places; i++)
		sum += place_missed(&swap->places[i]);
	return sum;
}

void swap_behind(struct swap *swap)
{
	struct buf fds = {};

	for (unsigned int i = 0; swap && i < swap->nr_places; i++)
		attach_take(&swap->places[i].point, &fds);
	behind_close((const int *)(const void *)fds.data, fds.len / sizeof(int));
	buf_free(&fds);
}

void swap_free(struct swap *swap)
{
	if (!swap)
		return;
	while (swap->nr_places > 0)
		place_free(&swap->places[--swap->nr_places]);
	for (int i = 0; i < 2; i++)
		if (swap->turn_fds[i] >= 0)
			close(swap->turn_fds[i]);
	if (swap->selector_fd >= 0)
		close(swap->selector_fd);
	free(swap->places);
	free(swap);
}
