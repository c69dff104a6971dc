/* SPDX-License-Identifier: GPL-2.0-or-later
 * Results of the last blocks: GDAL asks for one band of a virtual raster after the other, and all
 * bands come from one computation. */
#ifndef TILTH_PLUGIN_RESULT_CACHE_H
#define TILTH_PLUGIN_RESULT_CACHE_H

#include <stddef.h>

/* One kept computation, held by whoever took it. */
typedef struct result result;

typedef enum result_state {
    RESULT_READY, /* the values are there */
    RESULT_FRESH, /* the caller computes them now and says result_done */
    RESULT_NONE   /* nothing is kept: too large, memory is short, or somebody else is at it */
} result_state;

/* Finds the values of a key, waits for a thread that is computing them, or makes room for them.
 *
 * key     all that the values depend on
 * values  number of floats
 * wait    0: never wait, which a computation inside another one must not
 * taken   out: to be given back; NULL with RESULT_NONE
 * memory  all results together 128 MiB; a larger one is kept alone, up to half of GDAL's block cache
 *         (GDAL_CACHEMAX) */
result_state result_take(const void *key, size_t key_bytes, ptrdiff_t values, int wait,
                         result **taken);

/* 1 when a result of that key is kept or being computed. */
int result_has(const void *key, size_t key_bytes);

/* The values, which never change once they are ready. */
float *result_values(result *r);

/* Ends a computation; whoever waits goes on. After ok = 0 the next one computes for himself. */
void result_done(result *r, int ok);

/* Lets go; NULL is fine. */
void result_give(result *r);

#endif
