/* SPDX-License-Identifier: GPL-2.0-or-later
 * Results of the last blocks. GDAL requests the bands of a virtual raster one after the other, and
 * all bands come from one computation. */
#ifndef TL_GDAL_RESULT_CACHE_H
#define TL_GDAL_RESULT_CACHE_H

#include <stddef.h>

/* One kept computation, held by those who borrowed it. */
typedef struct tl_gdal_result tl_gdal_result;

typedef enum tl_gdal_result_state {
    TL_GDAL_RESULT_READY, /* the values are computed */
    TL_GDAL_RESULT_FRESH, /* the caller computes them now and calls tl_gdal_result_finish */
    TL_GDAL_RESULT_NONE   /* not kept: too large, no memory, or another thread computes it */
} tl_gdal_result_state;

/* Finds the values of a key, waits for a thread that is computing them, or allocates memory for
 * them.
 *
 * key       everything that the values depend on
 * values    number of floats
 * wait      0: never wait; a computation inside another one must not wait
 * borrowed  out: to be returned by the caller; NULL with TL_GDAL_RESULT_NONE
 * memory    all results together 128 MiB; a larger one is kept alone, up to half of GDAL's block
 *           cache (GDAL_CACHEMAX) */
tl_gdal_result_state tl_gdal_result_borrow(const void *key, size_t key_bytes, ptrdiff_t values,
                                           int wait, tl_gdal_result **borrowed);

/* 1 when a result of that key is kept or being computed. */
int tl_gdal_result_has(const void *key, size_t key_bytes);

/* The values, which never change once they are ready. */
float *tl_gdal_result_values(tl_gdal_result *r);

/* Ends a computation; waiting threads continue. After ok = 0 the next of them computes the values
 * itself. */
void tl_gdal_result_finish(tl_gdal_result *r, int ok);

/* Returns a result; NULL is fine. */
void tl_gdal_result_return(tl_gdal_result *r);

#endif
