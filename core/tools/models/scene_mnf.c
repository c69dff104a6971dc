/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pieces of a scene, summed up side by side in a fixed order; see scene_mnf.h. */
#include "tools/models/scene_mnf.h"

#include "base/alloc.h"
#include "base/parfor.h"

static const ptrdiff_t enough_pixels = 400000;
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
    int spread;          /* 1: groups with gaps between them */
    ptrdiff_t piece;     /* columns of a window that count as upper left ones */
    float *window;       /* [p, rows * cols] */
    ptrdiff_t rows;      /* of the window: those that count as pixels */
    ptrdiff_t rows_read; /* one more when the next row is there for differences only */
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

/* One group of rows, in windows of columns whose width depends on the number of bands alone. */
static tl_code take_group(mnf_work *w, ptrdiff_t row0, int threads, tl_err *err) {
    const ptrdiff_t left = w->nrow - row0;
    w->rows = left < group_rows ? left : group_rows;
    w->rows_read = !w->spread && left > w->rows ? w->rows + 1 : w->rows;
    for (ptrdiff_t col0 = 0; col0 < w->ncol; col0 += w->piece) {
        const ptrdiff_t beside = w->ncol - col0;
        w->cols = beside < w->piece ? beside : w->piece;
        w->cols_read = beside > w->cols ? w->cols + 1 : w->cols;
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
    w->piece = fitting < 1 ? 1 : fitting;
    w->piece = w->piece > w->ncol ? w->ncol : w->piece;
    w->window = tl_acquire((group_rows + 1) * w->p, (size_t)(w->piece + 1) * sizeof *w->window);
    if (w->window == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td rows of %td bands", group_rows, w->p);
    }
    const ptrdiff_t all = (w->nrow + group_rows - 1) / group_rows;
    const ptrdiff_t wanted = enough_pixels / (group_rows * w->ncol) + 1;
    w->spread = w->nrow > enough_pixels / w->ncol && wanted < all;
    w->n_groups = w->spread ? wanted : all;
    return TL_OK;
}

/* First row of a group; spread ones reach from the first row of the scene to the last one. */
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
        return tl_fail(err, TL_DATA,
                       "the noise of the scene cannot be told: %td pairs of neighbouring pixels "
                       "have a value in all %td bands, wanted at least %td",
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
    tl_scene_mnf look = {0};
    tl_code code;
    TL_CHECK(acquire_work(&w, err));
    for (ptrdiff_t g = 0; g < w.n_groups; g++) {
        TL_CHECK(take_group(&w, first_row(&w, g), threads, err));
        look.rows += w.rows;
        TL_CHECK(tl_progress_at(progress, (double)(g + 1) / (double)w.n_groups, err));
    }
    TL_CHECK(fit(&w, k, mnf, &look, err));
    if (seen != NULL) {
        *seen = look;
    }
done:
    for (int i = 0; i < SLOTS; i++) {
        tl_spectra_mnf_sums_free(&w.slot[i]);
    }
    tl_release(w.window);
    return code;
}

/* score = weight (x - mean) as shift + weight x. */
static tl_code take_projection(const tl_mnf *mnf, tl_linear *out, tl_err *err) {
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
    TL_CHECK(take_projection(&mnf, out, err));
done:
    store->close_raster(raster);
    tl_spectra_mnf_free(&mnf);
    return code;
}
