/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `sceneinfo`: what is known of every band of a scene. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "recipes/shared_args.h"
#include "source/band_csv.h"
#include "spectra/badbands.h"
#include "tools/scenes/scene_page.h"
#include "tools/scenes/scene_quality.h"
#include "tools/scenes/scene_statistics.h"

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Hyperspectral scene in any format that GDAL reads. Wavelengths are searched in the "
             "ENVI header, in band metadata and in band descriptions."},
    {.id = "bands_csv",
     .kind = TL_ARG_FILE,
     .label = "Band table",
     .help = "CSV with the columns band, wavelength (nm), fwhm, good and scale, which replaces "
             "what the scene states. When it is saved next to the scene as <scene>.bands.csv, "
             "every tool uses it.",
     .optional = 1},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Bands",
     .help = "CSV with one row per band, ordered by wavelength. When you edit it (for example "
             "scale 0.0001 for reflectance stored as whole numbers) and save it as "
             "<scene>.bands.csv, every tool uses it.",
     .optional = 1},
    {.id = "report",
     .kind = TL_ARG_REPORT_OUT,
     .label = "Page",
     .help = "HTML page with the mean spectrum, the signal-to-noise ratio and the stripes of "
             "every band, unused bands shaded, and a picture of the scene. It opens without a "
             "network.",
     .optional = 1},
};

/* The state of one run. */
typedef struct scene {
    tl_job *job;
    const char *path;
    tl_raster *raster;
    const tl_raster_info *info;
    tl_bands bands; /* flagged */
    tl_band_statistics *statistics;
    ptrdiff_t *order; /* positions by increasing wavelength */
    ptrdiff_t n_rows; /* read for the statistics */
    int has_quality;  /* 1: it was measured, because an output contains it */
    tl_scene_quality quality;
} scene;

static tl_code apply_band_table(scene *s, tl_err *err) {
    const char *path = tl_job_text(s->job, "bands_csv");
    if (path == NULL) {
        return TL_OK;
    }
    tl_text_table texts;
    TL_TRY(tl_job_store(s->job)->read_texts(path, "bands_csv", &texts, err));
    char what[512];
    (void)snprintf(what, sizeof what, "bands_csv '%.400s'", path);
    const tl_code code = tl_source_bands_from_texts(&texts, what, &s->bands, err);
    tl_source_text_table_free(&texts);
    return code;
}

/* Adds a reason before that of the file, if there is one. */
static void flag(tl_band *band, const char *reason) {
    char before[sizeof band->reason];
    (void)snprintf(before, sizeof before, "%s", band->reason);
    band->good = 0;
    (void)snprintf(band->reason, sizeof band->reason, "%s%s%.50s", reason,
                   before[0] == '\0' ? "" : "; ", before);
}

/* Bands without information, by their values and not by what the file states. */
static void flag_empty(scene *s) {
    for (ptrdiff_t b = 0; b < s->bands.n; b++) {
        const tl_band_statistics *st = &s->statistics[b];
        if (st->n == 0) {
            flag(&s->bands.band[b],
                 s->n_rows < s->info->nrow ? "no valid pixel in the rows read" : "no valid pixel");
        } else if (!(st->lowest < st->highest) && st->n > 1) {
            flag(&s->bands.band[b], "the same value in every pixel");
        }
    }
}

