/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pixel function tilth_fuse; see tilth_fuse.h. It may be called from many threads at once, with
 * any block shape, also resampled, so it looks at nothing but the values it is handed. */
#include "tilth_fuse.h"

#include <math.h>

#include "base/alloc.h"
#include "base/wide.h"
#include "fuse_cache.h"
#include "map_args.h"
#include "model_cache.h"
#include "target.h"

/* Memory of one call. */
typedef struct scratch {
    float *value;       /* [p, pixels of a piece] physical */
    float *result;      /* the same, generated */
    float *band;        /* [pixels of a piece] the one wanted */
    const float **from; /* [p] */
    float **to;         /* [p] */
    float *room;        /* what tl_generate wants */
} scratch;

static void free_scratch(scratch *s) {
    tl_release(s->value);
    tl_release(s->result);
    tl_release(s->band);
    tl_release((void *)s->from);
    tl_release((void *)s->to);
    tl_release(s->room);
}

/* The whole block where its spectra can be kept for the other bands, so that few blocks are kept;
 * else as many rows as can be. */
static ptrdiff_t piece_rows(const target *t, ptrdiff_t p) {
    ptrdiff_t rows = t->n_rows;
    while (rows > 1 && !fuse_cache_fits(p, rows * t->n_cols)) {
        rows = (rows + 1) / 2;
    }
    return rows;
}

static tl_code prepare(const fuse_model *fused, const map_args *a, const target *t, scratch *s,
                       tl_err *err) {
    TL_TRY(map_args_check(a, fused->model.p, fused->model.wavelength_nm, err));
    const ptrdiff_t pixels = piece_rows(t, a->n) * t->n_cols;
    s->value = tl_acquire(a->n * pixels, sizeof *s->value);
    s->result = tl_acquire(a->n * pixels, sizeof *s->result);
    s->band = tl_acquire(pixels, sizeof *s->band);
    s->from = tl_acquire(a->n, sizeof *s->from);
    s->to = tl_acquire(a->n, sizeof *s->to);
    s->room = tl_acquire(tl_generator_scratch(&fused->generator), sizeof *s->room);
    return s->value == NULL || s->result == NULL || s->band == NULL || s->from == NULL ||
                   s->to == NULL || s->room == NULL
               ? tl_fail(err, TL_NOMEM, "out of memory for a block of %td bands.", a->n)
               : TL_OK;
}

/* What tl_band_value gives, for n values at once. s - s is 0 for a number and NaN for what is not
 * finite, which adding it passes on. */
TL_WIDE_CLONES static void to_physical(const tl_band *b, const float *restrict stored, ptrdiff_t n,
                                       float *restrict x) {
    const double scale = b->scale;
    const double offset = b->offset;
    const float nodata = b->has_nodata ? (float)b->nodata : NAN;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float s = stored[i];
        const float physical = (float)(scale * (double)s + offset) + (s - s);
        x[i] = (s <= nodata) & (s >= nodata) ? NAN : physical;
    }
}

static void generate(const fuse_model *fused, const map_args *a, ptrdiff_t n, scratch *s) {
    const fuse_input in = {
        .model = fused->serial, .n_bands = a->n, .n_pixels = n, .value = s->value};
    if (fuse_cache_find(&in, a->number, s->band)) {
        return;
    }
    for (ptrdiff_t j = 0; j < a->n; j++) {
        s->from[j] = s->value + j * n;
        s->to[j] = s->result + j * n;
    }
    tl_generate(&fused->generator, s->from, n, s->to, s->room);
    for (ptrdiff_t i = 0; i < n; i++) {
        s->band[i] = s->to[a->number][i];
    }
    fuse_cache_keep(&in, s->result);
}

static tl_code fuse_block(void *const *sources, int n_sources, GDALDataType source_type,
                          CSLConstList texts, const target *t, tl_err *err) {
    map_args args = {0};
    scratch s = {0};
    const fuse_model *fused = NULL;
    tl_code code = TL_OK;
    TL_TRY(target_check_sources(source_type, err));
    TL_CHECK(map_args_read(texts, n_sources, 1, &args, err));
    TL_CHECK(model_cache_take_fusion(args.model, &fused, err));
    TL_CHECK(prepare(fused, &args, t, &s, err));
    const ptrdiff_t step = piece_rows(t, args.n);
    for (ptrdiff_t row0 = 0; row0 < t->n_rows; row0 += step) {
        const ptrdiff_t n_rows = t->n_rows - row0 < step ? t->n_rows - row0 : step;
        const ptrdiff_t n = n_rows * t->n_cols;
        for (ptrdiff_t j = 0; j < args.n; j++) {
            to_physical(&args.band[j], (const float *)sources[j] + row0 * t->n_cols, n,
                        s.value + j * n);
        }
        generate(fused, &args, n, &s);
        target_write(t, args.nodata, row0, n_rows, s.band);
    }
done:
    free_scratch(&s);
    model_cache_give(fused);
    map_args_free(&args);
    return code;
}

CPLErr tilth_fuse(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                  GDALDataType source_type, GDALDataType out_type, int pixel_space, int line_space,
                  CSLConstList args) {
    const target t = {.data = out,
                      .n_cols = n_cols,
                      .n_rows = n_rows,
                      .type = out_type,
                      .pixel_space = pixel_space,
                      .line_space = line_space};
    tl_err err = {0};
    if (n_cols < 1 || n_rows < 1) {
        return CE_None;
    }
    if (fuse_block(sources, n_sources, source_type, args, &t, &err) != TL_OK) {
        CPLError(CE_Failure, CPLE_AppDefined, "tilth_fuse: %s", err.text);
        return CE_Failure;
    }
    return CE_None;
}
