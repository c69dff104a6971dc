/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `report`: gathers models, maps, streams and tables into one document and has it set as a
 * page that needs nothing else. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algs/algorithm.h"
#include "base/alloc.h"
#include "base/text.h"
#include "base/version.h"
#include "model/document.h"
#include "source/csv.h"

/* Layers on the page have at most this many cells a side, and a raster at most so many of them. */
enum { LONGEST_SIDE = 400, MOST_LAYERS = 8 };

/* Lists with more values than this are weights, which nobody reads on a page. */
static const size_t longest_list = 100000;

static const size_t largest_table = (size_t)16 * 1024 * 1024;

static const tl_arg arguments[] = {
    {.id = "models",
     .kind = TL_ARG_FILES,
     .label = "Property models",
     .help = "Models from trainmodel. Their scores come first on the page.",
     .optional = 1},
    {.id = "fusion",
     .kind = TL_ARG_MODEL,
     .label = "Fusion model",
     .help = "Model from trainfusion: spectra, loss curve and diagnosis.",
     .optional = 1},
    {.id = "maps",
     .kind = TL_ARG_RASTERS,
     .label = "Property maps",
     .help = "Maps from mapproperty; the width of the interval is drawn beside the value.",
     .optional = 1},
    {.id = "terrain",
     .kind = TL_ARG_RASTERS,
     .label = "Terrain layers",
     .help = "Slope, wetness index, LS-factor or any other layers of the same area.",
     .optional = 1},
    {.id = "streams",
     .kind = TL_ARG_LINES,
     .label = "Streams",
     .help =
         "Lines from streams, drawn over the maps; the field strmOrder (or order) sets their width.",
     .optional = 1},
    {.id = "correlation",
     .kind = TL_ARG_FILE,
     .label = "Correlation table",
     .help = "CSV from correlatemaps.",
     .optional = 1},
    {.id = "profiles",
     .kind = TL_ARG_FILES,
     .label = "Profiles along streams",
     .help = "CSV tables from streamprofile.",
     .optional = 1},
    {.id = "spectral",
     .kind = TL_ARG_FILES,
     .label = "Correlation with spectra",
     .help = "CSV tables from spectracorrelation, one per property, named after it (som.csv).",
     .optional = 1},
    {.id = "selection",
     .kind = TL_ARG_FILES,
     .label = "Selected bands",
     .help = "CSV tables from selectbands: bands, error by step, coefficients by step.",
     .optional = 1},
    {.id = "comparisons",
     .kind = TL_ARG_FILES,
     .label = "Comparisons of models",
     .help = "JSON files from comparemodels (parameter document).",
     .optional = 1},
    {.id = "title",
     .kind = TL_ARG_TEXT,
     .label = "Title",
     .help = "Heading of the page.",
     .fallback = "Soil map report"},
    {.id = "output",
     .kind = TL_ARG_REPORT_OUT,
     .label = "Report",
     .help = "One HTML file with everything inside; it opens without a network."},
};

/* --- models --- */

static size_t count_values(const json_t *value) {
    size_t n = 1;
    for (size_t i = 0; i < json_array_size(value); i++) {
        n += count_values(json_array_get(value, i));
    }
    return n;
}

/* Takes lists of weights out of a document, in place. */
static void drop_weights(json_t *object) {
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, key, value) {
        if (json_is_object(value)) {
            drop_weights(value);
        } else if (json_is_array(value) && count_values(value) > longest_list) {
            json_object_del(object, key);
        }
    }
}

/* {"file", "document"} of one model file. */
static tl_code read_model(const tl_job *job, const char *path, const char *parameter,
                          const char *kind, json_t **out, tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    json_t *document = NULL;
    const tl_store *store = tl_job_store(job);
    TL_TRY(store->read_bytes(path, parameter, TL_MODEL_MAX_BYTES, &bytes, &length, err));
    tl_code code = tl_model_parse(bytes, length, tl_base_name(path), &document, err);
    tl_release(bytes);
    if (code == TL_OK) {
        code = tl_model_expect_kind(document, kind, err);
    }
    if (code != TL_OK) {
        json_decref(document);
        char context[512];
        (void)snprintf(context, sizeof context, "parameter '%s', %.300s", parameter, path);
        return tl_fail_in(err, code, context);
    }
    drop_weights(document);
    *out = json_pack("{s:s, s:o}", "file", tl_base_name(path), "document", document);
    return *out == NULL ? tl_fail(err, TL_NOMEM, "out of memory for the model %s", path) : TL_OK;
}

