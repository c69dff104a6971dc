/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `report`: gathers models, maps, streams and tables into one document and writes it as a
 * self-contained page. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/version.h"
#include "job/names.h"
#include "json/json.h"
#include "model/document.h"
#include "source/csv.h"
#include "tools/report/report.h"

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
     .help = "Model from trainfusion. The page shows its spectra, loss curve and diagnosis.",
     .optional = 1},
    {.id = "maps",
     .kind = TL_ARG_RASTERS,
     .label = "Property maps",
     .help =
         "Maps from mapproperty. The width of the prediction interval is drawn next to the value.",
     .optional = 1},
    {.id = "masks",
     .kind = TL_ARG_RASTERS,
     .label = "Masks",
     .help = "Rasters from maskscene, which show what covers the scene. Thin cloud is hatched on "
             "maps of the same grid.",
     .optional = 1},
    {.id = "terrain",
     .kind = TL_ARG_RASTERS,
     .label = "Terrain layers",
     .help = "Slope, wetness index, LS-factor or any other layers of the same area.",
     .optional = 1},
    {.id = "streams",
     .kind = TL_ARG_LINES,
     .label = "Streams",
     .help = "Lines from streams, drawn over the maps. The field strmOrder (or order) sets their "
             "width.",
     .optional = 1},
    {.id = "correlation",
     .kind = TL_ARG_FILE,
     .label = "Correlation table",
     .help = "CSV from correlatemaps.",
     .optional = 1},
    {.id = "profiles",
     .kind = TL_ARG_FILES,
     .label = "Profiles along streams",
     .help = "CSV files from streamprofile.",
     .optional = 1},
    {.id = "spectral",
     .kind = TL_ARG_FILES,
     .label = "Correlation with spectra",
     .help = "CSV files from spectracorrelation, one per property and named after it (som.csv).",
     .optional = 1},
    {.id = "selection",
     .kind = TL_ARG_FILES,
     .label = "Selected bands",
     .help = "CSV files from selectbands: bands, and error and coefficients by step.",
     .optional = 1},
    {.id = "comparisons",
     .kind = TL_ARG_FILES,
     .label = "Comparisons of models",
     .help = "JSON files from comparemodels (its parameter document).",
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

/* Removes lists of weights from a document, in place. */
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
    tl_code code = tl_model_parse(bytes, length, path, &document, err);
    tl_release(bytes);
    if (code == TL_OK) {
        code = tl_model_expect_kind(document, kind, err);
        code = code == TL_OK ? TL_OK : tl_fail_in(err, code, path);
    }
    if (code != TL_OK) {
        json_decref(document);
        return tl_fail_in(err, code, parameter);
    }
    drop_weights(document);
    *out = tl_json_pack("{s:s, s:o}", "file", tl_base_name(path), "document", document);
    return *out == NULL ? tl_no_memory(err, "the model %s", path) : TL_OK;
}

static tl_code add_models(tl_job *job, json_t *page, tl_err *err) {
    json_t *models = tl_json_array();
    tl_json_put(page, "models", models);
    for (ptrdiff_t i = 0; i < tl_job_list_count(job, "models"); i++) {
        json_t *model = NULL;
        TL_TRY(
            read_model(job, tl_job_list_item(job, "models", i), "models", "property", &model, err));
        tl_json_append(models, model);
    }
    json_t *comparisons = tl_json_array();
    tl_json_put(page, "comparisons", comparisons);
    for (ptrdiff_t i = 0; i < tl_job_list_count(job, "comparisons"); i++) {
        json_t *one = NULL;
        TL_TRY(read_model(job, tl_job_list_item(job, "comparisons", i), "comparisons", "comparison",
                          &one, err));
        tl_json_append(comparisons, one);
    }
    if (tl_job_given(job, "fusion")) {
        json_t *fusion = NULL;
        TL_TRY(read_model(job, tl_job_text(job, "fusion"), "fusion", "fusion", &fusion, err));
        tl_json_put(page, "fusion", fusion);
    }
    return TL_OK;
}

/* --- tables --- */

/* column has n pairs, of which the table must have one. */
static tl_code check_columns(const char *bytes, size_t length, const char *path,
                             const char *parameter, const char *const (*column)[2], ptrdiff_t n,
                             const char *tool, tl_err *err) {
    tl_text_table csv;
    char what[512];
    (void)snprintf(what, sizeof what, "%s '%.400s'", parameter, path);
    TL_TRY(tl_source_csv_parse(bytes, length, what, &csv, err));
    int found = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        found = found || (tl_source_text_table_column(&csv, column[k][0]) >= 0 &&
                          tl_source_text_table_column(&csv, column[k][1]) >= 0);
    }
    tl_source_text_table_free(&csv);
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
        *table = tl_json_pack("{s:s, s:o}", "file", tl_base_name(path), "text",
                              tl_json_text_n(bytes, length));
    }
    tl_release(bytes);
    if (*table == NULL) {
        return code != TL_OK ? code : tl_no_memory(err, "'%s'", path);
    }
    return TL_OK;
}

/* All files of a parameter as a list. */
static tl_code add_list(tl_job *job, json_t *page, const char *parameter,
                        const char *const (*column)[2], ptrdiff_t n, const char *tool,
                        tl_err *err) {
    json_t *list = tl_json_array();
    tl_json_put(page, parameter, list);
    for (ptrdiff_t i = 0; i < tl_job_list_count(job, parameter); i++) {
        json_t *table = NULL;
        TL_TRY(read_csv(job, tl_job_list_item(job, parameter, i), parameter, column, n, tool,
                        &table, err));
        tl_json_append(list, table);
    }
    return TL_OK;
}

