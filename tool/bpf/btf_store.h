/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOTPROBE_BPF_BTF_STORE_H
#define HOTPROBE_BPF_BTF_STORE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Names of types in BTF objects that the kernel has loaded, by the objects' ids.
 *
 * Each object is read once, when it is first asked for. libbpf would take 12 ms to read the
 * kernel's; all that is needed here is where each type begins.
 */
struct btf_store;
struct btf_type;

struct btf_store *btf_store_new(void);
void btf_store_free(struct btf_store *store);

/*
 * btf_store_name - the name of a type, NULL when object or type is not there or has no name
 *
 * The text lives as long as the store.
 */
const char *btf_store_name(struct btf_store *store, uint32_t object, uint32_t type);

/*
 * btf_store_type - the type itself, with all that follows it; NULL when it is not there
 *
 * It lives as long as the store.
 */
const struct btf_type *btf_store_type(struct btf_store *store, uint32_t object, uint32_t type);

/* btf_store_string - a name by the number that types and their members have it by; NULL for none */
const char *btf_store_string(struct btf_store *store, uint32_t object, uint32_t offset);

/*
 * btf_store_kernel - the kernel's own object ("vmlinux")
 *
 * Its id, or a number that only the store knows where the kernel's has none (before Linux 5.11).
 */
uint32_t btf_store_kernel(struct btf_store *store);

/*
 * btf_store_owner - whose types the object has: "vmlinux", a module's name, "" a program's
 *
 * NULL when there is no such object.
 */
const char *btf_store_owner(struct btf_store *store, uint32_t object);

/*
 * btf_index - where each type of raw BTF begins
 * @data: with its header (struct btf_header of linux/btf.h)
 * @offsets: receives an array, the caller's to free, of offsets into @data
 *
 * Returns the number of types, or -EINVAL when the data is broken, -ENOMEM.
 */
int btf_index(const void *data, uint32_t size, uint32_t **offsets);

#endif