static tl_code add_models(tl_job *job, json_t *page, tl_err *err) {
    json_t *models = json_array();
    json_object_set_new(page, "models", models);
    for (ptrdiff_t i = 0; i < tl_job_list_count(job, "models"); i++) {
        json_t *model = NULL;
        TL_TRY(
            read_model(job, tl_job_list_item(job, "models", i), "models", "property", &model, err));
        json_array_append_new(models, model);
    }
    json_t *comparisons = json_array();
    json_object_set_new(page, "comparisons", comparisons);
    for (ptrdiff_t i = 0; i < tl_job_list_count(job, "comparisons"); i++) {
        json_t *one = NULL;
        TL_TRY(read_model(job, tl_job_list_item(job, "comparisons", i), "comparisons", "comparison",
                          &one, err));
        json_array_append_new(comparisons, one);
    }
    if (tl_job_given(job, "fusion")) {
        json_t *fusion = NULL;
        TL_TRY(read_model(job, tl_job_text(job, "fusion"), "fusion", "fusion", &fusion, err));
        json_object_set_new(page, "fusion", fusion);
    }
    return TL_OK;
}

/* --- rasters --- */

/* Floats, lowest byte first, in base 64: a tenth of the size of JSON numbers. */
static json_t *packed_values(const float *value, ptrdiff_t n) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const ptrdiff_t n_bytes = 4 * n;
    char *text = tl_acquire((n_bytes + 2) / 3, 4);
    json_t *packed = NULL;
    if (text != NULL) {
        for (ptrdiff_t at = 0; at < n_bytes; at += 3) {
            uint32_t three = 0;
            for (ptrdiff_t k = at; k < at + 3; k++) {
                uint32_t bits = 0;
                if (k < n_bytes) {
                    memcpy(&bits, &value[k / 4], sizeof bits);
                }
                three = three << 8 | ((bits >> (8 * (k % 4))) & 0xFFU);
            }
            char *four = text + at / 3 * 4;
            for (int k = 0; k < 4; k++) {
                const int is_padding = at + k > n_bytes;
                four[k] = is_padding ? '=' : letters[(three >> (18 - 6 * k)) & 63U];
            }
        }
        packed = json_stringn(text, (size_t)((n_bytes + 2) / 3 * 4));
        tl_release(text);
    }
    return packed;
}

/* An empty grid over the same ground with sides of at most LONGEST_SIDE cells. */
static tl_code coarser_grid(const tl_raster_info *info, tl_grid *grid, ptrdiff_t *step,
                            tl_err *err) {
    const ptrdiff_t longest = info->nrow > info->ncol ? info->nrow : info->ncol;
    *step = (longest + LONGEST_SIDE - 1) / LONGEST_SIDE;
    tl_georef geo = info->geo; /* the text stays the raster's: tl_grid_init copies it */
    const double factor = (double)*step;
    geo.transform[1] *= factor;
    geo.transform[2] *= factor;
    geo.transform[4] *= factor;
    geo.transform[5] *= factor;
    return tl_grid_init(grid, (info->nrow + *step - 1) / *step, (info->ncol + *step - 1) / *step,
                        &geo, err);
}

static json_t *describe_grid(const tl_grid *grid, const tl_raster_info *info) {
    const double *t = grid->geo.transform;
    json_t *object = json_pack(
        "{s:I, s:I, s:I, s:I, s:[f,f,f,f,f,f], s:b, s:s}", "rows", (json_int_t)grid->nrow, "cols",
        (json_int_t)grid->ncol, "full_rows", (json_int_t)info->nrow, "full_cols",
        (json_int_t)info->ncol, "transform", t[0], t[1], t[2], t[3], t[4], t[5], "geographic",
        grid->geo.is_geographic, "crs", grid->geo.crs_wkt == NULL ? "" : grid->geo.crs_wkt);
    double dx_m;
    double dy_m;
    if (object != NULL &&
        tl_georef_cell_m(&grid->geo, grid->nrow / 2, &dx_m, &dy_m, NULL) == TL_OK) {
        json_object_set_new(object, "cell_m", json_pack("[f,f]", dx_m, dy_m));
    }
    return object;
}

