/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_ATTACH_SWAP_H
#define HOTPROBE_ATTACH_SWAP_H

#include <stdint.h>

struct attach_point;
struct error;

/*
 * Attached places whose programs can be exchanged while they are hit.
 *
 * At each place a stub is attached (stub.h), which stays. It jumps to one of two programs, and one
 * number, the same for all places, says to which: the new programs are put beside the old ones
 * first, and then a single write makes all places change over at one instant. Each event is
 * handled by one program, the old or the new, never by both or none.
 */
struct swap;

/* swap_new - nothing is attached yet */
int swap_new(struct swap **swap, struct error *err);

/*
 * swap_prepare - put programs beside those that run; nothing of them runs yet
 * @prog_fds: the program for each of the @n points; the caller keeps them
 *
 * A point that is attached already is used again, matched by provider, target and process; for the
 * others stubs are attached. On failure everything is as before, with the reason in @err.
 */
int swap_prepare(struct swap *swap, const struct attach_point *points, const int *prog_fds,
		 unsigned int n, struct error *err);

/*
 * swap_turn - from here on what was prepared runs, and nothing else
 *
 * When it returns, no program of before is still running anywhere. 0 or a negative errno: then
 * nothing has changed.
 */
int swap_turn(struct swap *swap);

/*
 * swap_tidy - let go of all that does not run: after swap_turn() of the programs before and the
 * places that only they had, else of what was prepared
 */
void swap_tidy(struct swap *swap);

/* swap_added, swap_gone - places that the last swap_prepare() added and swap_tidy() took away */
unsigned int swap_added(const struct swap *swap);
unsigned int swap_gone(const struct swap *swap);

/* swap_missed - how often the kernel did not run the stubs; see missed_count() */
uint64_t swap_missed(const struct swap *swap);

/* swap_behind - detach_behind() for all places; NULL is left alone */
void swap_behind(struct swap *swap);

/* swap_free - detach everything */
void swap_free(struct swap *swap);

#endif
