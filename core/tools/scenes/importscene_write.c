/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes an imported scene: reads the parts once, whole rows of all bands, and passes them on. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "base/wide.h"
#include "json/json.h"
#include "tools/scenes/importscene.h"

static const double max_block_bytes = 96.0 * 1024.0 * 1024.0;

typedef struct output {
    tl_import *m;
    tl_bands bands;  /* of the output */
    ptrdiff_t *from; /* [bands.n] position in m->bands */
    tl_sink *sink;
    ptrdiff_t step;   /* rows of a block */
    float *block;     /* [bands.n, step * ncol] */
    ptrdiff_t n_rows; /* of the current block */
    ptrdiff_t *valid; /* [bands.n] valid values */
} output;

static int is_kept(const tl_import *m, ptrdiff_t b) {
    return m->bands.band[b].good || tl_job_choice(m->job, "bad_bands") == 0;
}

/* How whole numbers are stored. Values that the product stores as whole numbers from 0 to 65535
 * keep their own scale in uint16 without loss; all others get steps finer than their noise. */
static void choose_scale(const tl_bands *bands, tl_stored_type type, int is_native, tl_band *band) {
    if (type == TL_STORED_UINT16 && is_native) {
        return;
    }
    const int is_radiance = bands->quantity == TL_QUANTITY_RADIANCE;
    const int is_reflectance = bands->quantity == TL_QUANTITY_REFLECTANCE ||
                               bands->quantity == TL_QUANTITY_TOA_REFLECTANCE;
    band->has_nodata = 1;
    band->scale = 1.0;
    band->offset = 0.0;
    band->nodata = (double)NAN;
    if (type == TL_STORED_FLOAT32) {
        return;
    }
    band->nodata = type == TL_STORED_INT16 ? -32768.0 : 65535.0;
    if (is_radiance) {
        band->scale = 0.02;
    } else if (is_reflectance) {
        band->scale = 0.0001;
        band->offset = type == TL_STORED_INT16 ? 0.0 : -0.1;
    }
}

/* 1: every band of the product has a NoData value inside 0..65535 and was digital numbers. */
static int is_native(const tl_band *band) {
    return band->has_nodata && band->nodata >= 0.0 && band->nodata <= 65535.0 &&
           (band->scale < 1.0 || band->scale > 1.0 || band->offset < 0.0 || band->offset > 0.0);
}

static tl_code choose_bands(output *o, tl_stored_type type, tl_err *err) {
    const tl_import *m = o->m;
    ptrdiff_t n = 0;
    for (ptrdiff_t b = 0; b < m->bands.n; b++) {
        n += is_kept(m, b);
    }
    TL_TRY(tl_bands_init(&o->bands, n, err));
    o->bands.quantity = m->bands.quantity;
    o->from = tl_acquire(n, sizeof *o->from);
    o->valid = tl_acquire(n, sizeof *o->valid);
    if (o->from == NULL || o->valid == NULL) {
        return tl_no_memory(err, "%td bands", n);
    }
    for (ptrdiff_t b = 0, at = 0; b < m->bands.n; b++) {
        if (is_kept(m, b)) {
            o->from[at] = b;
            o->bands.band[at] = m->bands.band[b];
            o->bands.band[at].index = (int)at + 1;
            choose_scale(&o->bands, type, is_native(&m->bands.band[b]), &o->bands.band[at]);
            at++;
        }
    }
    return TL_OK;
}

/* Reads the kept bands of a block; those of one part are adjacent in the block. */
static tl_code read_block(output *o, ptrdiff_t row0, tl_err *err) {
    tl_import *m = o->m;
    const ptrdiff_t n = o->bands.n;
    int *number = tl_acquire(n, sizeof *number);
    if (number == NULL) {
        return tl_no_memory(err, "%td bands", n);
    }
    tl_code code = TL_OK;
    for (ptrdiff_t first = 0, last = 0; first < n && code == TL_OK; first = last) {
        const ptrdiff_t part = m->part[o->from[first]];
        for (last = first; last < n && m->part[o->from[last]] == part; last++) {
            number[last - first] = m->number[o->from[last]];
        }
        code = m->store->read_product(m->product, part, row0, o->n_rows, number, last - first,
                                      o->block + first * o->n_rows * m->grid.ncol, err);
    }
    tl_release(number);
    return code;
}

/* Converts stored values to physical ones, for one band. */
TL_WIDE_CLONES static ptrdiff_t convert(const tl_band *band, float *value, ptrdiff_t n) {
    const double scale = band->scale;
    const double offset = band->offset;
    const tl_nodata_range none = tl_bands_nodata_range(band);
    ptrdiff_t valid = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float stored = value[i];
        const int there = (fabsf(stored) < TL_BAND_STORED_LIMIT) &
                          !((stored >= none.low) & (stored <= none.high));
        value[i] = there ? (float)(scale * (double)stored + offset) : NAN;
        valid += there;
    }
    return valid;
}

