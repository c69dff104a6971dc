/* SPDX-License-Identifier: GPL-2.0-or-later
 * STAC items next to rasters; see stac_sidecar.h. */
#include "io/stac_sidecar.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "io/bytes.h"
#include "json/json.h"

enum { path_capacity = 4096, item_limit = 64 << 20 };

static double number_of(const json_t *band, const char *key) {
    const json_t *value = json_object_get(band, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* The bands are among the properties of the item or in one of its assets. */
static const json_t *bands_of(const json_t *item, ptrdiff_t n) {
    const json_t *bands = json_object_get(json_object_get(item, "properties"), "eo:bands");
    if (json_is_array(bands) && (ptrdiff_t)json_array_size(bands) == n) {
        return bands;
    }
    json_t *assets = json_object_get(item, "assets");
    const char *name;
    json_t *asset;
    json_object_foreach(assets, name, asset) {
        bands = json_object_get(asset, "eo:bands");
        if (json_is_array(bands) && (ptrdiff_t)json_array_size(bands) == n) {
            return bands;
        }
    }
    return NULL;
}

static json_t *load(const char *path) {
    char *bytes = NULL;
    size_t length = 0;
    if (!tl_io_exists(path) ||
        tl_io_read_bytes(path, "", item_limit, &bytes, &length, NULL) != TL_OK) {
        return NULL;
    }
    json_t *item = NULL;
    (void)tl_json_parse(bytes, length, 0, &item, NULL);
    tl_release(bytes);
    return item;
}

int tl_io_read_stac(const char *path, ptrdiff_t n, double *centre_um, double *fwhm_um) {
    char sidecar[path_capacity];
    tl_io_replace_extension(path, "stac.json", sidecar);
    json_t *item = load(sidecar);
    if (item == NULL) {
        (void)snprintf(sidecar, sizeof sidecar, "%.4000s.stac.json", path);
        item = load(sidecar);
    }
    const json_t *bands = bands_of(item, n);
    for (ptrdiff_t i = 0; bands != NULL && i < n; i++) {
        const json_t *band = json_array_get(bands, (size_t)i);
        centre_um[i] = number_of(band, "center_wavelength");
        fwhm_um[i] = number_of(band, "full_width_half_max");
    }
    json_decref(item);
    return bands != NULL;
}
