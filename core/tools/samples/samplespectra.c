/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `samplespectra`: spectra of a scene at sample points. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "recipes/band_list.h"
#include "recipes/pixel_spectra.h"
#include "recipes/shared_args.h"
#include "spectra/badbands.h"
#include "training_set/excluded.h"

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Hyperspectral scene with wavelengths; sceneinfo shows them."},
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help =
         "Point layer in any coordinate reference system (CRS), or a CSV table with the columns "
         "x and y."},
    {TL_SHARED_ID_FIELD},
    {.id = "window",
     .kind = TL_ARG_CHOICE,
     .label = "Window",
     .help =
         "Pixels that are read for each sample. By default only the pixel that contains it; the "
         "mean of 3 x 3 pixels has less noise, but mixes the soils around the sample. NoData is "
         "left out of the mean.",
     .fallback = "pixel",
     .choices = "pixel,mean3x3",
     .labels = "Single pixel|Mean of 3 x 3 pixels"},
    {.id = "bands",
     .kind = TL_ARG_CHOICE,
     .label = "Bands",
     .help = "Bands that the table contains. By default the usable bands as sceneinfo lists them; "
             "all also writes the bad ones.",
     .fallback = "good",
     .advanced = 1,
     .choices = "good,all",
     .labels = "Usable bands|All bands"},
    {TL_SHARED_MISSING_VALUES},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_SPECTRA_OUT,
     .label = "Spectra",
     .help = "CSV table with the id and one column per wavelength (nm), with the scale and offset "
             "of the scene applied."},
};

typedef struct extraction {
    tl_job *job;
    const tl_store *store;
    tl_raster *raster;
    const tl_raster_info *info;
    tl_samples samples;
    tl_band_list bands;  /* the bands that are read */
    tl_matrix values;    /* [samples, bands.p] */
    ptrdiff_t *cell;     /* [samples] row * ncol + col; -1 outside the scene */
    const char **reason; /* [samples] why excluded; NULL = kept */
    ptrdiff_t n;         /* samples kept */
    json_t *excluded;
    ptrdiff_t gaps; /* kept samples that lack some bands */
} extraction;

static void free_extraction(extraction *e) {
    e->store->close_raster(e->raster);
    tl_source_samples_free(&e->samples);
    tl_recipes_band_list_free(&e->bands);
    tl_matrix_free(&e->values);
    tl_release(e->cell);
    tl_release((void *)e->reason);
    json_decref(e->excluded);
}

static tl_code select_bands(extraction *e, tl_err *err) {
    const int all = tl_job_choice(e->job, "bands") == 1;
    if (!tl_bands_have_wavelengths(&e->info->bands) &&
        (all || !tl_bands_good_have_wavelengths(&e->info->bands))) {
        return tl_fail(
            err, TL_DATA,
            "scene: '%s' has bands without wavelength; save a band table next to it (see "
            "sceneinfo)",
            tl_job_text(e->job, "scene"));
    }
    tl_bands bands;
    TL_TRY(tl_bands_copy(&bands, &e->info->bands, err));
    const tl_band_rules rules = tl_spectra_default_rules();
    const ptrdiff_t good = tl_spectra_flag_bands(&bands, &rules);
    const tl_code code =
        good == 0 && !all
            ? tl_fail(err, TL_DATA, "scene: none of the %td bands can be used (see sceneinfo)",
                      bands.n)
            : tl_recipes_band_list_select(&e->bands, &bands, all, err);
    tl_bands_free(&bands);
    return code;
}

static tl_code open_inputs(extraction *e, tl_err *err) {
    const char *id_field = tl_job_text(e->job, "id_field");
    TL_TRY(e->store->open_raster(tl_job_text(e->job, "scene"), "scene", &e->raster, err));
    e->info = e->store->raster_info(e->raster);
    TL_TRY(select_bands(e, err));
    TL_TRY(e->store->read_samples(tl_job_text(e->job, "samples"), "samples", id_field, NULL, 0,
                                  &e->info->geo, tl_job_progress(e->job), &e->samples, err));
    TL_TRY(tl_matrix_init(&e->values, e->samples.n, e->bands.p, err));
    e->excluded = tl_json_array();
    e->reason = tl_acquire(e->samples.n, sizeof *e->reason);
    e->cell = tl_acquire(e->samples.n, sizeof *e->cell);
    return e->excluded == NULL || e->reason == NULL || e->cell == NULL
               ? tl_no_memory(err, "%td samples", e->samples.n)
               : TL_OK;
}

