/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `samplespectra`: spectra of a scene at sample points. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "algs/algorithm.h"
#include "base/alloc.h"
#include "base/text.h"
#include "spectra/badbands.h"

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Hyperspectral scene with wavelengths (see sceneinfo)."},
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help = "Points in any CRS, or a CSV with x and y columns."},
    {.id = "id_field",
     .kind = TL_ARG_FIELD,
     .label = "Sample id",
     .help = "Field that names the samples; without it they are numbered from 1.",
     .optional = 1,
     .parent = "samples"},
    {.id = "window",
     .kind = TL_ARG_CHOICE,
     .label = "Window",
     .help =
         "The single pixel under the sample, or the mean of 3 x 3 pixels around it (NoData left "
         "out).",
     .fallback = "pixel",
     .choices = "pixel,mean3x3"},
    {.id = "bands",
     .kind = TL_ARG_CHOICE,
     .label = "Bands",
     .help = "The usable bands as sceneinfo lists them, or all bands.",
     .fallback = "good",
     .advanced = 1,
     .choices = "good,all"},
    {.id = "output",
     .kind = TL_ARG_SPECTRA_OUT,
     .label = "Spectra",
     .help = "CSV with the id and one column per wavelength (nm); physical values."},
};

typedef enum fate { KEPT, OUTSIDE, NO_PLACE, NODATA } fate;
static const char *const fates[] = {"kept", "outside the scene", "without coordinates",
                                    "on NoData"};

typedef struct extraction {
    tl_job *job;
    const tl_store *store;
    tl_raster *raster;
    const tl_raster_info *info;
    tl_samples samples;
    ptrdiff_t p;      /* bands taken */
    int *number;      /* [p] file numbers by rising wavelength */
    double *nm;       /* [p] */
    double *fwhm_nm;  /* [p] */
    double *values;   /* [samples, p] */
    fate *what;       /* [samples] */
    ptrdiff_t *pixel; /* [samples] row * ncol + col, -1 outside */
    ptrdiff_t gaps;   /* kept samples that lack some bands */
} extraction;

static void free_extraction(extraction *e) {
    e->store->close_raster(e->raster);
    tl_samples_free(&e->samples);
    tl_release(e->number);
    tl_release(e->nm);
    tl_release(e->fwhm_nm);
    tl_release(e->values);
    tl_release(e->what);
    tl_release(e->pixel);
}

static tl_code choose_bands(extraction *e, tl_err *err) {
    const tl_bands *table = &e->info->bands;
    if (!tl_bands_have_wavelengths(table)) {
        return tl_fail(err, TL_DATA,
                       "scene: '%s' has bands without wavelength; save a band table beside it (see "
                       "sceneinfo)",
                       tl_job_text(e->job, "scene"));
    }
    tl_bands bands;
    TL_TRY(tl_bands_copy(&bands, table, err));
    const tl_band_rules rules = tl_spectra_default_rules();
    (void)tl_spectra_flag_bands(&bands, &rules);
    const int all = tl_job_choice(e->job, "bands") == 1;
    ptrdiff_t *order = tl_acquire(bands.n, sizeof *order);
    e->number = tl_acquire(bands.n, sizeof *e->number);
    e->nm = tl_acquire(bands.n, sizeof *e->nm);
    e->fwhm_nm = tl_acquire(bands.n, sizeof *e->fwhm_nm);
    tl_code code = TL_OK;
    if (order == NULL || e->number == NULL || e->nm == NULL || e->fwhm_nm == NULL) {
        code = tl_fail(err, TL_NOMEM, "out of memory for %td bands", bands.n);
    } else {
        tl_bands_order(&bands, order);
        for (ptrdiff_t i = 0; i < bands.n; i++) {
            const tl_band *band = &bands.band[order[i]];
            const int repeats = e->p > 0 && !(band->centre_nm > e->nm[e->p - 1]);
            if ((band->good || all) && !repeats) {
                e->number[e->p] = band->index;
                e->nm[e->p] = band->centre_nm;
                e->fwhm_nm[e->p] = band->fwhm_nm;
                e->p++;
            }
        }
        if (e->p == 0) {
            code = tl_fail(err, TL_DATA, "scene: none of the %td bands is usable (see sceneinfo)",
                           bands.n);
        }
    }
    tl_release(order);
    tl_bands_free(&bands);
    return code;
}

