/* SPDX-License-Identifier: GPL-2.0-or-later
 * Gathers the maps, terrain layers and streams of a report into its document. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/text.h"
#include "json/json.h"
#include "tools/report/report.h"

/* The maximum number of cells per side of a layer on the page, and of layers of a raster. */
enum { LONGEST_SIDE = 400, MAX_LAYERS = 8 };

/* Of masks only the first ones are shown: usable soil, class, thickness of thin cloud, stratum. */
enum { MASK_LAYERS = 4, MAX_MASK_LAYERS = 16 };

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
        packed = tl_json_text_n(text, (size_t)((n_bytes + 2) / 3 * 4));
        tl_release(text);
    }
    return packed;
}

/* An empty grid over the same area with sides of at most LONGEST_SIDE cells. */
static tl_code coarser_grid(const tl_raster_info *info, tl_grid *grid, ptrdiff_t *step,
                            tl_err *err) {
    const ptrdiff_t longest = tl_max(info->nrow, info->ncol);
    *step = (longest + LONGEST_SIDE - 1) / LONGEST_SIDE;
    tl_georef geo = info->geo; /* the text still belongs to the raster: tl_grid_init copies it */
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
    json_t *object = tl_json_pack(
        "{s:I, s:I, s:I, s:I, s:[f,f,f,f,f,f], s:b, s:s}", "rows", (json_int_t)grid->nrow, "cols",
        (json_int_t)grid->ncol, "full_rows", (json_int_t)info->nrow, "full_cols",
        (json_int_t)info->ncol, "transform", t[0], t[1], t[2], t[3], t[4], t[5], "geographic",
        grid->geo.is_geographic, "crs", grid->geo.crs_wkt == NULL ? "" : grid->geo.crs_wkt);
    double dx_m;
    double dy_m;
    if (object != NULL &&
        tl_georef_cell_m(&grid->geo, grid->nrow / 2, &dx_m, &dy_m, NULL) == TL_OK) {
        tl_json_put(object, "cell_m", tl_json_pack("[f,f]", dx_m, dy_m));
    }
    return object;
}

/* Classes cannot be averaged. */
static int is_mask(const char *parameter) {
    return strcmp(parameter, "masks") == 0;
}

static tl_code add_layer(const tl_store *store, const char *path, const char *parameter,
                         const tl_raster_info *info, ptrdiff_t band, json_t *raster, tl_err *err) {
    tl_grid like = {0};
    tl_grid grid = {0};
    ptrdiff_t step;
    TL_TRY(coarser_grid(info, &like, &step, err));
    const tl_band *about = &info->bands.band[band];
    tl_code code =
        step == 1 ? store->read_grid(path, parameter, about->index, &grid, err)
                  : store->read_grid_like(path, parameter, about->index, &like,
                                          is_mask(parameter) ? TL_NEAREST : TL_AVERAGE, &grid, err);
    tl_grid_free(&like);
    TL_TRY(code);
    json_t *layer = tl_json_pack("{s:o, s:o, s:o}", "name", tl_json_text(about->name), "unit",
                                 tl_json_text(about->unit), "values",
                                 packed_values(grid.data, grid.nrow * grid.ncol));
    if (json_object_get(raster, "grid") == NULL) {
        tl_json_put(raster, "grid", describe_grid(&grid, info));
    }
    tl_grid_free(&grid);
    return tl_json_append(json_object_get(raster, "layers"), layer)
               ? TL_OK
               : tl_no_memory(err, "the layers of %s", path);
}

static tl_code add_record(const tl_store *store, const char *path, const char *parameter,
                          json_t *object, tl_err *err) {
    char *record = NULL;
    TL_TRY(store->read_record(path, parameter, &record, err));
    json_t *parsed = NULL;
    const tl_code code =
        record == NULL ? TL_OK : tl_json_parse(record, strlen(record), 0, &parsed, err);
    if (parsed != NULL) {
        tl_json_put(object, "record", parsed);
    }
    tl_release(record);
    return code == TL_FORMAT ? TL_OK : code;
}

