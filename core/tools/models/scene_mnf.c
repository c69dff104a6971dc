/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sums parts of a scene in parallel, but in a fixed order; see scene_mnf.h. */
#include "tools/models/scene_mnf.h"

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"

static const ptrdiff_t wanted_pixels = 400000;
static const ptrdiff_t group_rows = 16;
static const ptrdiff_t window_values = 16 * 1024 * 1024; /* floats, 64 MB */

enum { SLOTS = 4 };

typedef struct mnf_work {
    const tl_store *store;
    tl_raster *raster;
    const int *number;
    ptrdiff_t p;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    ptrdiff_t n_groups;
    int spread;          /* 1: there are gaps between the groups of rows */
    ptrdiff_t piece;     /* columns of a full window */
    float *window;       /* [p, rows * cols] */
    ptrdiff_t rows;      /* rows of the window whose pixels are summed */
    ptrdiff_t rows_read; /* one more when the next row is read for differences only */
    ptrdiff_t cols;      /* likewise */
    ptrdiff_t cols_read;
    tl_mnf_sums slot[SLOTS]; /* row r of a window belongs to slot r % SLOTS */
} mnf_work;

static tl_code sum_slot(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    mnf_work *w = arg;
    const ptrdiff_t stride = w->rows_read * w->cols_read;
    for (ptrdiff_t r = block; r < w->rows; r += SLOTS) {
        const float *row = w->window + r * w->cols_read;
        tl_spectra_mnf_data_add(&w->slot[block], row, w->cols, stride);
        if (r + 1 < w->rows_read) {
            tl_spectra_mnf_noise_add(&w->slot[block], row, row + w->cols_read, w->cols_read,
                                     stride);
        }
    }
    return TL_OK;
}

/* Adds one group of rows, in windows of columns whose width depends on the number of bands only. */
static tl_code add_group(mnf_work *w, ptrdiff_t row0, int threads, tl_err *err) {
    const ptrdiff_t rows_left = w->nrow - row0;
    w->rows = tl_min(rows_left, group_rows);
    w->rows_read = !w->spread && rows_left > w->rows ? w->rows + 1 : w->rows;
    for (ptrdiff_t col0 = 0; col0 < w->ncol; col0 += w->piece) {
        const ptrdiff_t columns_left = w->ncol - col0;
        w->cols = tl_min(columns_left, w->piece);
        w->cols_read = columns_left > w->cols ? w->cols + 1 : w->cols;
        TL_TRY(w->store->read_window(w->raster, col0, row0, w->cols_read, w->rows_read, w->number,
                                     w->p, w->window, err));
        TL_TRY(tl_parfor(threads, SLOTS, sum_slot, w, NULL, err));
    }
    return TL_OK;
}

static tl_code acquire_work(mnf_work *w, tl_err *err) {
    for (int i = 0; i < SLOTS; i++) {
        TL_TRY(tl_spectra_mnf_sums_init(&w->slot[i], w->p, err));
    }
    const ptrdiff_t fitting = window_values / (group_rows + 1) / w->p - 1;
    w->piece = tl_min(tl_max(fitting, 1), w->ncol);
    w->window = tl_acquire((group_rows + 1) * w->p, (size_t)(w->piece + 1) * sizeof *w->window);
    if (w->window == NULL) {
        return tl_no_memory(err, "%td rows of %td bands", group_rows, w->p);
    }
    const ptrdiff_t all = (w->nrow + group_rows - 1) / group_rows;
    const ptrdiff_t wanted = wanted_pixels / (group_rows * w->ncol) + 1;
    w->spread = w->nrow > wanted_pixels / w->ncol && wanted < all;
    w->n_groups = w->spread ? wanted : all;
    return TL_OK;
}

/* First row of a group. Groups with gaps are spread from the first row of the scene to the last one. */
static ptrdiff_t first_row(const mnf_work *w, ptrdiff_t group) {
    if (!w->spread) {
        return group * group_rows;
    }
    return w->n_groups == 1 ? (w->nrow - group_rows) / 2
                            : group * (w->nrow - group_rows) / (w->n_groups - 1);
}

static tl_code fit(mnf_work *w, ptrdiff_t k, tl_mnf *mnf, tl_scene_mnf *seen, tl_err *err) {
    for (int i = 1; i < SLOTS; i++) {
        TL_TRY(tl_spectra_mnf_merge(&w->slot[0], &w->slot[i], err));
    }
    seen->pixels = w->slot[0].pixels;
    seen->pairs = w->slot[0].pairs;
    if (seen->pairs < 2 * w->p) {
        return tl_fail(
            err, TL_DATA,
            "the noise of the scene cannot be estimated: %td pairs of neighbouring pixels "
            "have a value in all %td bands; wanted at least %td",
            seen->pairs, w->p, 2 * w->p);
    }
    return tl_spectra_mnf_fit(&w->slot[0], k, mnf, err);
}

tl_code tl_scene_mnf_collect(const tl_store *store, tl_raster *raster, const int *number,
                             ptrdiff_t p, ptrdiff_t k, int threads, const tl_progress *progress,
                             tl_mnf *mnf, tl_scene_mnf *seen, tl_err *err) {
    *mnf = (tl_mnf){0};
    const tl_raster_info *info = store->raster_info(raster);
    mnf_work w = {.store = store,
                  .raster = raster,
                  .number = number,
                  .p = p,
                  .nrow = info->nrow,
                  .ncol = info->ncol};
    tl_scene_mnf counts = {0};
    tl_code code;
    TL_CHECK(acquire_work(&w, err));
    for (ptrdiff_t g = 0; g < w.n_groups; g++) {
        TL_CHECK(add_group(&w, first_row(&w, g), threads, err));
        counts.rows += w.rows;
        TL_CHECK(tl_progress_at(progress, (double)(g + 1) / (double)w.n_groups, err));
    }
    TL_CHECK(fit(&w, k, mnf, &counts, err));
    if (seen != NULL) {
        *seen = counts;
    }
done:
    for (int i = 0; i < SLOTS; i++) {
        tl_spectra_mnf_sums_free(&w.slot[i]);
    }
    tl_release(w.window);
    return code;
}

/* score = weight (x - mean) as shift + weight x. */
static tl_code copy_projection(const tl_mnf *mnf, tl_linear *out, tl_err *err) {
    TL_TRY(tl_pipeline_linear_init(out, mnf->p, mnf->k, err));
    for (ptrdiff_t i = 0; i < mnf->k; i++) {
        const double *w = tl_matrix_row(&mnf->weight, i);
        for (ptrdiff_t j = 0; j < mnf->p; j++) {
            tl_matrix_row(&out->weight, j)[i] = w[j];
            out->shift[i] -= w[j] * mnf->mean[j];
        }
    }
    return TL_OK;
}

tl_code tl_scene_mnf_projection(const tl_store *store, const char *path, const int *number,
                                ptrdiff_t p, ptrdiff_t k, int threads, const tl_progress *progress,
                                tl_linear *out, tl_scene_mnf *seen, tl_err *err) {
    tl_raster *raster = NULL;
    tl_mnf mnf = {0};
    tl_code code;
    *out = (tl_linear){0};
    TL_CHECK(store->open_raster(path, "scene", &raster, err));
    TL_CHECK(tl_scene_mnf_collect(store, raster, number, p, k, threads, progress, &mnf, seen, err));
    TL_CHECK(copy_projection(&mnf, out, err));
done:
    store->close_raster(raster);
    tl_spectra_mnf_free(&mnf);
    return code;
}
