/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_WATCH_WATCH_H
#define HOTPROBE_WATCH_WATCH_H

struct error;
struct session;
struct swap;

/*
 * Follows a probe's files while it runs. After each save a thread takes the new text as far as the
 * kernel, beside the program that runs, which goes on being read meanwhile. What becomes of an edit
 * is said on stderr.
 */
struct watch;

enum watch_news {
	WATCH_NOTHING = 0,
	WATCH_READY,   /* the next program is prepared: open its outputs, then watch_turn() */
	WATCH_TURNED,  /* it has taken over, and the one before has come to its end */
	WATCH_REFUSED, /* it could not: close its outputs */
};

/*
 * watch_new - begin to watch
 * @argc, @argv: as session_open() had them
 * @running: what runs, attached by @swap
 */
int watch_new(struct watch **watch, int argc, char **argv, const struct session *running,
	      struct swap *swap, struct error *err);

/* watch_fd - readable when watch_step() has something to do */
int watch_fd(const struct watch *watch);

/* watch_step - go on, without waiting; with WATCH_READY *next becomes the caller's */
enum watch_news watch_step(struct watch *watch, struct session **next);

/* watch_turn - have what is prepared take over; its end comes as WATCH_TURNED or WATCH_REFUSED */
void watch_turn(struct watch *watch);

/* watch_drop - instead of that: undo what was prepared, free @next, and say why */
void watch_drop(struct watch *watch, struct session *next, const struct error *why);

/*
 * watch_end - stop watching; waits for the thread
 *
 * If it comes to that meanwhile, WATCH_TURNED or WATCH_REFUSED. NULL is left alone.
 */
enum watch_news watch_end(struct watch *watch);

#endif
