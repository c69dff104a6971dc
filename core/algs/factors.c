/* SPDX-License-Identifier: GPL-2.0-or-later
 * Strips of factors from the kernel to the files; see factors.h. */
#include "algs/factors.h"

#include <omp.h>

#include "algs/layers.h"
#include "base/alloc.h"
#include "base/parfor.h"

/* Rows of a strip: the height of the tiles of a file, so that each strip is written at once. */
enum { STRIP_ROWS = 256, ROWS_PER_BLOCK = 32 };

typedef struct writing {
    const tl_factor_source *source;
    const tl_factor_tiles *tiles; /* NULL: the source is in memory */
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    const tl_georef *geo;
    ptrdiff_t strip_rows;
    tl_factor_source here; /* what the rows of this strip are made from */
    ptrdiff_t here_row0;   /* its first row */
    tl_grid surface;       /* of the strip, with a row more on either side; empty in memory */
    tl_grid area;
    tl_cells cells; /* of its rows; borrowed */
    const tl_store *store;
    tl_sink *sink[TL_FACTORS];
    /* [strip_rows, ncol]: one is made while the other is packed. A single thread packs a strip before
     * it makes the next one, and needs no other. */
    float *strip[2][TL_FACTORS];
    int n_strip;            /* 1 or 2 */
    int wanted[TL_FACTORS]; /* [n_wanted] factors */
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
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    for (int f = 0; f < TL_FACTORS; f++) {
        if (id[f] == NULL || tl_job_output(job, id[f]) == NULL) {
            continue;
        }
        const tl_layer layer = layer_of(f, w->source->slope_unit);
        TL_TRY(w->store->create_raster(tl_job_output(job, id[f]), id[f], w->nrow, w->ncol, w->geo,
                                       &layer, 1, record, &w->sink[f], err));
        w->wanted[w->n_wanted++] = f;
    }
    return TL_OK;
}

/* Room for the strips; for tiles they are as high as their share of the memory allows. */
static tl_code make_room(writing *w, tl_err *err) {
    const double row_bytes = (double)w->ncol * (double)sizeof(float);
    w->strip_rows = STRIP_ROWS;
    while (w->tiles != NULL && w->strip_rows > ROWS_PER_BLOCK &&
           row_bytes * (double)(w->strip_rows * (w->n_strip * w->n_wanted + 2)) >
               w->tiles->strip_bytes) {
        w->strip_rows /= 2;
    }
    int enough = 1;
    for (ptrdiff_t i = 0; i < w->n_strip * w->n_wanted; i++) {
        float **strip = &w->strip[i % w->n_strip][w->wanted[i / w->n_strip]];
        *strip = tl_acquire(w->strip_rows * w->ncol, sizeof **strip);
        enough = enough && *strip != NULL;
    }
    if (w->tiles != NULL) {
        const ptrdiff_t most = (w->strip_rows + 2) * w->ncol;
        w->surface.data = tl_acquire(most, sizeof *w->surface.data);
        w->area.data = w->tiles->area_m2 == NULL ? NULL : tl_acquire(most, sizeof(float));
        enough = enough && w->surface.data != NULL &&
                 (w->tiles->area_m2 == NULL || w->area.data != NULL);
    }
    return enough ? TL_OK
                  : tl_fail(err, TL_NOMEM, "terrain factors: out of memory for strips of %td rows",
                            w->strip_rows);
}

/* Rows of a strip, 0 below the last one. */
static ptrdiff_t rows_of(const writing *w, ptrdiff_t strip_no) {
    const ptrdiff_t left = w->nrow - strip_no * w->strip_rows;
    return left < 0 ? 0 : (left < w->strip_rows ? left : w->strip_rows);
}

/* Sets what the rows of the strip are made from. */
static tl_code look_at_strip(writing *w, tl_err *err) {
    w->here = *w->source;
    const ptrdiff_t rows = rows_of(w, w->strip_no);
    if (w->tiles == NULL || rows == 0) {
        return TL_OK;
    }
    const ptrdiff_t row0 = w->strip_no * w->strip_rows;
    w->here_row0 = row0 > 0 ? row0 - 1 : 0;
    const ptrdiff_t end = row0 + rows < w->nrow ? row0 + rows + 1 : w->nrow;
    const tl_box box = {w->here_row0, 0, end - w->here_row0, w->ncol};
    w->surface.nrow = w->area.nrow = box.nrow;
    w->surface.ncol = w->area.ncol = box.ncol;
    w->cells = (tl_cells){.nrow = box.nrow,
                          .dx_m = w->tiles->cells->dx_m + box.row0,
                          .dy_m = w->tiles->cells->dy_m + box.row0};
    w->here.surface = &w->surface;
    w->here.area_m2 = w->area.data == NULL ? NULL : &w->area;
    w->here.cells = &w->cells;
    TL_TRY(tl_paged_read(w->tiles->surface, box, w->surface.data, err));
    return w->area.data == NULL ? TL_OK : tl_paged_read(w->tiles->area_m2, box, w->area.data, err);
}