static tl_code study_bands(scene *s, tl_err *err) {
    const tl_store *store = tl_job_store(s->job);
    TL_TRY(store->open_raster(s->path, "scene", &s->raster, err));
    s->info = store->raster_info(s->raster);
    TL_TRY(tl_bands_copy(&s->bands, &s->info->bands, err));
    TL_TRY(apply_band_table(s, err));
    s->statistics = tl_acquire(s->bands.n, sizeof *s->statistics);
    s->order = tl_acquire(s->bands.n, sizeof *s->order);
    if (s->statistics == NULL || s->order == NULL) {
        return tl_no_memory(err, "%td bands", s->bands.n);
    }
    const tl_progress reading = tl_progress_part(tl_job_progress(s->job), 0.0, 0.5);
    const tl_progress judging = tl_progress_part(tl_job_progress(s->job), 0.5, 0.95);
    TL_TRY(
        tl_scene_statistics(store, s->raster, &s->bands, &reading, s->statistics, &s->n_rows, err));
    flag_empty(s);
    const tl_band_rules rules = tl_spectra_default_rules();
    (void)tl_spectra_flag_bands(&s->bands, &rules);
    tl_bands_order(&s->bands, s->order);
    s->has_quality = tl_job_given(s->job, "output") || tl_job_given(s->job, "report");
    return s->has_quality
               ? tl_scene_quality_measure(s->job, s->raster, &s->bands, &judging, &s->quality, err)
               : TL_OK;
}

/* --- scaling --- */

/* Mean of the band means from 450 to 900 nm, where every land surface reflects between 0 and 1.2;
 * NaN without such bands. */
static double visible_mean(const scene *s) {
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t b = 0; b < s->bands.n; b++) {
        const tl_band *band = &s->bands.band[b];
        if (band->good && band->centre_nm >= 450.0 && band->centre_nm <= 900.0 &&
            s->statistics[b].n > 0) {
            sum += s->statistics[b].mean;
            n++;
        }
    }
    return n > 0 ? sum / (double)n : (double)NAN;
}

/* What the values look like. A quantity that the scene states is not questioned. */
static const char *scaling_of(const scene *s, double mean) {
    const tl_quantity stated = s->bands.quantity;
    if (stated == TL_QUANTITY_DN || stated == TL_QUANTITY_RADIANCE || stated == TL_QUANTITY_OTHER) {
        return stated == TL_QUANTITY_DN         ? "digital numbers, as the scene states"
               : stated == TL_QUANTITY_RADIANCE ? "radiance, W m-2 sr-1 um-1, as the scene states"
                                                : "not reflectance, as the scene states";
    }
    if (isnan(mean)) {
        return "unknown: no usable band from 450 to 900 nm";
    }
    if (mean <= 0.0) {
        return "not reflectance: the mean from 450 to 900 nm is not above 0";
    }
    if (mean <= 1.2) {
        return "values look like reflectance from 0 to 1";
    }
    if (mean <= 120.0) {
        return "values look like reflectance x 100 (percent); scale factor 0.01";
    }
    if (mean <= 12000.0) {
        return "values look like reflectance x 10000; scale factor 0.0001";
    }
    return "values look like raw numbers or reflectance x 65535, not like reflectance";
}

/* --- result --- */

static json_t *band_as_json(const scene *s, ptrdiff_t at) {
    const tl_band *band = &s->bands.band[at];
    const tl_band_statistics *st = &s->statistics[at];
    return tl_json_pack("{s:i, s:o, s:o, s:b, s:i, s:b, s:s, s:b, s:o, s:o, s:o, s:s, s:s}", "band",
                        band->index, "centre_nm", tl_job_json_number(band->centre_nm), "fwhm_nm",
                        tl_job_json_number(band->fwhm_nm), "fwhm_assumed", band->fwhm_assumed,
                        "detector", band->detector, "good", band->good, "reason", band->reason,
                        "empty", st->n == 0, "min", tl_job_json_number(st->lowest), "mean",
                        tl_job_json_number(st->mean), "max", tl_job_json_number(st->highest),
                        "from", band->from, "name", band->name);
}

/* The name in the first quotes of a CRS text. */
static void crs_name(const tl_georef *geo, char *name, size_t capacity) {
    const char *from = geo->crs_wkt == NULL ? NULL : strchr(geo->crs_wkt, '"');
    const size_t n = from == NULL ? 0 : strcspn(from + 1, "\"");
    (void)snprintf(name, capacity, "%.*s", (int)n, from == NULL ? "" : from + 1);
}