static tl_code add_layer(const tl_store *store, const char *path, const char *parameter,
                         const tl_raster_info *info, ptrdiff_t band, json_t *raster, tl_err *err) {
    tl_grid like = {0};
    tl_grid grid = {0};
    ptrdiff_t step;
    TL_TRY(coarser_grid(info, &like, &step, err));
    const tl_band *about = &info->bands.band[band];
    tl_code code = step == 1 ? store->read_grid(path, parameter, about->index, &grid, err)
                             : store->read_grid_like(path, parameter, about->index, &like,
                                                     TL_AVERAGE, &grid, err);
    tl_grid_free(&like);
    TL_TRY(code);
    json_t *layer = json_pack("{s:s, s:s, s:o}", "name", about->name, "unit", about->unit, "values",
                              packed_values(grid.data, grid.nrow * grid.ncol));
    if (json_object_get(raster, "grid") == NULL) {
        json_object_set_new(raster, "grid", describe_grid(&grid, info));
    }
    tl_grid_free(&grid);
    if (layer == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory, or a text that is not UTF-8, in %s", path);
    }
    json_array_append_new(json_object_get(raster, "layers"), layer);
    return TL_OK;
}

static tl_code add_record(const tl_store *store, const char *path, const char *parameter,
                          json_t *object, tl_err *err) {
    char *record = NULL;
    TL_TRY(store->read_record(path, parameter, &record, err));
    json_t *parsed = record == NULL ? NULL : json_loads(record, 0, NULL);
    if (parsed != NULL) {
        json_object_set_new(object, "record", parsed);
    }
    tl_release(record);
    return TL_OK;
}

/* Where the first raster of a list lies is kept in reference, for the streams. */
static tl_code add_raster(const tl_job *job, const char *path, const char *parameter, json_t *list,
                          tl_georef *reference, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    tl_raster *raster = NULL;
    TL_TRY(store->open_raster(path, parameter, &raster, err));
    const tl_raster_info *info = store->raster_info(raster);
    json_t *object = json_pack("{s:s, s:[]}", "file", tl_base_name(path), "layers");
    json_array_append_new(list, object);
    tl_code code = TL_OK;
    if (info->bands.n > MOST_LAYERS) {
        code = tl_fail(err, TL_ARG,
                       "parameter '%s': '%s' has %td bands; wanted maps of at most %d layers, not "
                       "a scene",
                       parameter, path, info->bands.n, (int)MOST_LAYERS);
    }
    for (ptrdiff_t band = 0; band < info->bands.n && code == TL_OK; band++) {
        code = add_layer(store, path, parameter, info, band, object, err);
    }
    if (code == TL_OK && reference->crs_wkt == NULL) {
        code = tl_georef_copy(reference, &info->geo, err);
    }
    store->close_raster(raster);
    return code == TL_OK ? add_record(store, path, parameter, object, err) : code;
}

static tl_code add_rasters(tl_job *job, const char *parameter, json_t *page, tl_georef *reference,
                           const tl_progress *progress, tl_err *err) {
    json_t *list = json_array();
    json_object_set_new(page, parameter, list);
    const ptrdiff_t n = tl_job_list_count(job, parameter);
    for (ptrdiff_t i = 0; i < n; i++) {
        TL_TRY(tl_progress_at(progress, (double)i / (double)n, err));
        TL_TRY(
            add_raster(job, tl_job_list_item(job, parameter, i), parameter, list, reference, err));
    }
    return TL_OK;
}

/* --- streams and the correlation table --- */

static json_t *numbers(const double *value, ptrdiff_t n) {
    json_t *list = json_array();
    for (ptrdiff_t i = 0; i < n; i++) {
        json_array_append_new(list, json_real(value[i]));
    }
    return list;
}

/* The stream lines in one coordinate system, appended to sets. */
static tl_code add_stream_set(tl_job *job, const tl_georef *target, json_t *sets, tl_err *err) {
    static const tl_column order[] = {{"strmOrder", TL_COLUMN_NUMBER}, {"order", TL_COLUMN_NUMBER}};
    tl_features lines = {0};
    TL_TRY(tl_job_store(job)->read_lines(tl_job_text(job, "streams"), "streams", order,
                                         TL_COUNT(order), target->crs_wkt == NULL ? NULL : target,
                                         &lines, err));
    json_t *list = json_array();
    for (ptrdiff_t i = 0; i < lines.table.nrow; i++) {
        const ptrdiff_t first = lines.first[i];
        const ptrdiff_t n = lines.first[i + 1] - first;
        json_t *line = json_pack("{s:o, s:o}", "x", numbers(lines.x + first, n), "y",
                                 numbers(lines.y + first, n));
        const double *number = lines.table.number + i * TL_COUNT(order);
        const double known = isfinite(number[0]) ? number[0] : number[1];
        if (isfinite(known)) {
            json_object_set_new(line, "order", json_real(known));
        }
        json_array_append_new(list, line);
    }
    tl_features_free(&lines);
    json_t *set = json_pack("{s:s, s:o}", "crs", target->crs_wkt == NULL ? "" : target->crs_wkt,
                            "lines", list);
    return json_array_append_new(sets, set) == 0
               ? TL_OK
               : tl_fail(err, TL_NOMEM, "out of memory for the streams");
}

