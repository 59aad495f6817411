/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_CACHE_CACHE_H
#define HOTPROBE_CACHE_CACHE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct buf;

/*
 * The cache folder: what can be made again, and is kept because making it takes long.
 *
 * /var/cache/hotprobe for root, else $XDG_CACHE_HOME/hotprobe or ~/.cache/hotprobe; HOTPROBE_CACHE
 * in the environment names another. What is trusted lies in folders of it that belong to the user
 * and that nobody else may enter:
 *
 *   objects/   compiled probes, and what was looked up to attach them
 *   headers/   precompiled kernel headers
 */
struct cache {
	int fd;		     /* of one of the inner folders; -1 when there is no cache */
	char path[PATH_MAX]; /* of that folder, for messages */
	char why[256];	     /* why there is none */
};

#define CACHE_OBJECTS "objects"
#define CACHE_HEADERS "headers"
/* what the names of folders begin with that have the kernel's own headers, unpacked */
#define CACHE_UNPACKED "kheaders-"
/* what the names of files begin with that are being written */
#define CACHE_TEMP ".new-"
/* what cache_find() has to say fits into this many bytes */
#define CACHE_WHY_MAX 320

/* cache_root - the cache folder's path, made when it is missing; negative errno */
int cache_root(char path[PATH_MAX]);

/*
 * cache_open - open an inner folder, which is made when it is missing
 *
 * Refused when it, or the cache folder, is somebody else's or open to others. Returns 0 or a
 * negative errno with the reason in cache->why; cache->fd is -1 then, and every other function
 * takes that as an empty cache that keeps nothing.
 */
int cache_open(struct cache *cache, const char *inner);
void cache_close(struct cache *cache);

/*
 * cache_file_open - open one file of the folder for reading
 *
 * Only a regular file that is the user's own and that nobody else may write. Returns a descriptor,
 * and fills *st; -ENOENT, -EPERM when it is not to be trusted, or another negative errno.
 */
int cache_file_open(const struct cache *cache, const char *name, struct stat *st);

/* cache_file_write - put a file there, whole or not at all, in the place of any older one */
int cache_file_write(const struct cache *cache, const char *name, const void *data, size_t len);

void cache_file_remove(const struct cache *cache, const char *name);

/* cache_file_used - note that a file is in use, so that it is not among the first to go */
void cache_file_used(int fd);

/*
 * cache_trim - remove the files that were not used for longest until all inner folders together
 * hold no more than the limit: 512 MiB, or HOTPROBE_CACHE_SIZE in the environment, in bytes
 */
void cache_trim(void);

/*
 * Entries: small results with the key that they answer to and the files that they were made from.
 *
 * The whole key is kept and compared, its hash is only the file's name: no two keys are ever taken
 * for one another. An entry whose seal, key or files do not fit is as good as none.
 */

/*
 * cache_find - look an entry up
 *
 * @payload receives what was kept. Returns 0; or -ENOENT, with words for -v in @why (CACHE_WHY_MAX
 * bytes).
 */
int cache_find(const struct cache *cache, const void *key, size_t key_len, struct buf *payload,
	       char *why);

/*
 * cache_store - keep an entry
 * @deps: the files that it was made from, as object/deps.h has them
 * @label: what to call it in `hotprobe cache list`
 */
int cache_store(const struct cache *cache, const void *key, size_t key_len, const char *label,
		const struct buf *deps, const struct buf *payload);

/*
 * cache_numbers_find - look up the numbers that were kept under the words @what
 *
 * Returns how many there are, at most @max; -ENOENT when there are none, or more; @cache may be
 * NULL, for none at all.
 */
int cache_numbers_find(const struct cache *cache, const char *what, uint64_t *numbers,
		       unsigned int max);

/* cache_numbers_store - keep them, as long as @file stays as it is; NULL: for good */
void cache_numbers_store(const struct cache *cache, const char *what, const uint64_t *numbers,
			 unsigned int nr, const char *file);

/* cache_number_find - the same for a single number; 0 or -ENOENT */
int cache_number_find(const struct cache *cache, const char *what, uint64_t *number);

/* cache_number_store - keep a single one */
void cache_number_store(const struct cache *cache, const char *what, uint64_t number,
			const char *file);

/* One file of the cache, for `hotprobe cache list`. */
struct cache_item {
	char label[256]; /* "" for what is no entry */
	char path[PATH_MAX];
	uint64_t size;	    /* bytes */
	int64_t used;	    /* seconds since the epoch */
	const char *status; /* "valid", or what is wrong with it */
};

/* cache_each - call @fn for every file, the most recently used first; stops when it fails */
int cache_each(int (*fn)(const struct cache_item *item, void *arg), void *arg);

/* cache_clear - remove everything; *bytes and *files tell how much that was */
int cache_clear(uint64_t *bytes, unsigned int *files);

#endif
