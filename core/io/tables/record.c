/* SPDX-License-Identifier: GPL-2.0-or-later
 * The run record that rasters and vector layers carry; see source/store.h. */

#include "base/alloc.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/raster.h"
#include "io/tables/vector_layer.h"
#include "json/json.h"

enum { geojson_limit = 256 << 20 };

/* The record of a data set or layer of GDAL. */
static tl_code keep(GDALMajorObjectH of, const char *path, const char *parameter, char **record,
                    tl_err *err) {
    tl_io_call call;
    tl_io_begin(&call);
    const char *text = GDALGetMetadataItem(of, "RECORD", "TILTH");
    tl_code code = TL_OK;
    if (text == NULL && call.failed) {
        code = tl_fail(err, TL_IO, "%s: the run record of '%s' cannot be read%s", parameter, path,
                       tl_io_words(&call));
    }
    *record = tl_copy_text(text);
    tl_io_end(&call);
    return text != NULL && *record == NULL ? tl_no_memory(err, "a run record") : code;
}

static tl_code record_of_geojson(const char *path, const char *parameter, char **record,
                                 tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    TL_TRY(tl_io_read_bytes(path, parameter, geojson_limit, &bytes, &length, err));
    json_t *root = NULL;
    tl_code code = tl_json_parse(bytes, length, 0, &root, err);
    tl_release(bytes);
    const json_t *found = json_object_get(root, "tilth");
    if (found != NULL) {
        *record = tl_json_print(found, JSON_COMPACT);
        code = *record == NULL ? tl_no_memory(err, "a run record") : TL_OK;
    }
    json_decref(root);
    return code == TL_FORMAT ? TL_OK : code;
}

static tl_code record_of_layer(const char *path, const char *parameter, char **record,
                               tl_err *err) {
    tl_vector v;
    TL_TRY(tl_io_tables_open_vector(path, parameter, NULL, &v, err));
    const tl_code code = keep(v.layer, path, parameter, record, err);
    tl_io_tables_close_vector(&v);
    return code;
}

tl_code tl_io_tables_read_record(const char *path, const char *parameter, char **record,
                                 tl_err *err) {
    *record = NULL;
    if (tl_io_has_extension(path, "geojson,json")) {
        return record_of_geojson(path, parameter, record, err);
    }
    GDALDatasetH dataset = NULL;
    tl_err as_raster = {0};
    if (tl_io_open_dataset(path, parameter, &dataset, &as_raster) == TL_OK) {
        const tl_code code = keep(dataset, path, parameter, record, err);
        GDALClose(dataset);
        return code;
    }
    return record_of_layer(path, parameter, record, err);
}
