/* SPDX-License-Identifier: GPL-2.0-or-later
 * Strips of factors from the kernel to the files; see terrain_strips.h. */
#include "tools/terrain/terrain_strips.h"

#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "recipes/grid_io.h"

/* Rows of a strip: the height of the tiles of a file, so that each strip is written at once. */
enum { STRIP_ROWS = 256, ROWS_PER_BLOCK = 32 };

typedef struct writing {
    const tl_factor_source *source;
    const tl_factor_tiles *tiles; /* NULL: the source is not in tiles */
    tl_dem_rows *dem;             /* NULL: the source is not read meanwhile */
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    const tl_georef *geo;
    ptrdiff_t strip_rows;
    tl_factor_source here; /* the input of the rows of this strip */
    ptrdiff_t here_row0;   /* its first row */
    tl_grid surface;       /* of the strip, with a row more on either side; empty in memory */
    tl_grid area;
    tl_cells cells; /* of its rows; borrowed */
    /* [strip_rows + 2, ncol] rows of the DEM for this strip and for the one that is being read:
     * strip s is in s % 2, from the last row of the strip before to the first of the one after. */
    float *rows[2];
    const tl_store *store;
    tl_sink *sink[TL_FACTORS];
    /* [strip_rows, ncol]: one is computed while the other is compressed. A single thread compresses
     * a strip before it computes the next one, and needs only one. */
    float *strip[2][TL_FACTORS];
    int n_strip;            /* 1 or 2 */
    int wanted[TL_FACTORS]; /* [n_wanted] factors */
    ptrdiff_t n_wanted;
    ptrdiff_t n_packing; /* outputs to be compressed now: n_wanted, or 0 before the first strip */
    ptrdiff_t n_reading; /* 1: the rows of the next strip are read now */
    ptrdiff_t strip_no;  /* the strip that is computed now */
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
    return tl_recipes_layer(names[factor],
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

/* Memory for the strips; for tiles they are as high as their share of the memory limit allows. */
static tl_code allocate(writing *w, tl_err *err) {
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
        const ptrdiff_t max_cells = (w->strip_rows + 2) * w->ncol;
        w->surface.data = tl_acquire(max_cells, sizeof *w->surface.data);
        w->area.data = w->tiles->area_m2 == NULL ? NULL : tl_acquire(max_cells, sizeof(float));
        enough = enough && w->surface.data != NULL &&
                 (w->tiles->area_m2 == NULL || w->area.data != NULL);
    }
    for (int i = 0; w->dem != NULL && i < 2; i++) {
        w->rows[i] = tl_acquire((w->strip_rows + 2) * w->ncol, sizeof *w->rows[i]);
        enough = enough && w->rows[i] != NULL;
    }
    return enough ? TL_OK : tl_no_memory(err, "strips of %td rows", w->strip_rows);
}

/* Rows of a strip, 0 below the last one. */
static ptrdiff_t rows_of(const writing *w, ptrdiff_t strip_no) {
    const ptrdiff_t left = w->nrow - strip_no * w->strip_rows;
    return tl_max(tl_min(left, w->strip_rows), 0);
}

/* First row of the DEM that a strip needs, and the row after the last one. */
static ptrdiff_t first_needed(const writing *w, ptrdiff_t strip_no) {
    return tl_max(strip_no * w->strip_rows - 1, 0);
}

static ptrdiff_t end_needed(const writing *w, ptrdiff_t strip_no) {
    const ptrdiff_t end = (strip_no + 1) * w->strip_rows + 1;
    return tl_min(end, w->nrow);
}

/* Reads the rows that a strip needs and the strip before did not. */
static tl_code read_strip(const writing *w, ptrdiff_t strip_no, tl_err *err) {
    const ptrdiff_t first = first_needed(w, strip_no);
    const ptrdiff_t there = strip_no > 0 ? end_needed(w, strip_no - 1) : 0;
    const ptrdiff_t shared = strip_no > 0 ? there - first : 0;
    float *rows = w->rows[strip_no % 2];
    if (shared > 0) {
        const ptrdiff_t skipped = first - first_needed(w, strip_no - 1);
        memcpy(rows, w->rows[(strip_no - 1) % 2] + skipped * w->ncol,
               (size_t)(shared * w->ncol) * sizeof *rows);
    }
    const ptrdiff_t more = end_needed(w, strip_no) - there;
    return more < 1 ? TL_OK : tl_dem_rows_read(w->dem, there, more, rows + shared * w->ncol, err);
}

/* Sets the rows of the DEM as input of the strip. */
static void look_at_dem(writing *w) {
    w->here_row0 = first_needed(w, w->strip_no);
    w->surface.nrow = end_needed(w, w->strip_no) - w->here_row0;
    w->surface.ncol = w->ncol;
    w->surface.data = w->rows[w->strip_no % 2];
    w->cells = (tl_cells){.nrow = w->surface.nrow,
                          .dx_m = w->dem->cells.dx_m + w->here_row0,
                          .dy_m = w->dem->cells.dy_m + w->here_row0};
    w->here.surface = &w->surface;
    w->here.cells = &w->cells;
}

/* Sets the input of the rows of the strip. */
static tl_code look_at_strip(writing *w, tl_err *err) {
    w->here = *w->source;
    const ptrdiff_t rows = rows_of(w, w->strip_no);
    if (w->dem != NULL && rows > 0) {
        look_at_dem(w);
    }
    if (w->tiles == NULL || rows == 0) {
        return TL_OK;
    }
    const ptrdiff_t row0 = w->strip_no * w->strip_rows;
    w->here_row0 = tl_max(row0 - 1, 0);
    const ptrdiff_t end = tl_min(row0 + rows + 1, w->nrow);
    const tl_box box = {w->here_row0, 0, end - w->here_row0, w->ncol};
    w->surface.nrow = w->area.nrow = box.nrow;
    w->surface.ncol = w->area.ncol = box.ncol;
    w->cells = (tl_cells){.nrow = box.nrow,
                          .dx_m = w->tiles->cells->dx_m + box.row0,
                          .dy_m = w->tiles->cells->dy_m + box.row0};
    w->here.surface = &w->surface;
    w->here.area_m2 = w->area.data == NULL ? NULL : &w->area;
    w->here.cells = &w->cells;
    TL_TRY(tl_tiles_paged_read(w->tiles->surface, box, w->surface.data, err));
    return w->area.data == NULL ? TL_OK
                                : tl_tiles_paged_read(w->tiles->area_m2, box, w->area.data, err);
}

/* Compresses one output of the strip before, reads the strip after, or computes a few rows of this
 * one. */
static tl_code pack_or_make(void *arg, ptrdiff_t block, tl_err *err) {
    const writing *w = arg;
    if (block < w->n_packing) {
        const int f = w->wanted[block];
        const ptrdiff_t before = w->strip_no - 1;
        return w->store->write_rows(w->sink[f], 0, before * w->strip_rows, rows_of(w, before),
                                    w->strip[before % w->n_strip][f], err);
    }
    if (block < w->n_packing + w->n_reading) {
        return read_strip(w, w->strip_no + 1, err);
    }
    const ptrdiff_t first = (block - w->n_packing - w->n_reading) * ROWS_PER_BLOCK;
    const ptrdiff_t left = rows_of(w, w->strip_no) - first;
    float *out[TL_FACTORS] = {NULL};
    for (ptrdiff_t i = 0; i < w->n_wanted; i++) {
        const int f = w->wanted[i];
        out[f] = w->strip[w->strip_no % w->n_strip][f] + first * w->ncol;
    }
    return tl_hydro_factor_rows(&w->here, w->strip_no * w->strip_rows + first - w->here_row0,
                                tl_min(left, ROWS_PER_BLOCK), out, err);
}

static tl_code finish_output(void *arg, ptrdiff_t block, tl_err *err) {
    writing *w = arg;
    tl_sink *sink = w->sink[w->wanted[block]];
    w->sink[w->wanted[block]] = NULL;
    return w->store->finish_raster(sink, err);
}

static tl_code write_strips(writing *w, int threads, const tl_progress *p, tl_err *err) {
    TL_TRY(allocate(w, err));
    const ptrdiff_t n_strips = (w->nrow + w->strip_rows - 1) / w->strip_rows;
    if (w->dem != NULL) {
        TL_TRY(read_strip(w, 0, err));
    }
    for (w->strip_no = 0; w->strip_no <= n_strips; w->strip_no++) {
        TL_TRY(tl_progress_at(p, (double)w->strip_no / (double)(n_strips + 1), err));
        w->n_packing = w->strip_no > 0 ? w->n_wanted : 0;
        const ptrdiff_t making = (rows_of(w, w->strip_no) + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
        w->n_reading = w->dem != NULL && w->strip_no + 1 < n_strips;
        TL_TRY(look_at_strip(w, err));
        TL_TRY(tl_parfor(w->n_strip > 1 ? threads : 1, w->n_packing + w->n_reading + making,
                         pack_or_make, w, NULL, err));
    }
    if (w->dem != NULL) {
        TL_TRY(tl_dem_rows_log(w->dem, err));
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
    if (w->dem == NULL) {
        tl_release(w->surface.data);
    }
    tl_release(w->rows[0]);
    tl_release(w->rows[1]);
    tl_release(w->area.data);
    return code;
}

tl_code tl_terrain_strips_write(tl_job *job, const tl_factor_source *source,
                                const char *const id[TL_FACTORS], const tl_progress *p,
                                tl_err *err) {
    writing w = {.source = source,
                 .nrow = source->surface->nrow,
                 .ncol = source->surface->ncol,
                 .geo = &source->surface->geo};
    return write_factors(&w, job, id, p, err);
}

tl_code tl_terrain_strips_write_tiled(tl_job *job, const tl_factor_source *source,
                                      const tl_factor_tiles *tiles,
                                      const char *const id[TL_FACTORS], const tl_progress *p,
                                      tl_err *err) {
    writing w = {.source = source,
                 .tiles = tiles,
                 .nrow = tiles->surface->nrow,
                 .ncol = tiles->surface->ncol,
                 .geo = tiles->geo};
    return write_factors(&w, job, id, p, err);
}

tl_code tl_terrain_strips_write_surface(tl_job *job, const tl_factor_source *source,
                                        tl_dem_rows *dem, const char *const id[TL_FACTORS],
                                        const tl_progress *p, tl_err *err) {
    writing w = {
        .source = source, .dem = dem, .nrow = dem->nrow, .ncol = dem->ncol, .geo = &dem->geo};
    return write_factors(&w, job, id, p, err);
}