/* --- spectra --- */

static tl_code read_sample(extraction *e, ptrdiff_t i, tl_err *err) {
    const ptrdiff_t reach = tl_job_choice(e->job, "window") == 1 ? 1 : 0;
    double *spectrum = tl_matrix_row(&e->values, i);
    TL_TRY(tl_recipes_find_cell(e->info, e->samples.x[i], e->samples.y[i], &e->cell[i],
                                &e->reason[i], err));
    if (e->reason[i] != NULL) {
        return TL_OK;
    }
    TL_TRY(tl_recipes_read_spectrum(e->store, e->raster, e->cell[i], reach, e->bands.number,
                                    e->bands.p, spectrum, err));
    e->reason[i] = "on NoData";
    for (ptrdiff_t b = 0; b < e->bands.p; b++) {
        if (isfinite(spectrum[b])) {
            e->reason[i] = NULL;
        }
    }
    if (tl_recipes_is_negative(spectrum, e->bands.p)) {
        e->reason[i] = TL_RECIPES_NEGATIVE;
    }
    return TL_OK;
}

static tl_code read_samples_spectra(extraction *e, tl_err *err) {
    for (ptrdiff_t i = 0; i < e->samples.n; i++) {
        TL_TRY(read_sample(e, i, err));
        if (e->reason[i] == NULL) {
            e->n++;
        } else {
            TL_TRY(tl_training_set_excluded_add(e->excluded, e->samples.id[i], e->reason[i], err));
        }
        TL_TRY(tl_progress_at(tl_job_progress(e->job),
                              0.95 * (double)(i + 1) / (double)e->samples.n, err));
    }
    if (e->n > 0) {
        tl_training_set_excluded_log(e->job, e->excluded);
        return TL_OK;
    }
    tl_text reasons = {0};
    tl_training_set_excluded_count(e->excluded, &reasons);
    const tl_code code = tl_fail(
        err, TL_DATA,
        "samples: none of the %td samples of '%s' is on a valid pixel of '%s' (%s); check the CRS "
        "of both",
        e->samples.n, tl_job_text(e->job, "samples"), tl_job_text(e->job, "scene"),
        tl_text_data(&reasons));
    tl_text_free(&reasons);
    return code;
}

static int has_value(const extraction *e, ptrdiff_t b) {
    for (ptrdiff_t i = 0; i < e->samples.n; i++) {
        if (e->reason[i] == NULL && isfinite(tl_matrix_row(&e->values, i)[b])) {
            return 1;
        }
    }
    return 0;
}

/* Leaves out the bands without a value at any sample (empty bands of the product), unless all bands
 * were requested, and counts the spectra that still have gaps. */
static tl_code exclude_empty_bands(extraction *e, tl_err *err) {
    const int all = tl_job_choice(e->job, "bands") == 1;
    const ptrdiff_t before = e->bands.p;
    ptrdiff_t *kept = tl_acquire(before, sizeof *kept);
    ptrdiff_t p = 0;
    if (kept == NULL) {
        return tl_no_memory(err, "%td bands", before);
    }
    for (ptrdiff_t b = 0; b < before; b++) {
        if (all || has_value(e, b)) {
            kept[p++] = b;
        }
    }
    tl_recipes_band_list_keep(&e->bands, kept, p);
    tl_matrix_keep_columns(&e->values, kept, p);
    tl_release(kept);
    for (ptrdiff_t i = 0; i < e->samples.n; i++) {
        int gap = 0;
        for (ptrdiff_t b = 0; b < p; b++) {
            gap = gap || isnan(tl_matrix_row(&e->values, i)[b]);
        }
        e->gaps += gap && e->reason[i] == NULL;
    }
    if (p < before) {
        tl_job_log(e->job, TL_INFO, "%td bands have no value at any sample and are left out",
                   before - p);
    }
    if (e->gaps > 0) {
        tl_job_log(e->job, TL_WARNING,
                   "%td spectra have no value in some bands; these cells are empty", e->gaps);
    }
    return TL_OK;
}

/* --- samples in one pixel --- */

typedef struct placed_sample {
    ptrdiff_t pixel;
    ptrdiff_t sample;
} placed_sample;