static ptrdiff_t count_good(const scene *s) {
    ptrdiff_t good = 0;
    for (ptrdiff_t b = 0; b < s->bands.n; b++) {
        good += s->bands.band[b].good;
    }
    return good;
}

static void put_result(const scene *s) {
    static const char *const quantities[] = {"unknown",         "digital numbers", "radiance",
                                             "TOA reflectance", "reflectance",     "other"};
    tl_job *job = s->job;
    char crs[128];
    double dx = (double)NAN;
    double dy = (double)NAN;
    crs_name(&s->info->geo, crs, sizeof crs);
    (void)tl_georef_cell_m(&s->info->geo, s->info->nrow / 2, &dx, &dy, NULL);
    tl_job_put_number(job, "rows", (double)s->info->nrow);
    tl_job_put_number(job, "columns", (double)s->info->ncol);
    tl_job_put_number(job, "bands", (double)s->bands.n);
    tl_job_put_number(job, "good_bands", (double)count_good(s));
    tl_job_put_number(job, "rows_looked_at", (double)s->n_rows);
    tl_job_put_text(job, "format", s->info->format);
    tl_job_put_text(job, "interleave", s->info->interleave);
    tl_job_put_text(job, "data_type", s->info->data_type);
    tl_job_put_text(job, "crs", crs);
    tl_job_put_number(job, "cell_x_m", dx);
    tl_job_put_number(job, "cell_y_m", dy);
    tl_job_put_text(job, "quantity", quantities[s->bands.quantity]);
    tl_job_put_number(job, "mean_450_900_nm", visible_mean(s));
    tl_job_put_text(job, "scaling", scaling_of(s, visible_mean(s)));
    json_t *list = tl_json_array();
    for (ptrdiff_t i = 0; i < s->bands.n; i++) {
        tl_json_append(list, band_as_json(s, s->order[i]));
    }
    tl_job_put_json(job, "band_table", list);
}

static void log_bands(const scene *s) {
    tl_job_log(s->job, TL_INFO,
               " band  centre nm    fwhm nm  detector       min      mean       max");
    for (ptrdiff_t i = 0; i < s->bands.n; i++) {
        const tl_band *band = &s->bands.band[s->order[i]];
        const tl_band_statistics *st = &s->statistics[s->order[i]];
        tl_job_log(s->job, TL_INFO, "%5d %10.2f %9.2f%s %9d %9.4g %9.4g %9.4g  %s%s", band->index,
                   band->centre_nm, band->fwhm_nm, band->fwhm_assumed ? "*" : " ", band->detector,
                   st->lowest, st->mean, st->highest, band->good ? "" : "not used: ", band->reason);
    }
}

static void log_scaling(const scene *s) {
    const double mean = visible_mean(s);
    const tl_quantity stated = s->bands.quantity;
    const int is_other =
        stated == TL_QUANTITY_DN || stated == TL_QUANTITY_RADIANCE || stated == TL_QUANTITY_OTHER;
    if (isnan(mean)) {
        tl_job_log(s->job, TL_INFO,
                   "the scaling was not checked: there is no usable band from 450 to 900 nm");
        return;
    }
    tl_job_log(s->job, is_other || (mean > 0.0 && mean <= 1.2) ? TL_INFO : TL_WARNING,
               "mean value from 450 to 900 nm: %.4g; %s", mean, scaling_of(s, mean));
}