static tl_code open_inputs(extraction *e, tl_err *err) {
    const char *id_field = tl_job_text(e->job, "id_field");
    TL_TRY(e->store->open_raster(tl_job_text(e->job, "scene"), "scene", &e->raster, err));
    e->info = e->store->raster_info(e->raster);
    TL_TRY(choose_bands(e, err));
    TL_TRY(e->store->read_samples(tl_job_text(e->job, "samples"), "samples", id_field, NULL, 0,
                                  &e->info->geo, tl_job_progress(e->job), &e->samples, err));
    e->values = e->samples.n > PTRDIFF_MAX / e->p
                    ? NULL
                    : tl_acquire(e->samples.n * e->p, sizeof *e->values);
    e->what = tl_acquire(e->samples.n, sizeof *e->what);
    e->pixel = tl_acquire(e->samples.n, sizeof *e->pixel);
    if (e->values == NULL || e->what == NULL || e->pixel == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td samples", e->samples.n);
    }
    return TL_OK;
}

/* --- spectra --- */

/* Mean of the valid values of each band in the window around a pixel. */
static tl_code read_spectrum(extraction *e, ptrdiff_t i, ptrdiff_t col, ptrdiff_t row,
                             float *window, tl_err *err) {
    const ptrdiff_t reach = tl_job_choice(e->job, "window") == 1 ? 1 : 0;
    const ptrdiff_t col0 = col > reach ? col - reach : 0;
    const ptrdiff_t row0 = row > reach ? row - reach : 0;
    const ptrdiff_t last_col = col + reach < e->info->ncol ? col + reach : e->info->ncol - 1;
    const ptrdiff_t last_row = row + reach < e->info->nrow ? row + reach : e->info->nrow - 1;
    const ptrdiff_t cells = (last_col - col0 + 1) * (last_row - row0 + 1);
    TL_TRY(e->store->read_window(e->raster, col0, row0, last_col - col0 + 1, last_row - row0 + 1,
                                 e->number, e->p, window, err));
    ptrdiff_t missing = 0;
    for (ptrdiff_t b = 0; b < e->p; b++) {
        double sum = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t k = 0; k < cells; k++) {
            const float value = window[b * cells + k];
            sum += isnan(value) ? 0.0 : (double)value;
            n += isnan(value) ? 0 : 1;
        }
        e->values[i * e->p + b] = n > 0 ? sum / (double)n : (double)NAN;
        missing += n == 0;
    }
    e->what[i] = missing == e->p ? NODATA : KEPT;
    return TL_OK;
}

static tl_code take_sample(extraction *e, ptrdiff_t i, float *window, tl_err *err) {
    double col = -1.0;
    double row = -1.0;
    e->pixel[i] = -1;
    e->what[i] = NO_PLACE;
    if (!isfinite(e->samples.x[i]) || !isfinite(e->samples.y[i])) {
        return TL_OK;
    }
    TL_TRY(tl_georef_to_cell(&e->info->geo, e->samples.x[i], e->samples.y[i], &col, &row, err));
    e->what[i] = OUTSIDE;
    if (!(col >= 0.0 && row >= 0.0 && col < (double)e->info->ncol && row < (double)e->info->nrow)) {
        return TL_OK;
    }
    e->pixel[i] = (ptrdiff_t)row * e->info->ncol + (ptrdiff_t)col;
    return read_spectrum(e, i, (ptrdiff_t)col, (ptrdiff_t)row, window, err);
}

static tl_code take_samples(extraction *e, tl_err *err) {
    float *window = tl_acquire(9 * e->p, sizeof *window);
    if (window == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td bands", e->p);
    }
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < e->samples.n && code == TL_OK; i++) {
        code = take_sample(e, i, window, err);
        if (code == TL_OK) {
            code = tl_progress_at(tl_job_progress(e->job),
                                  0.95 * (double)(i + 1) / (double)e->samples.n, err);
        }
    }
    tl_release(window);
    return code;
}

