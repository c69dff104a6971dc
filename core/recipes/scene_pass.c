/* SPDX-License-Identifier: GPL-2.0-or-later
 * Passes over scenes; see scene_pass.h. */
#include "recipes/scene_pass.h"

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "recipes/scene_rows.h"

enum { BUFFERS = 3 };

typedef struct work {
    const tl_scene_pass *pass;
    const tl_store *store;
    ptrdiff_t ncol;
    ptrdiff_t tall; /* rows of a full block */
    int *number;    /* [bands] of the file */
    float *buffer[BUFFERS];
    ptrdiff_t at; /* the current block */
} work;

static ptrdiff_t first_of_block(const work *w, ptrdiff_t block) {
    return w->pass->first_row + block * w->tall;
}

static ptrdiff_t rows_of_block(const work *w, ptrdiff_t block) {
    return tl_min(w->pass->end_row - first_of_block(w, block), w->tall);
}

static ptrdiff_t block_count(const work *w) {
    return (w->pass->end_row - w->pass->first_row + w->tall - 1) / w->tall;
}

static tl_code read_block(const work *w, ptrdiff_t block, tl_err *err) {
    if (block >= block_count(w)) {
        return TL_OK;
    }
    return w->store->read_stored(w->pass->raster, first_of_block(w, block), rows_of_block(w, block),
                                 w->number, w->pass->bands->n, w->buffer[block % BUFFERS], err);
}

static tl_code write_block(const work *w, ptrdiff_t block, tl_err *err) {
    if (block < 0 || w->pass->sink == NULL) {
        return TL_OK;
    }
    return w->store->write_scene_rows(w->pass->sink, first_of_block(w, block),
                                      rows_of_block(w, block), w->buffer[block % BUFFERS], err);
}

static tl_code work_on_band(const work *w, ptrdiff_t b, tl_err *err) {
    const tl_scene_pass *pass = w->pass;
    const ptrdiff_t n_rows = rows_of_block(w, w->at);
    const ptrdiff_t cells = n_rows * w->ncol;
    float *rows = w->buffer[w->at % BUFFERS] + b * cells;
    for (ptrdiff_t i = 0; i < cells; i++) {
        rows[i] = tl_band_value(&pass->bands->band[b], rows[i]);
    }
    return pass->body(pass->arg, b, first_of_block(w, w->at), n_rows, rows, err);
}

static tl_code do_part(void *arg, ptrdiff_t part, tl_err *err) {
    work *w = arg;
    return part == 0   ? read_block(w, w->at + 1, err)
           : part == 1 ? write_block(w, w->at - 1, err)
                       : work_on_band(w, part - 2, err);
}

static tl_code run_blocks(work *w, const tl_progress *progress, tl_err *err) {
    const ptrdiff_t count = block_count(w);
    TL_TRY(read_block(w, 0, err));
    for (w->at = 0; w->at < count; w->at++) {
        const tl_progress part = tl_progress_part(progress, (double)w->at / (double)count,
                                                  (double)(w->at + 1) / (double)count);
        TL_TRY(
            tl_parfor(tl_job_threads(w->pass->job), 2 + w->pass->bands->n, do_part, w, &part, err));
    }
    return write_block(w, count - 1, err);
}

tl_code tl_recipes_scene_pass(const tl_scene_pass *pass, const tl_progress *progress, tl_err *err) {
    work w = {.pass = pass, .store = tl_job_store(pass->job)};
    const tl_raster_info *info = w.store->raster_info(pass->raster);
    w.ncol = info->ncol;
    w.tall = tl_recipes_scene_rows(pass->job, info, pass->bands->n, BUFFERS);
    int missing = 0;
    w.number = tl_acquire(pass->bands->n, sizeof *w.number);
    for (int k = 0; k < BUFFERS; k++) {
        w.buffer[k] = tl_acquire(pass->bands->n * w.tall * w.ncol, sizeof(float));
        missing |= w.buffer[k] == NULL;
    }
    tl_code code =
        w.number == NULL || missing
            ? tl_no_memory(err, "blocks of %td rows with %td bands", w.tall, pass->bands->n)
            : TL_OK;
    if (code == TL_OK) {
        for (ptrdiff_t b = 0; b < pass->bands->n; b++) {
            w.number[b] = pass->bands->band[b].index;
        }
        code = run_blocks(&w, progress, err);
    }
    tl_release(w.number);
    for (int k = 0; k < BUFFERS; k++) {
        tl_release(w.buffer[k]);
    }
    return code;
}