static tl_code add_tables(tl_job *job, json_t *page, tl_err *err) {
    json_t *table = NULL;
    if (tl_job_given(job, "correlation")) {
        static const char *const column[1][2] = {{"pearson", "factor"}};
        TL_TRY(read_csv(job, tl_job_text(job, "correlation"), "correlation", column, 1,
                        "correlatemaps", &table, err));
        tl_json_put(page, "correlation", table);
    }
    static const char *const profile[1][2] = {{"map", "median"}};
    static const char *const selection[3][2] = {
        {"wavelength_nm", "frequency"}, {"run", "rmsecv"}, {"step", "coefficient"}};
    static const char *const spectral[1][2] = {{"wavelength_nm", "pearson"}};
    TL_TRY(add_list(job, page, "spectral", spectral, 1, "spectracorrelation", err));
    TL_TRY(add_list(job, page, "profiles", profile, 1, "streamprofile", err));
    return add_list(job, page, "selection", selection, 3, "selectbands", err);
}

/* --- names --- */

/* Files of one name in several folders would be shown under one name. */
static tl_code tell_files_apart(const tl_job *job, json_t *page, const char *const *id,
                                ptrdiff_t n_id, tl_err *err) {
    tl_names names;
    TL_TRY(tl_job_list_names(job, id, n_id, 1, &names, err));
    ptrdiff_t at = 0;
    for (ptrdiff_t k = 0; k < n_id; k++) {
        for (ptrdiff_t i = 0; i < tl_job_list_count(job, id[k]); i++) {
            json_t *one = json_array_get(json_object_get(page, id[k]), (size_t)i);
            tl_json_put(one, "file", tl_json_text(names.name[at++]));
        }
    }
    tl_job_names_free(&names);
    return TL_OK;
}

static tl_code name_files(const tl_job *job, json_t *page, tl_err *err) {
    static const char *const rasters[] = {"maps", "masks", "terrain"};
    static const char *const others[] = {"models", "comparisons", "profiles", "spectral",
                                         "selection"};
    TL_TRY(tell_files_apart(job, page, rasters, TL_COUNT(rasters), err));
    for (ptrdiff_t k = 0; k < TL_COUNT(others); k++) {
        TL_TRY(tell_files_apart(job, page, &others[k], 1, err));
    }
    return TL_OK;
}

/* --- the run --- */

static tl_code gather(tl_job *job, json_t *page, tl_err *err) {
    tl_georef map_position = {0};
    tl_georef terrain_position = {0};
    const tl_progress maps = tl_progress_part(tl_job_progress(job), 0.1, 0.4);
    const tl_progress masks = tl_progress_part(tl_job_progress(job), 0.4, 0.5);
    const tl_progress terrain = tl_progress_part(tl_job_progress(job), 0.5, 0.7);
    tl_code code = TL_OK;
    TL_CHECK(add_models(job, page, err));
    TL_CHECK(tl_report_add_rasters(job, "maps", page, &map_position, &maps, err));
    TL_CHECK(tl_report_add_rasters(job, "masks", page, &map_position, &masks, err));
    TL_CHECK(tl_report_add_rasters(job, "terrain", page, &terrain_position, &terrain, err));
    if (tl_job_given(job, "streams")) {
        TL_CHECK(tl_report_add_streams(job, page, &map_position, &terrain_position, err));
    }
    TL_CHECK(add_tables(job, page, err));
    TL_CHECK(name_files(job, page, err));
    const char *record = NULL;
    TL_CHECK(tl_job_record(job, &record, err));
    json_t *parsed = NULL;
    TL_CHECK(tl_json_parse(record, strlen(record), 0, &parsed, err));
    tl_json_put(page, "record", parsed);
done:
    tl_georef_free(&map_position);
    tl_georef_free(&terrain_position);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    static const char *const parts[] = {"models",   "fusion",    "maps",        "masks",
                                        "terrain",  "streams",   "correlation", "profiles",
                                        "spectral", "selection", "comparisons"};
    int n_given = 0;
    for (ptrdiff_t i = 0; i < TL_COUNT(parts); i++) {
        n_given += tl_job_given(job, parts[i]);
    }
    if (n_given == 0) {
        return tl_fail(
            err, TL_ARG,
            "report has nothing to show; wanted at least one of models, fusion, maps, masks, "
            "terrain, streams, correlation, profiles, spectral, selection, comparisons");
    }
    json_t *page = tl_json_pack("{s:s, s:s, s:s, s:s}", "output", tl_job_output(job, "output"),
                                "target", tl_job_target(job, "output"), "title",
                                tl_job_text(job, "title"), "version", tl_version());
    char *text = NULL;
    tl_code code = gather(job, page, err);
    if (code == TL_OK) {
        text = tl_json_print(page, JSON_COMPACT);
        code = text == NULL ? tl_no_memory(err, "the text of the page") : TL_OK;
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
    tl_release(text);
    json_decref(page);
    return code;
}

const tl_algorithm tl_alg_report = {
    .id = "report",
    .title = "Report page",
    .group = "Report",
    .summary = "Scores, plots, maps and tables of a study on one self-contained HTML page.",
    .help =
        "Writes what a study has produced as one page that opens in any browser without a "
        "network. It contains the study area with streams and samples; the cross-validated "
        "scores of every model next to those of the plain mean; observed against predicted "
        "values with their intervals; spectra, loss curve and diagnosis of the fusion; maps with "
        "the width of the interval; terrain and streams; the correlation table; profiles along "
        "streams; selected bands; comparisons of models; a reviewer's checklist; warnings; and "
        "how everything was computed, from the run records inside the files.\n"
        "Every section is optional. Large rasters are averaged to at most 400 cells per side.\n"
        "Needs python3-plotly and python3-jinja2, which QGIS includes.",
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
