/* SPDX-License-Identifier: GPL-2.0-or-later
 * Strips of factors from the kernel to the files; see factors.h. */
#include "algs/factors.h"

#include "algs/layers.h"
#include "base/alloc.h"
#include "base/parfor.h"

/* Rows of a strip: the height of the tiles of a file, so that each strip is written at once. */
enum { STRIP_ROWS = 256, ROWS_PER_BLOCK = 32 };

typedef struct writing {
    const tl_factor_source *source;
    const tl_store *store;
    tl_sink *sink[TL_FACTORS];
    float *strip[2][TL_FACTORS]; /* [STRIP_ROWS, ncol]: one is made while the other is packed */
    int wanted[TL_FACTORS];      /* [n_wanted] factors */
    ptrdiff_t n_wanted;
    ptrdiff_t n_packing; /* outputs to be packed now: n_wanted, or 0 before the first strip */
    ptrdiff_t strip_no;  /* the strip that is made now */
} writing;

static tl_layer layer_of(int factor, tl_slope_unit slope_unit) {
    static const char *const names[TL_FACTORS] = {"Slope",
                                                  "Aspect",
                                                  "Flow accumulation",
                                                  "Specific catchment area",
                                                  "Topographic wetness index",
                                                  "LS-factor"};
    static const char *const units[TL_FACTORS] = {"radian", "radian", "m2", "m", "ln(m)", ""};
    static const char *const slope_units[] = {"radian", "degree", "percent"};
    return tl_algs_layer(names[factor],
                         factor == TL_FACTOR_SLOPE ? slope_units[slope_unit] : units[factor]);
}

static tl_code open_outputs(writing *w, tl_job *job, const char *const id[TL_FACTORS],
                            tl_err *err) {
    const tl_grid *surface = w->source->surface;
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    for (int f = 0; f < TL_FACTORS; f++) {
        if (id[f] == NULL || tl_job_output(job, id[f]) == NULL) {
            continue;
        }
        const tl_layer layer = layer_of(f, w->source->slope_unit);
        TL_TRY(w->store->create_raster(tl_job_output(job, id[f]), id[f], surface->nrow,
                                       surface->ncol, &surface->geo, &layer, 1, record, &w->sink[f],
                                       err));
        w->wanted[w->n_wanted++] = f;
        for (int i = 0; i < 2; i++) {
            w->strip[i][f] = tl_acquire(STRIP_ROWS * surface->ncol, sizeof(float));
            if (w->strip[i][f] == NULL) {
                return tl_fail(err, TL_NOMEM, "%s: out of memory for %d rows", id[f], STRIP_ROWS);
            }
        }
    }
    return TL_OK;
}

/* Rows of a strip, 0 below the last one. */
static ptrdiff_t rows_of(const writing *w, ptrdiff_t strip_no) {
    const ptrdiff_t left = w->source->surface->nrow - strip_no * STRIP_ROWS;
    return left < 0 ? 0 : (left < STRIP_ROWS ? left : STRIP_ROWS);
}

/* Packs one output of the strip before, or makes a few rows of this one. */
static tl_code pack_or_make(void *arg, ptrdiff_t block, tl_err *err) {
    const writing *w = arg;
    if (block < w->n_packing) {
        const int f = w->wanted[block];
        const ptrdiff_t before = w->strip_no - 1;
        return w->store->write_rows(w->sink[f], 0, before * STRIP_ROWS, rows_of(w, before),
                                    w->strip[before % 2][f], err);
    }
    const ptrdiff_t first = (block - w->n_packing) * ROWS_PER_BLOCK;
    const ptrdiff_t left = rows_of(w, w->strip_no) - first;
    float *out[TL_FACTORS] = {NULL};
    for (ptrdiff_t i = 0; i < w->n_wanted; i++) {
        const int f = w->wanted[i];
        out[f] = w->strip[w->strip_no % 2][f] + first * w->source->surface->ncol;
    }
    return tl_hydro_factor_rows(w->source, w->strip_no * STRIP_ROWS + first,
                                left < ROWS_PER_BLOCK ? left : ROWS_PER_BLOCK, out, err);
}

static tl_code finish_output(void *arg, ptrdiff_t block, tl_err *err) {
    writing *w = arg;
    tl_sink *sink = w->sink[w->wanted[block]];
    w->sink[w->wanted[block]] = NULL;
    return w->store->finish_raster(sink, err);
}

static tl_code write_strips(writing *w, int threads, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n_strips = (w->source->surface->nrow + STRIP_ROWS - 1) / STRIP_ROWS;
    for (w->strip_no = 0; w->strip_no <= n_strips; w->strip_no++) {
        TL_TRY(tl_progress_at(p, (double)w->strip_no / (double)(n_strips + 1), err));
        w->n_packing = w->strip_no > 0 ? w->n_wanted : 0;
        const ptrdiff_t making = (rows_of(w, w->strip_no) + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
        TL_TRY(tl_parfor(threads, w->n_packing + making, pack_or_make, w, NULL, err));
    }
    TL_TRY(tl_parfor(threads, w->n_wanted, finish_output, w, NULL, err));
    return tl_progress_at(p, 1.0, err);
}

tl_code tl_algs_write_factors(tl_job *job, const tl_factor_source *source,
                              const char *const id[TL_FACTORS], const tl_progress *p, tl_err *err) {
    writing w = {.source = source, .store = tl_job_store(job)};
    tl_code code = open_outputs(&w, job, id, err);
    if (code == TL_OK && w.n_wanted > 0) {
        code = write_strips(&w, tl_job_threads(job), p, err);
    }
    for (int f = 0; f < TL_FACTORS; f++) {
        if (w.sink[f] != NULL) {
            w.store->abandon_raster(w.sink[f]);
        }
        tl_release(w.strip[0][f]);
        tl_release(w.strip[1][f]);
    }
    return code;
}