static tl_code convert_band(void *arg, ptrdiff_t b, tl_err *err) {
    (void)err;
    const output *o = arg;
    const ptrdiff_t cells = o->n_rows * o->m->grid.ncol;
    o->valid[b] += convert(&o->m->bands.band[o->from[b]], o->block + b * cells, cells);
    return TL_OK;
}

static tl_code stream(output *o, const tl_progress *progress, tl_err *err) {
    tl_import *m = o->m;
    const ptrdiff_t nrow = m->grid.nrow;
    const double row_bytes = (double)(o->bands.n * m->grid.ncol) * sizeof(float);
    const double share = fmin(max_block_bytes, tl_job_memory_bytes(m->job) / 4.0);
    o->step = (ptrdiff_t)fmin(fmax(floor(share / row_bytes), 1.0), (double)nrow);
    o->block = tl_acquire(o->bands.n * o->step, (size_t)m->grid.ncol * sizeof *o->block);
    if (o->block == NULL) {
        return tl_no_memory(err, "%td rows of %td bands", o->step, o->bands.n);
    }
    if (m->store->limit_cache != NULL) {
        (void)m->store->limit_cache(tl_job_memory_bytes(m->job) / 8.0);
    }
    for (ptrdiff_t row = 0; row < nrow; row += o->step) {
        o->n_rows = tl_min(nrow - row, o->step);
        TL_TRY(tl_progress_at(progress, (double)row / (double)nrow, err));
        TL_TRY(read_block(o, row, err));
        TL_TRY(tl_parfor(tl_job_threads(m->job), o->bands.n, convert_band, o, NULL, err));
        TL_TRY(m->store->write_scene_rows(o->sink, row, o->n_rows, o->block, err));
    }
    return tl_progress_at(progress, 1.0, err);
}

/* The run record with the decisions; owned, NULL when memory is out. */
static char *record_with_decisions(const tl_import *m, const char *record) {
    json_t *whole = NULL;
    char *text = NULL;
    if (tl_json_parse(record, strlen(record), 0, &whole, NULL) == TL_OK) {
        tl_json_put(whole, "decisions", json_incref(m->decisions));
        text = tl_json_print(whole, JSON_COMPACT);
    }
    json_decref(whole);
    return text;
}

static void put_summary(const output *o) {
    const tl_import *m = o->m;
    double share = 0.0;
    ptrdiff_t good = 0;
    for (ptrdiff_t b = 0; b < o->bands.n; b++) {
        share += (double)o->valid[b] / (double)(m->grid.nrow * m->grid.ncol) / (double)o->bands.n;
        good += o->bands.band[b].good;
    }
    tl_job_put_text(m->job, "product", m->info->kind);
    tl_job_put_number(m->job, "rows", (double)m->grid.nrow);
    tl_job_put_number(m->job, "columns", (double)m->grid.ncol);
    tl_job_put_number(m->job, "bands", (double)o->bands.n);
    tl_job_put_number(m->job, "good_bands", (double)good);
    tl_job_put_number(m->job, "valid_share", share);
    tl_job_log(m->job, share > 0.0 ? TL_INFO : TL_WARNING,
               "%s: %td rows, %td columns, %td bands (%td used), %.1f %% of the values are valid",
               m->info->kind, m->grid.nrow, m->grid.ncol, o->bands.n, good, 100.0 * share);
}

static tl_code write_scene(output *o, tl_err *err) {
    static const tl_stored_type types[] = {TL_STORED_FLOAT32, TL_STORED_INT16, TL_STORED_UINT16};
    static const tl_interleave orders[] = {TL_BY_BAND, TL_BY_LINE, TL_BY_PIXEL};
    tl_import *m = o->m;
    const tl_scene_form form = {.type = types[tl_job_choice(m->job, "type")],
                                .interleave = orders[tl_job_choice(m->job, "interleave")]};
    TL_TRY(choose_bands(o, form.type, err));
    const char *plain = NULL;
    TL_TRY(tl_job_record(m->job, &plain, err));
    char *record = record_with_decisions(m, plain);
    if (record == NULL) {
        return tl_no_memory(err, "the run record");
    }
    tl_code code = m->store->create_scene(tl_job_output(m->job, "output"), "output", m->grid.nrow,
                                          m->grid.ncol, &m->grid.geo, &o->bands, &form, &m->facts,
                                          record, &o->sink, err);
    tl_release(record);
    TL_TRY(code);
    const tl_progress writing = tl_progress_part(tl_job_progress(m->job), 0.05, 1.0);
    code = stream(o, &writing, err);
    if (code != TL_OK) {
        m->store->abandon_raster(o->sink);
        return code;
    }
    return m->store->finish_raster(o->sink, err);
}

tl_code tl_importscene_write(tl_import *m, tl_err *err) {
    output o = {.m = m};
    const tl_code code = write_scene(&o, err);
    if (code == TL_OK) {
        put_summary(&o);
    }
    tl_bands_free(&o.bands);
    tl_release(o.from);
    tl_release(o.valid);
    tl_release(o.block);
    return code;
}