/* Packs one output of the strip before, or makes a few rows of this one. */
static tl_code pack_or_make(void *arg, ptrdiff_t block, tl_err *err) {
    const writing *w = arg;
    if (block < w->n_packing) {
        const int f = w->wanted[block];
        const ptrdiff_t before = w->strip_no - 1;
        return w->store->write_rows(w->sink[f], 0, before * w->strip_rows, rows_of(w, before),
                                    w->strip[before % w->n_strip][f], err);
    }
    const ptrdiff_t first = (block - w->n_packing) * ROWS_PER_BLOCK;
    const ptrdiff_t left = rows_of(w, w->strip_no) - first;
    float *out[TL_FACTORS] = {NULL};
    for (ptrdiff_t i = 0; i < w->n_wanted; i++) {
        const int f = w->wanted[i];
        out[f] = w->strip[w->strip_no % w->n_strip][f] + first * w->ncol;
    }
    return tl_hydro_factor_rows(&w->here, w->strip_no * w->strip_rows + first - w->here_row0,
                                left < ROWS_PER_BLOCK ? left : ROWS_PER_BLOCK, out, err);
}

static tl_code finish_output(void *arg, ptrdiff_t block, tl_err *err) {
    writing *w = arg;
    tl_sink *sink = w->sink[w->wanted[block]];
    w->sink[w->wanted[block]] = NULL;
    return w->store->finish_raster(sink, err);
}

static tl_code write_strips(writing *w, int threads, const tl_progress *p, tl_err *err) {
    TL_TRY(make_room(w, err));
    const ptrdiff_t n_strips = (w->nrow + w->strip_rows - 1) / w->strip_rows;
    for (w->strip_no = 0; w->strip_no <= n_strips; w->strip_no++) {
        TL_TRY(tl_progress_at(p, (double)w->strip_no / (double)(n_strips + 1), err));
        w->n_packing = w->strip_no > 0 ? w->n_wanted : 0;
        const ptrdiff_t making = (rows_of(w, w->strip_no) + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
        TL_TRY(look_at_strip(w, err));
        TL_TRY(tl_parfor(w->n_strip > 1 ? threads : 1, w->n_packing + making, pack_or_make, w, NULL,
                         err));
    }
    TL_TRY(tl_parfor(threads, w->n_wanted, finish_output, w, NULL, err));
    return tl_progress_at(p, 1.0, err);
}

static tl_code write_factors(writing *w, tl_job *job, const char *const id[TL_FACTORS],
                             const tl_progress *p, tl_err *err) {
    w->store = tl_job_store(job);
    /* Inside of other parallel work there is one thread only. */
    w->n_strip = tl_job_threads(job) > 1 && !omp_in_parallel() ? 2 : 1;
    tl_code code = open_outputs(w, job, id, err);
    if (code == TL_OK && w->n_wanted > 0) {
        code = write_strips(w, tl_job_threads(job), p, err);
    }
    for (int f = 0; f < TL_FACTORS; f++) {
        if (w->sink[f] != NULL) {
            w->store->abandon_raster(w->sink[f]);
        }
        tl_release(w->strip[0][f]);
        tl_release(w->strip[1][f]);
    }
    tl_release(w->surface.data);
    tl_release(w->area.data);
    return code;
}

tl_code tl_algs_write_factors(tl_job *job, const tl_factor_source *source,
                              const char *const id[TL_FACTORS], const tl_progress *p, tl_err *err) {
    writing w = {.source = source,
                 .nrow = source->surface->nrow,
                 .ncol = source->surface->ncol,
                 .geo = &source->surface->geo};
    return write_factors(&w, job, id, p, err);
}

tl_code tl_algs_write_tiled_factors(tl_job *job, const tl_factor_source *source,
                                    const tl_factor_tiles *tiles, const char *const id[TL_FACTORS],
                                    const tl_progress *p, tl_err *err) {
    writing w = {.source = source,
                 .tiles = tiles,
                 .nrow = tiles->surface->nrow,
                 .ncol = tiles->surface->ncol,
                 .geo = tiles->geo};
    return write_factors(&w, job, id, p, err);
}