static int same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Maps and terrain layers often differ in their coordinate system; the streams fit both. */
static tl_code add_streams(tl_job *job, json_t *page, const tl_georef *maps,
                           const tl_georef *terrain, tl_err *err) {
    const char *path = tl_job_text(job, "streams");
    json_t *sets = json_array();
    json_t *streams = json_pack("{s:s, s:o}", "file", tl_base_name(path), "sets", sets);
    if (streams == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for the streams");
    }
    json_object_set_new(page, "streams", streams);
    TL_TRY(add_stream_set(job, maps->crs_wkt == NULL ? terrain : maps, sets, err));
    if (maps->crs_wkt != NULL && terrain->crs_wkt != NULL &&
        !same_text(maps->crs_wkt, terrain->crs_wkt)) {
        TL_TRY(add_stream_set(job, terrain, sets, err));
    }
    return add_record(tl_job_store(job), path, "streams", streams, err);
}

/* column holds n pairs, of which the table must have one. */
static tl_code check_columns(const char *bytes, size_t length, const char *path,
                             const char *parameter, const char *const (*column)[2], ptrdiff_t n,
                             const char *tool, tl_err *err) {
    tl_csv csv;
    char what[512];
    (void)snprintf(what, sizeof what, "%s '%.400s'", parameter, path);
    TL_TRY(tl_csv_parse(bytes, length, what, &csv, err));
    int found = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        found = found ||
                (tl_csv_column(&csv, column[k][0]) >= 0 && tl_csv_column(&csv, column[k][1]) >= 0);
    }
    tl_csv_free(&csv);
    return found ? TL_OK
                 : tl_fail(err, TL_DATA,
                           "parameter '%s': '%s' has no columns %s and %s; wanted the CSV that %s "
                           "writes",
                           parameter, path, column[0][0], column[0][1], tool);
}

/* {"file", "text"} of a CSV that a tool has written, known by two of its columns (n pairs). */
static tl_code read_csv(const tl_job *job, const char *path, const char *parameter,
                        const char *const (*column)[2], ptrdiff_t n, const char *tool,
                        json_t **table, tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    *table = NULL;
    TL_TRY(tl_job_store(job)->read_bytes(path, parameter, largest_table, &bytes, &length, err));
    const tl_code code = check_columns(bytes, length, path, parameter, column, n, tool, err);
    if (code == TL_OK) {
        *table = json_pack("{s:s, s:o}", "file", tl_base_name(path), "text",
                           json_stringn(bytes, length));
    }
    tl_release(bytes);
    if (*table == NULL) {
        return code != TL_OK ? code : tl_fail(err, TL_NOMEM, "out of memory for '%s'", path);
    }
    return TL_OK;
}

/* All files of a parameter as a list. */
static tl_code add_list(tl_job *job, json_t *page, const char *parameter,
                        const char *const (*column)[2], ptrdiff_t n, const char *tool,
                        tl_err *err) {
    json_t *list = json_array();
    json_object_set_new(page, parameter, list);
    for (ptrdiff_t i = 0; i < tl_job_list_count(job, parameter); i++) {
        json_t *table = NULL;
        TL_TRY(read_csv(job, tl_job_list_item(job, parameter, i), parameter, column, n, tool,
                        &table, err));
        json_array_append_new(list, table);
    }
    return TL_OK;
}

static tl_code add_tables(tl_job *job, json_t *page, tl_err *err) {
    json_t *table = NULL;
    if (tl_job_given(job, "correlation")) {
        static const char *const column[1][2] = {{"pearson", "factor"}};
        TL_TRY(read_csv(job, tl_job_text(job, "correlation"), "correlation", column, 1,
                        "correlatemaps", &table, err));
        json_object_set_new(page, "correlation", table);
    }
    static const char *const profile[1][2] = {{"map", "median"}};
    static const char *const selection[3][2] = {
        {"wavelength_nm", "frequency"}, {"run", "rmsecv"}, {"step", "coefficient"}};
    static const char *const spectral[1][2] = {{"wavelength_nm", "pearson"}};
    TL_TRY(add_list(job, page, "spectral", spectral, 1, "spectracorrelation", err));
    TL_TRY(add_list(job, page, "profiles", profile, 1, "streamprofile", err));
    return add_list(job, page, "selection", selection, 3, "selectbands", err);
}