static int has_value(const extraction *e, ptrdiff_t b) {
    for (ptrdiff_t i = 0; i < e->samples.n; i++) {
        if (e->what[i] == KEPT && isfinite(e->values[i * e->p + b])) {
            return 1;
        }
    }
    return 0;
}

/* Leaves out the bands without a value at any sample (empty bands of the product), unless all bands
 * were asked for, and counts the spectra that still lack some. */
static void drop_empty_bands(extraction *e) {
    const ptrdiff_t old_p = e->p;
    ptrdiff_t p = 0;
    for (ptrdiff_t b = 0; b < old_p; b++) {
        if (tl_job_choice(e->job, "bands") == 1 || has_value(e, b)) {
            e->number[p] = (int)b; /* the old column, until the values are moved */
            e->nm[p] = e->nm[b];
            e->fwhm_nm[p] = e->fwhm_nm[b];
            p++;
        }
    }
    for (ptrdiff_t i = 0; i < e->samples.n; i++) {
        int gap = 0;
        for (ptrdiff_t b = 0; b < p; b++) {
            const double value = e->values[i * old_p + e->number[b]];
            e->values[i * p + b] = value;
            gap = gap || isnan(value);
        }
        e->gaps += gap && e->what[i] == KEPT;
    }
    if (p < old_p) {
        tl_job_say(e->job, TL_INFO, "%td bands have no value at any sample and are left out",
                   old_p - p);
    }
    e->p = p;
}

/* --- what happened to the samples --- */

static ptrdiff_t count(const extraction *e, fate what) {
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < e->samples.n; i++) {
        n += e->what[i] == what;
    }
    return n;
}

/* Says which samples met a fate. Messages are limited in length, so long lists take several. */
static void say_fate(const extraction *e, fate what) {
    tl_text list = {0};
    for (ptrdiff_t i = 0; i < e->samples.n; i++) {
        if (e->what[i] == what) {
            tl_text_addf(&list, "%s%.60s", list.length == 0 ? "" : ", ", e->samples.id[i]);
        }
        if (list.length > 800 || (i + 1 == e->samples.n && list.length > 0)) {
            tl_job_say(e->job, TL_WARNING, "samples %s (%td in all): %s", fates[what],
                       count(e, what), tl_text_data(&list));
            tl_text_free(&list);
        }
    }
}

typedef struct seat {
    ptrdiff_t pixel;
    ptrdiff_t sample;
} seat;

static int by_pixel(const void *a, const void *b) {
    const seat *x = a;
    const seat *y = b;
    if (x->pixel != y->pixel) {
        return x->pixel < y->pixel ? -1 : 1;
    }
    return x->sample < y->sample ? -1 : 1;
}

/* Samples that share a pixel have the same spectrum: worth knowing before cross-validation. */
static json_t *shared_pixels(const extraction *e) {
    json_t *list = json_array();
    seat *seats = tl_acquire(e->samples.n, sizeof *seats);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; seats != NULL && i < e->samples.n; i++) {
        if (e->what[i] == KEPT) {
            seats[n++] = (seat){e->pixel[i], i};
        }
    }
    if (n > 1) {
        qsort(seats, (size_t)n, sizeof *seats, by_pixel);
    }
    for (ptrdiff_t i = 0; i < n;) {
        ptrdiff_t end = i + 1;
        while (end < n && seats[end].pixel == seats[i].pixel) {
            end++;
        }
        if (end - i > 1) {
            json_t *group = json_array();
            tl_text text = {0};
            for (ptrdiff_t k = i; k < end; k++) {
                const char *id = e->samples.id[seats[k].sample];
                json_array_append_new(group, json_string(id));
                tl_text_addf(&text, "%s%.60s", k == i ? "" : ", ", id);
            }
            tl_job_say(e->job, TL_INFO, "samples in the same pixel: %.900s", tl_text_data(&text));
            tl_text_free(&text);
            json_array_append_new(list, group);
        }
        i = end;
    }
    tl_release(seats);
    return list;
}