static int by_pixel(const void *a, const void *b) {
    const placed_sample *x = a;
    const placed_sample *y = b;
    if (x->pixel != y->pixel) {
        return x->pixel < y->pixel ? -1 : 1;
    }
    return x->sample < y->sample ? -1 : 1;
}

/* Samples in the same pixel have the same spectrum, which matters in cross-validation. */
static json_t *shared_pixels(const extraction *e) {
    json_t *list = tl_json_array();
    placed_sample *placed = tl_acquire(e->samples.n, sizeof *placed);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; placed != NULL && i < e->samples.n; i++) {
        if (e->reason[i] == NULL) {
            placed[n++] = (placed_sample){e->cell[i], i};
        }
    }
    if (n > 1) {
        qsort(placed, (size_t)n, sizeof *placed, by_pixel);
    }
    for (ptrdiff_t i = 0; i < n;) {
        ptrdiff_t end = i + 1;
        while (end < n && placed[end].pixel == placed[i].pixel) {
            end++;
        }
        if (end - i > 1) {
            json_t *group = tl_json_array();
            tl_text text = {0};
            for (ptrdiff_t k = i; k < end; k++) {
                const char *id = e->samples.id[placed[k].sample];
                tl_json_append(group, tl_json_text(id));
                tl_text_addf(&text, "%s%.60s", k == i ? "" : ", ", id);
            }
            tl_job_log(e->job, TL_INFO, "samples in the same pixel: %.900s", tl_text_data(&text));
            tl_text_free(&text);
            tl_json_append(list, group);
        }
        i = end;
    }
    tl_release(placed);
    return list;
}

/* --- outputs --- */

static void put_result(const extraction *e) {
    tl_job_put_number(e->job, "samples", (double)e->samples.n);
    tl_job_put_number(e->job, "spectra", (double)e->n);
    tl_job_put_number(e->job, "bands", (double)e->bands.p);
    tl_job_put_number(e->job, "spectra_with_gaps", (double)e->gaps);
    tl_job_put_json(e->job, "dropped", json_incref(e->excluded));
    tl_job_put_json(e->job, "shared_pixels", shared_pixels(e));
    tl_job_log(e->job, TL_INFO, "%td spectra of %td bands from %td samples", e->n, e->bands.p,
               e->samples.n);
}

static tl_code write_spectra(const extraction *e, tl_err *err) {
    const ptrdiff_t p = e->bands.p;
    tl_spectra table;
    TL_TRY(tl_source_spectra_init(&table, e->n, p, err));
    memcpy(table.wavelength_nm, e->bands.centre_nm, (size_t)p * sizeof(double));
    memcpy(table.fwhm_nm, e->bands.fwhm_nm, (size_t)p * sizeof(double));
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0, row = 0; i < e->samples.n && code == TL_OK; i++) {
        if (e->reason[i] == NULL) {
            memcpy(tl_matrix_row(&table.values, row), tl_matrix_row(&e->values, i),
                   (size_t)p * sizeof(double));
            code = tl_source_spectra_set_id(&table, row, e->samples.id[i], err);
            row++;
        }
    }
    if (code == TL_OK) {
        code = e->store->write_spectra(tl_job_output(e->job, "output"), "output", &table, err);
    }
    tl_source_spectra_free(&table);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    extraction e = {.job = job, .store = tl_job_store(job)};
    tl_code code = TL_OK;
    TL_CHECK(open_inputs(&e, err));
    TL_CHECK(read_samples_spectra(&e, err));
    TL_CHECK(exclude_empty_bands(&e, err));
    put_result(&e);
    code = write_spectra(&e, err);
done:
    free_extraction(&e);
    return code;
}

const tl_algorithm tl_alg_samplespectra = {
    .id = "samplespectra",
    .title = "Spectra at samples",
    .group = "Prepare",
    .summary = "Writes the spectra of a scene at sample points as a table.",
    .help =
        "Reads the spectrum of the pixel that contains each sample, or the mean of 3 x 3 pixels. "
        "Points are transformed to the CRS of the scene. Samples outside the scene, on NoData or "
        "without coordinates are left out and listed by id. Samples in the same pixel are listed "
        "too.\n"
        "The table has one row per remaining sample and one column per wavelength in nanometres, "
        "with the scale and offset of the scene applied.",
    .example =
        "tilth samplespectra --scene scene.tif --samples samples.gpkg --id_field id --output "
        "spectra.csv",
    .citation = "docs/guide/formats.md",
    .tags = "hyperspectral,points,extract,spectra,samples",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
