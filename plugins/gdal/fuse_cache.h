/* SPDX-License-Identifier: GPL-2.0-or-later
 * Generated spectra of the last blocks: GDAL asks for one band after the other, each time with all
 * sources, and all bands come from one computation. */
#ifndef TILTH_PLUGIN_FUSE_CACHE_H
#define TILTH_PLUGIN_FUSE_CACHE_H

#include <stddef.h>

/* What a block is computed from. Equal inputs have equal spectra, wherever they come from. */
typedef struct fuse_input {
    unsigned long long model; /* serial of a fuse_model */
    ptrdiff_t n_bands;
    ptrdiff_t n_pixels;
    const float *value; /* [n_bands, n_pixels] physical values */
} fuse_input;

/* Copies one generated band of an input that was kept.
 *
 * to     [n_pixels]
 * gives  1 when it is there; 0 leaves to as it is */
int fuse_cache_find(const fuse_input *in, ptrdiff_t band, float *to);

/* Keeps generated spectra in the place of the oldest; does nothing when the block is too large or
 * the memory is short.
 *
 * result  [n_bands, n_pixels] */
void fuse_cache_keep(const fuse_input *in, const float *result);

/* Values of a block that are worth keeping. */
int fuse_cache_fits(ptrdiff_t n_bands, ptrdiff_t n_pixels);

#endif