static void log_summary(const scene *s) {
    char crs[128];
    crs_name(&s->info->geo, crs, sizeof crs);
    tl_job_log(s->job, TL_INFO, "%s: %td rows, %td columns, %td bands (%td usable), %s %s %s, %s",
               s->path, s->info->nrow, s->info->ncol, s->bands.n, count_good(s), s->info->format,
               s->info->interleave, s->info->data_type,
               crs[0] == '\0' ? "no coordinate reference system" : crs);
    if (s->info->band_note[0] != '\0') {
        tl_job_log(s->job, TL_WARNING, "%s", s->info->band_note);
    }
    if (!tl_bands_have_wavelengths(&s->bands)) {
        tl_job_log(s->job, TL_WARNING,
                   "%s has bands without wavelength; use a band table (columns band, wavelength, "
                   "fwhm, good), best saved next to the scene as %s.bands.csv",
                   s->path, s->path);
    } else {
        tl_job_log(s->job, TL_INFO, "wavelengths from: %s", s->bands.band[0].from);
        log_scaling(s);
    }
    if (strcmp(s->info->interleave, "PIXEL") == 0 && s->bands.n >= 128 &&
        strcmp(s->info->format, "GTiff") == 0) {
        tl_job_log(s->job, TL_WARNING,
                   "%s is a pixel-interleaved GeoTIFF with %td bands, which is slow as source of a "
                   "VRT; gdal_translate -co INTERLEAVE=BAND -co TILED=YES makes a faster copy",
                   s->path, s->bands.n);
    }
}

/* Figures of the whole scene, and how many bands are doubtful. */
static void log_quality(const scene *s) {
    char advice[96];
    ptrdiff_t doubtful = 0;
    if (!s->has_quality) {
        return;
    }
    for (ptrdiff_t b = 0; b < s->bands.n; b++) {
        doubtful += s->bands.band[b].good &&
                    tl_scene_quality_advice(&s->quality.band[b], advice)[0] != '\0';
    }
    tl_job_put_number(s->job, "doubtful_bands", (double)doubtful);
    tl_job_put_number(s->job, "smile_nm", s->quality.smile_nm);
    for (ptrdiff_t k = 0; k < s->quality.seams.n; k++) {
        tl_job_log(s->job, TL_INFO,
                   "detectors meet at %.1f nm: step %.4g (%.3g %%), shifted by %.2f columns",
                   s->quality.seams.seam[k].at_nm, s->quality.seams.step[k],
                   100.0 * s->quality.seams.step[k] / s->quality.seams.level[k],
                   s->quality.keystone[k]);
    }
    if (doubtful > 0) {
        tl_job_log(s->job, TL_WARNING,
                   "%td usable band%s noisy or striped; see the column advice and, for stripes, "
                   "cleanscene",
                   doubtful, doubtful == 1 ? " is" : "s are");
    }
}

/* The last three columns of the table. */
static tl_code set_quality(const scene *s, ptrdiff_t b, tl_table *table, ptrdiff_t row,
                           tl_err *err) {
    char advice[96];
    const tl_band_quality *q = &s->quality.band[b];
    tl_source_table_set_number(table, row, 14, q->mean / q->noise);
    tl_source_table_set_number(table, row, 15, q->stripe_percent);
    return tl_source_table_set_text(table, row, 16, tl_scene_quality_advice(q, advice), err);
}

