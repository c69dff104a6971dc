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
    float *strip[TL_FACTORS]; /* [STRIP_ROWS, ncol]; NULL = not wanted */
    int wanted[TL_FACTORS];   /* [n_wanted] factors */
    ptrdiff_t n_wanted;
    ptrdiff_t row0;
    ptrdiff_t n_rows;
} writing;

static tl_layer layer_of(int factor) {
    static const char *const names[TL_FACTORS] = {"Slope", "Aspect", "Specific catchment area",
                                                  "Topographic wetness index", "LS-factor"};
    static const char *const units[TL_FACTORS] = {"radian", "radian", "m", "ln(m)", ""};
    return tl_algs_layer(names[factor], units[factor]);
}

static tl_code open_outputs(writing *w, tl_job *job, const char *const id[TL_FACTORS],
                            tl_err *err) {
    const tl_grid *surface = w->source->surface;
    const char *record = tl_job_record(job, err);
    if (record == NULL) {
        return err == NULL ? TL_IO : err->code;
    }
    for (int f = 0; f < TL_FACTORS; f++) {
        if (id[f] == NULL || tl_job_output(job, id[f]) == NULL) {
            continue;
        }
        const tl_layer layer = layer_of(f);
        TL_TRY(w->store->create_raster(tl_job_output(job, id[f]), id[f], surface->nrow,
                                       surface->ncol, &surface->geo, &layer, 1, record, &w->sink[f],
                                       err));
        w->wanted[w->n_wanted++] = f;
        w->strip[f] = tl_acquire(STRIP_ROWS * surface->ncol, sizeof(float));
        if (w->strip[f] == NULL) {
            return tl_fail(err, TL_NOMEM, "%s: out of memory for %d rows", id[f], STRIP_ROWS);
        }
    }
    return TL_OK;
}

static tl_code make_rows(void *arg, ptrdiff_t block, tl_err *err) {
    const writing *w = arg;
    const ptrdiff_t first = block * ROWS_PER_BLOCK;
    const ptrdiff_t left = w->n_rows - first;
    float *out[TL_FACTORS] = {NULL};
    for (ptrdiff_t i = 0; i < w->n_wanted; i++) {
        out[w->wanted[i]] = w->strip[w->wanted[i]] + first * w->source->surface->ncol;
    }
    return tl_hydro_factor_rows(w->source, w->row0 + first,
                                left < ROWS_PER_BLOCK ? left : ROWS_PER_BLOCK, out, err);
}

static tl_code pack_output(void *arg, ptrdiff_t block, tl_err *err) {
    const writing *w = arg;
    const int f = w->wanted[block];
    return w->store->write_rows(w->sink[f], 0, w->row0, w->n_rows, w->strip[f], err);
}

static tl_code finish_output(void *arg, ptrdiff_t block, tl_err *err) {
    writing *w = arg;
    tl_sink *sink = w->sink[w->wanted[block]];
    w->sink[w->wanted[block]] = NULL;
    return w->store->finish_raster(sink, err);
}

static tl_code write_strips(writing *w, int threads, const tl_progress *p, tl_err *err) {
    const ptrdiff_t nrow = w->source->surface->nrow;
    for (w->row0 = 0; w->row0 < nrow; w->row0 += STRIP_ROWS) {
        TL_TRY(tl_progress_at(p, (double)w->row0 / (double)nrow, err));
        w->n_rows = nrow - w->row0 < STRIP_ROWS ? nrow - w->row0 : STRIP_ROWS;
        TL_TRY(tl_parfor(threads, (w->n_rows + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK, make_rows, w,
                         NULL, err));
        TL_TRY(tl_parfor(threads, w->n_wanted, pack_output, w, NULL, err));
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
        tl_release(w.strip[f]);
    }
    return code;
}