static void put_result(const extraction *e) {
    json_t *dropped = json_array();
    for (ptrdiff_t i = 0; i < e->samples.n; i++) {
        if (e->what[i] != KEPT) {
            json_array_append_new(dropped, json_pack("{s:s, s:s}", "id", e->samples.id[i], "reason",
                                                     fates[e->what[i]]));
        }
    }
    tl_job_put_number(e->job, "samples", (double)e->samples.n);
    tl_job_put_number(e->job, "spectra", (double)count(e, KEPT));
    tl_job_put_number(e->job, "bands", (double)e->p);
    tl_job_put_number(e->job, "spectra_with_gaps", (double)e->gaps);
    tl_job_put_json(e->job, "dropped", dropped);
    tl_job_put_json(e->job, "shared_pixels", shared_pixels(e));
}

static tl_code write_spectra(const extraction *e, tl_err *err) {
    tl_spectra table;
    TL_TRY(tl_spectra_init(&table, count(e, KEPT), e->p, err));
    memcpy(table.wavelength_nm, e->nm, (size_t)e->p * sizeof *e->nm);
    memcpy(table.fwhm_nm, e->fwhm_nm, (size_t)e->p * sizeof *e->fwhm_nm);
    tl_code code = TL_OK;
    ptrdiff_t row = 0;
    for (ptrdiff_t i = 0; i < e->samples.n && code == TL_OK; i++) {
        if (e->what[i] == KEPT) {
            memcpy(tl_matrix_row(&table.values, row), e->values + i * e->p,
                   (size_t)e->p * sizeof *e->values);
            code = tl_spectra_set_id(&table, row, e->samples.id[i], err);
            row++;
        }
    }
    if (code == TL_OK) {
        code = e->store->write_spectra(tl_job_output(e->job, "output"), "output", &table, err);
    }
    tl_spectra_free(&table);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    extraction e = {.job = job, .store = tl_job_store(job)};
    tl_code code = TL_OK;
    TL_CHECK(open_inputs(&e, err));
    TL_CHECK(take_samples(&e, err));
    if (count(&e, KEPT) == 0) {
        code =
            tl_fail(err, TL_DATA,
                    "samples: none of the %td samples of '%s' lies on a valid pixel of '%s' (%td "
                    "outside, %td on NoData, %td without coordinates); check the CRS of both",
                    e.samples.n, tl_job_text(job, "samples"), tl_job_text(job, "scene"),
                    count(&e, OUTSIDE), count(&e, NODATA), count(&e, NO_PLACE));
        goto done;
    }
    drop_empty_bands(&e);
    for (int what = OUTSIDE; what <= NODATA; what++) {
        say_fate(&e, (fate)what);
    }
    if (e.gaps > 0) {
        tl_job_say(job, TL_WARNING, "%td spectra lack some bands; those cells are empty", e.gaps);
    }
    put_result(&e);
    tl_job_say(job, TL_INFO, "%td spectra of %td bands from %td samples", count(&e, KEPT), e.p,
               e.samples.n);
    code = write_spectra(&e, err);
done:
    free_extraction(&e);
    return code;
}

const tl_algorithm tl_alg_samplespectra = {
    .id = "samplespectra",
    .title = "Spectra at samples",
    .group = "Prepare",
    .summary = "Spectra of a scene at sample points, as a table.",
    .help =
        "Reads the spectrum of the pixel under every sample, or the mean of 3 x 3 pixels. Points "
        "are transformed to the CRS of the scene. Samples off the scene, on NoData or without "
        "coordinates are left out and listed by id; samples that share a pixel are listed, too. "
        "The table has one row per remaining sample and one column per wavelength in "
        "nanometres, with the scale and offset of the scene applied.",
    .example =
        "tilth samplespectra --scene scene.tif --samples samples.gpkg --id_field id --output "
        "spectra.csv",
    .citation = "docs/guide/formats.md",
    .tags = "hyperspectral,points,extract,spectra,samples",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