/* The position of the first raster of a list is kept in reference, for the streams. */
static tl_code add_raster(const tl_job *job, const char *path, const char *parameter, json_t *list,
                          tl_georef *reference, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    tl_raster *raster = NULL;
    TL_TRY(store->open_raster(path, parameter, &raster, err));
    const tl_raster_info *info = store->raster_info(raster);
    json_t *object = tl_json_pack("{s:s, s:[]}", "file", tl_base_name(path), "layers");
    tl_json_append(list, object);
    tl_code code = TL_OK;
    const ptrdiff_t maximum = is_mask(parameter) ? MAX_MASK_LAYERS : MAX_LAYERS;
    const ptrdiff_t n_shown =
        is_mask(parameter) ? tl_min(MASK_LAYERS, info->bands.n) : info->bands.n;
    if (info->bands.n > maximum) {
        code = tl_fail(err, TL_ARG,
                       "parameter '%s': '%s' has %td bands; wanted maps of at most %td layers, "
                       "not a scene",
                       parameter, path, info->bands.n, maximum);
    }
    for (ptrdiff_t band = 0; band < n_shown && code == TL_OK; band++) {
        code = add_layer(store, path, parameter, info, band, object, err);
    }
    if (code == TL_OK && reference->crs_wkt == NULL) {
        code = tl_georef_copy(reference, &info->geo, err);
    }
    store->close_raster(raster);
    return code == TL_OK ? add_record(store, path, parameter, object, err) : code;
}

tl_code tl_report_add_rasters(tl_job *job, const char *parameter, json_t *page,
                              tl_georef *reference, const tl_progress *progress, tl_err *err) {
    json_t *list = tl_json_array();
    tl_json_put(page, parameter, list);
    const ptrdiff_t n = tl_job_list_count(job, parameter);
    for (ptrdiff_t i = 0; i < n; i++) {
        TL_TRY(tl_progress_at(progress, (double)i / (double)n, err));
        TL_TRY(
            add_raster(job, tl_job_list_item(job, parameter, i), parameter, list, reference, err));
    }
    return TL_OK;
}

/* --- streams --- */

static json_t *numbers(const double *value, ptrdiff_t n) {
    json_t *list = tl_json_array();
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_json_append(list, tl_json_number(value[i]));
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
    json_t *list = tl_json_array();
    for (ptrdiff_t i = 0; i < lines.table.nrow; i++) {
        const ptrdiff_t first = lines.first[i];
        const ptrdiff_t n = lines.first[i + 1] - first;
        json_t *line = tl_json_pack("{s:o, s:o}", "x", numbers(lines.x + first, n), "y",
                                    numbers(lines.y + first, n));
        const double *number = lines.table.number + i * TL_COUNT(order);
        const double known = isfinite(number[0]) ? number[0] : number[1];
        if (isfinite(known)) {
            tl_json_put(line, "order", tl_json_number(known));
        }
        tl_json_append(list, line);
    }
    tl_source_features_free(&lines);
    json_t *set = tl_json_pack("{s:s, s:o}", "crs", target->crs_wkt == NULL ? "" : target->crs_wkt,
                               "lines", list);
    return tl_json_append(sets, set) ? TL_OK : tl_no_memory(err, "the streams");
}

static int same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Maps and terrain layers often differ in their coordinate system; the streams fit both. */
tl_code tl_report_add_streams(tl_job *job, json_t *page, const tl_georef *maps,
                              const tl_georef *terrain, tl_err *err) {
    const char *path = tl_job_text(job, "streams");
    json_t *sets = tl_json_array();
    json_t *streams = tl_json_pack("{s:s, s:o}", "file", tl_base_name(path), "sets", sets);
    if (streams == NULL) {
        return tl_no_memory(err, "the streams");
    }
    tl_json_put(page, "streams", streams);
    TL_TRY(add_stream_set(job, maps->crs_wkt == NULL ? terrain : maps, sets, err));
    if (maps->crs_wkt != NULL && terrain->crs_wkt != NULL &&
        !same_text(maps->crs_wkt, terrain->crs_wkt)) {
        TL_TRY(add_stream_set(job, terrain, sets, err));
    }
    return add_record(tl_job_store(job), path, "streams", streams, err);
}