static tl_code write_bands(const scene *s, tl_err *err) {
    static const tl_column columns[] = {
        {"band", TL_COLUMN_INTEGER},         {"wavelength_nm", TL_COLUMN_NUMBER},
        {"fwhm_nm", TL_COLUMN_NUMBER},       {"fwhm_assumed", TL_COLUMN_INTEGER},
        {"detector", TL_COLUMN_INTEGER},     {"good", TL_COLUMN_INTEGER},
        {"reason", TL_COLUMN_TEXT},          {"min", TL_COLUMN_NUMBER},
        {"mean", TL_COLUMN_NUMBER},          {"max", TL_COLUMN_NUMBER},
        {"wavelength_from", TL_COLUMN_TEXT}, {"name", TL_COLUMN_TEXT},
        {"scale", TL_COLUMN_NUMBER},         {"offset", TL_COLUMN_NUMBER},
        {"snr", TL_COLUMN_NUMBER},           {"stripe_percent", TL_COLUMN_NUMBER},
        {"advice", TL_COLUMN_TEXT},
    };
    const char *path = tl_job_output(s->job, "output");
    if (path == NULL) {
        return TL_OK;
    }
    tl_table table;
    tl_source_table_start(&table, columns, TL_COUNT(columns));
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < s->bands.n; i++) {
        const tl_band *band = &s->bands.band[s->order[i]];
        const tl_band_statistics *st = &s->statistics[s->order[i]];
        const double numbers[] = {band->index,        band->centre_nm, band->fwhm_nm,
                                  band->fwhm_assumed, band->detector,  band->good};
        ptrdiff_t row = 0;
        TL_CHECK(tl_source_table_add_row(&table, &row, err));
        for (ptrdiff_t j = 0; j < TL_COUNT(numbers); j++) {
            tl_source_table_set_number(&table, row, j, numbers[j]);
        }
        TL_CHECK(tl_source_table_set_text(&table, row, 6, band->reason, err));
        tl_source_table_set_number(&table, row, 7, st->lowest);
        tl_source_table_set_number(&table, row, 8, st->mean);
        tl_source_table_set_number(&table, row, 9, st->highest);
        TL_CHECK(tl_source_table_set_text(&table, row, 10, band->from, err));
        TL_CHECK(tl_source_table_set_text(&table, row, 11, band->name, err));
        tl_source_table_set_number(&table, row, 12, band->scale);
        tl_source_table_set_number(&table, row, 13, band->offset);
        TL_CHECK(set_quality(s, s->order[i], &table, row, err));
    }
    code = tl_job_store(s->job)->write_table(path, "output", &table, err);
done:
    tl_source_table_free(&table);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    scene s = {.job = job, .path = tl_job_text(job, "scene")};
    tl_code code = study_bands(&s, err);
    if (code == TL_OK) {
        put_result(&s);
        log_bands(&s);
        log_summary(&s);
        log_quality(&s);
        code = write_bands(&s, err);
    }
    if (code == TL_OK && tl_job_given(job, "report")) {
        code = tl_scene_page(job, s.raster, &s.bands, &s.quality, tl_base_name(s.path), err);
    }
    tl_scene_quality_free(&s.quality);
    tl_job_store(job)->close_raster(s.raster);
    tl_bands_free(&s.bands);
    tl_release(s.statistics);
    tl_release(s.order);
    return code;
}

const tl_algorithm tl_alg_sceneinfo = {
    .id = "sceneinfo",
    .title = "Scene information",
    .group = "Prepare",
    .summary = "Bands of a scene ordered by wavelength, with the unused ones and why.",
    .help =
        "Lists every band with its centre and width in nanometres, its detector, whether it "
        "is used and why not, and its minimum, mean and maximum value in rows spread over "
        "the scene. A band is not used when the bad-band list of the file excludes it, when "
        "it has no valid pixel or only one value, in the water vapour windows (1342-1451 and "
        "1771-1977 nm), outside 400-2500 nm, and where a detector repeats wavelengths of the "
        "one before it.\n\n"
        "Unless the scene states another quantity, the values are expected to be reflectance "
        "from 0 to 1, and a scale factor is proposed when they are not. A width that the "
        "file does not state is half the distance between both neighbours and is marked as "
        "assumed.\n\n"
        "Table and page also show the quality of the bands: signal-to-noise ratio, stripes, "
        "the step and the shift between detectors, and how far the oxygen line at 760 nm "
        "moves across the scene, measured in at most 128 rows.",
    .example = "tilth sceneinfo --scene scene.tif --output bands.csv --report scene.html",
    .citation =
        "docs/guide/formats.md; docs/methods/quality.md; Roger and Arnold 1996, Int. J. Remote "
        "Sens. 17:951",
    .tags = "hyperspectral,bands,wavelength,metadata,bad bands,ENVI,EnMAP,scale factor",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
