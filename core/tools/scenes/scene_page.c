/* SPDX-License-Identifier: GPL-2.0-or-later
 * The page of a scene; see scene_page.h. */
#include "tools/scenes/scene_page.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/text.h"
#include "base/version.h"
#include "json/json.h"
#include "num/stats.h"

/* The picture has at most this many cells per side. */
enum { LONGEST_SIDE = 480 };

/* Red, green and blue of human vision; a scene without them is shown with three of its own
 * bands. */
static const double colours_nm[3] = {650.0, 550.0, 460.0};

static ptrdiff_t nearest_band(const tl_bands *bands, double nm) {
    ptrdiff_t best = -1;
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        const tl_band *band = &bands->band[b];
        if (band->good && isfinite(band->centre_nm) &&
            (best < 0 || fabs(band->centre_nm - nm) < fabs(bands->band[best].centre_nm - nm))) {
            best = b;
        }
    }
    return best;
}

/* Bytes 1..255 between the 2nd and the 98th percentile, 0 for NoData, as two hex digits each. */
static tl_code add_channel(const float *value, ptrdiff_t n, tl_text *hex, tl_err *err) {
    double *sorted = tl_acquire(n, sizeof *sorted);
    if (sorted == NULL) {
        return tl_no_memory(err, "a picture of the scene");
    }
    ptrdiff_t used = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (!isnan(value[i])) {
            sorted[used++] = (double)value[i];
        }
    }
    tl_num_sort(sorted, used);
    const double low = used > 0 ? sorted[(used - 1) * 2 / 100] : 0.0;
    const double high = used > 0 ? sorted[(used - 1) * 98 / 100] : 1.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double share = high > low ? ((double)value[i] - low) / (high - low) : 0.5;
        const double bound = fmin(1.0, fmax(0.0, share));
        tl_text_addf(hex, "%02x", isnan(value[i]) ? 0U : 1U + (unsigned)(254.0 * bound));
    }
    tl_release(sorted);
    return hex->failed ? tl_no_memory(err, "a picture of the scene") : TL_OK;
}

typedef struct picture {
    ptrdiff_t step; /* every step-th cell is used */
    ptrdiff_t wide;
    ptrdiff_t tall;
    int number[3]; /* bands of the file */
    double nm[3];
    float *cells; /* [3, tall, wide] */
} picture;

static tl_code read_picture(const tl_store *store, tl_raster *raster, picture *p, tl_err *err) {
    const tl_raster_info *info = store->raster_info(raster);
    float *row = tl_acquire(3 * info->ncol, sizeof *row);
    p->cells = tl_acquire(3 * p->wide * p->tall, sizeof *p->cells);
    tl_code code =
        row == NULL || p->cells == NULL ? tl_no_memory(err, "a picture of the scene") : TL_OK;
    for (ptrdiff_t r = 0; code == TL_OK && r < p->tall; r++) {
        code = store->read_window(raster, 0, r * p->step, info->ncol, 1, p->number, 3, row, err);
        for (ptrdiff_t i = 0; code == TL_OK && i < 3 * p->wide; i++) {
            p->cells[i / p->wide * p->wide * p->tall + r * p->wide + i % p->wide] =
                row[i / p->wide * info->ncol + i % p->wide * p->step];
        }
    }
    tl_release(row);
    return code;
}

static tl_code add_picture(const tl_job *job, tl_raster *raster, const tl_bands *bands,
                           json_t *page, tl_err *err) {
    const tl_raster_info *info = tl_job_store(job)->raster_info(raster);
    const ptrdiff_t side = tl_max(info->nrow, info->ncol);
    picture p = {.step = (side + LONGEST_SIDE - 1) / LONGEST_SIDE};
    p.wide = (info->ncol + p.step - 1) / p.step;
    p.tall = (info->nrow + p.step - 1) / p.step;
    for (int k = 0; k < 3; k++) {
        const ptrdiff_t b = nearest_band(bands, colours_nm[k]);
        if (b < 0) {
            return TL_OK;
        }
        p.number[k] = bands->band[b].index;
        p.nm[k] = bands->band[b].centre_nm;
    }
    tl_text hex = {0};
    tl_code code = read_picture(tl_job_store(job), raster, &p, err);
    for (int k = 0; code == TL_OK && k < 3; k++) {
        code = add_channel(p.cells + k * p.wide * p.tall, p.wide * p.tall, &hex, err);
    }
    if (code == TL_OK) {
        tl_json_put(
            page, "picture",
            tl_json_pack("{s:i, s:i, s:s, s:[f, f, f]}", "wide", (int)p.wide, "tall", (int)p.tall,
                         "hex", tl_text_data(&hex), "nm", p.nm[0], p.nm[1], p.nm[2]));
    }
    tl_text_free(&hex);
    tl_release(p.cells);
    return code;
}

static json_t *bands_as_json(const tl_bands *bands, const tl_scene_quality *quality) {
    json_t *list = tl_json_array();
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        char advice[96];
        const tl_band *band = &bands->band[b];
        const tl_band_quality *q = &quality->band[b];
        tl_json_append(
            list,
            tl_json_pack("{s:i, s:o, s:i, s:b, s:o, s:o, s:o, s:o, s:s}", "band", band->index, "nm",
                         tl_job_json_number(band->centre_nm), "detector", band->detector, "good",
                         band->good, "reason", tl_json_text(band->reason), "mean",
                         tl_job_json_number(q->mean), "snr", tl_job_json_number(q->mean / q->noise),
                         "stripes", tl_job_json_number(q->stripe_percent), "advice",
                         tl_scene_quality_advice(q, advice)));
    }
    return list;
}

static json_t *seams_as_json(const tl_scene_quality *quality) {
    json_t *list = tl_json_array();
    for (ptrdiff_t k = 0; k < quality->seams.n; k++) {
        const double step = quality->seams.step[k];
        tl_json_append(
            list, tl_json_pack("{s:f, s:o, s:o, s:o}", "nm", quality->seams.seam[k].at_nm, "step",
                               tl_job_json_number(step), "percent",
                               tl_job_json_number(100.0 * step / quality->seams.level[k]),
                               "keystone", tl_job_json_number(quality->keystone[k])));
    }
    return list;
}

tl_code tl_scene_page(const tl_job *job, tl_raster *raster, const tl_bands *bands,
                      const tl_scene_quality *quality, const char *title, tl_err *err) {
    const tl_raster_info *info = tl_job_store(job)->raster_info(raster);
    json_t *page = tl_json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:o}", "output",
        tl_job_output(job, "report"), "target", tl_job_target(job, "report"), "title", title,
        "version", tl_version(), "rows", (int)info->nrow, "columns", (int)info->ncol, "sensor",
        tl_json_text(info->facts.sensor), "utc", tl_json_text(info->facts.utc), "smile_nm",
        tl_job_json_number(quality->smile_nm), "line_depth",
        tl_job_json_number(quality->line_depth));
    tl_json_put(page, "bands", bands_as_json(bands, quality));
    tl_json_put(page, "seams", seams_as_json(quality));
    tl_code code = add_picture(job, raster, bands, page, err);
    char *text = code == TL_OK ? tl_json_print(page, JSON_COMPACT) : NULL;
    if (code == TL_OK) {
        code = text == NULL
                   ? tl_no_memory(err, "the text of the page")
                   : tl_job_store(job)->run_python("report/render_scene.py", text, NULL, err);
    }
    tl_release(text);
    json_decref(page);
    return code;
}