/* --- the run --- */

static tl_code gather(tl_job *job, json_t *page, tl_err *err) {
    tl_georef map_place = {0};
    tl_georef terrain_place = {0};
    const tl_progress maps = tl_progress_part(tl_job_progress(job), 0.1, 0.5);
    const tl_progress terrain = tl_progress_part(tl_job_progress(job), 0.5, 0.7);
    tl_code code = TL_OK;
    TL_CHECK(add_models(job, page, err));
    TL_CHECK(add_rasters(job, "maps", page, &map_place, &maps, err));
    TL_CHECK(add_rasters(job, "terrain", page, &terrain_place, &terrain, err));
    if (tl_job_given(job, "streams")) {
        TL_CHECK(add_streams(job, page, &map_place, &terrain_place, err));
    }
    TL_CHECK(add_tables(job, page, err));
    const char *record = NULL;
    TL_CHECK(tl_job_record(job, &record, err));
    json_object_set_new(page, "record", json_loads(record, 0, NULL));
done:
    tl_georef_free(&map_place);
    tl_georef_free(&terrain_place);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    static const char *const parts[] = {"models",    "fusion",      "maps",     "terrain",
                                        "streams",   "correlation", "profiles", "spectral",
                                        "selection", "comparisons"};
    int n_given = 0;
    for (ptrdiff_t i = 0; i < TL_COUNT(parts); i++) {
        n_given += tl_job_given(job, parts[i]);
    }
    if (n_given == 0) {
        return tl_fail(
            err, TL_ARG,
            "report was given nothing to show; wanted at least one of models, fusion, "
            "maps, terrain, streams, correlation, profiles, spectral, selection, comparisons");
    }
    json_t *page = json_pack("{s:s, s:s, s:s, s:s}", "output", tl_job_output(job, "output"),
                             "target", tl_job_target(job, "output"), "title",
                             tl_job_text(job, "title"), "version", tl_version());
    char *text = NULL;
    tl_code code = gather(job, page, err);
    if (code == TL_OK) {
        text = json_dumps(page, JSON_COMPACT);
        code =
            text == NULL ? tl_fail(err, TL_NOMEM, "out of memory for the text of the page") : TL_OK;
    }
    if (code == TL_OK) {
        const tl_progress setting = tl_progress_part(tl_job_progress(job), 0.7, 1.0);
        code = tl_job_store(job)->run_python("report/render_report.py", text, &setting, err);
    }
    if (code == TL_OK) {
        tl_job_put_number(job, "models_shown", (double)tl_job_list_count(job, "models"));
        tl_job_put_number(
            job, "rasters_shown",
            (double)(tl_job_list_count(job, "maps") + tl_job_list_count(job, "terrain")));
    }
    free(text);
    json_decref(page);
    return code;
}

const tl_algorithm tl_alg_report = {
    .id = "report",
    .title = "Report page",
    .group = "Report",
    .summary = "Scores, plots, maps and tables of a study on one self-contained HTML page.",
    .help =
        "Sets what a study has made as one page that opens in any browser without a network: the "
        "study area with streams, samples and what the samples are; the scores of every model from samples that it had not seen, beside those of the plain mean; "
        "observed against predicted values with their intervals; spectra, loss curve and diagnosis "
        "of the fusion; maps with the width of the interval; terrain and streams; the correlation "
        "table; profiles along streams; selected bands; comparisons of models; a reviewer's checklist; "
        "warnings in plain words; and how everything was made, from the run records inside the "
        "files.\n"
        "Every part may be left out. Large rasters are averaged to at most 400 cells a side.\n"
        "Needs python3-plotly and python3-jinja2, which QGIS brings along.",
    .example =
        "tilth report --models som.json as.json cu.json --fusion fusion.json --maps som.tif as.tif "
        "cu.tif --terrain slope.tif twi.tif ls.tif --streams streams.gpkg --correlation "
        "correlation.csv --output report.html",
    .citation =
        "Varma and Simon 2006, BMC Bioinformatics 7:91 (why scores come from nested folds); "
        "docs/guide/report.md.",
    .tags = "report,HTML,plot,scores,summary,validation",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
