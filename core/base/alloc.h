/* SPDX-License-Identifier: GPL-2.0-or-later
 * The only functions of the core that allocate memory, so that sizes are checked once and tests can
 * make every allocation fail in turn. */
#ifndef TL_BASE_ALLOC_H
#define TL_BASE_ALLOC_H

#include <stddef.h>

/* Zeroed memory for count elements of size bytes.
 *
 * count   0 returns a block of one element
 * returns a block to be freed with tl_release; NULL when count is negative, the product overflows,
 *         or memory runs out */
void *tl_acquire(ptrdiff_t count, size_t size);

/* As tl_acquire, but keeps the first old_count elements of block and zeroes the rest.
 *
 * block   may be NULL; moved on success
 * returns NULL on failure; block is then still valid */
void *tl_grow(void *block, ptrdiff_t old_count, ptrdiff_t new_count, size_t size);

/* Copy of a NUL-terminated text; NULL for NULL and when memory runs out. Free with tl_release. */
char *tl_copy_text(const char *text);

/* Frees a block; NULL is fine. */
void tl_release(void *block);

/* How many requests of this process were refused so far, by tl_acquire, tl_grow or tl_copy_text. A
 * run during which the number increased has lost something and must not succeed. */
ptrdiff_t tl_refused_blocks(void);

/* Frees n texts and the list of them; NULL is fine for each and for the list. */
void tl_release_texts(char **text, ptrdiff_t n);

/* For tests: the number of blocks that are alive now. */
ptrdiff_t tl_live_blocks(void);

/* For tests: lets n more allocations succeed and every later one fail; -1 = none fails.
 *
 * returns  how many of the last n are left; -1 when none was to fail */
ptrdiff_t tl_fail_after(ptrdiff_t n);

/* For tests: as tl_fail_after, but only the allocation after those n fails. */
ptrdiff_t tl_fail_once_after(ptrdiff_t n);

#endif
