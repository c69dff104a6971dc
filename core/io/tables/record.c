/* SPDX-License-Identifier: GPL-2.0-or-later
 * The run record that rasters and vector layers carry; see source/store.h. */

#include "base/alloc.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/raster.h"
#include "io/tables/vector_layer.h"
#include "json/json.h"

enum { geojson_limit = 256 << 20 };

static tl_code keep(const char *text, char **record, tl_err *err) {
    *record = tl_copy_text(text);
    return text != NULL && *record == NULL ? tl_no_memory(err, "a run record") : TL_OK;
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
    const tl_code code = keep(GDALGetMetadataItem(v.layer, "RECORD", "TILTH"), record, err);
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
        const tl_code code = keep(GDALGetMetadataItem(dataset, "RECORD", "TILTH"), record, err);
        GDALClose(dataset);
        return code;
    }
    return record_of_layer(path, parameter, record, err);
}
