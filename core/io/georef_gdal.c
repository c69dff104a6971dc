/* SPDX-License-Identifier: GPL-2.0-or-later
 * Georeferences between GDAL and tilth; see georef_gdal.h. */
#include "io/georef_gdal.h"

#include <cpl_conv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "io/map_scale.h"
#include "io/metric_grid.h"

static OGRSpatialReferenceH new_crs(void) {
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    OSRSetAxisMappingStrategy(crs, OAMS_TRADITIONAL_GIS_ORDER);
    return crs;
}

/* The definition of an EPSG code in the register, if it means the same CRS; else NULL. */
static OGRSpatialReferenceH from_register(OGRSpatialReferenceH crs, const char *code) {
    static const char *const options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", NULL};
    OGRSpatialReferenceH registered = new_crs();
    if (OSRImportFromEPSG(registered, (int)strtol(code, NULL, 10)) == OGRERR_NONE &&
        OSRIsSameEx(crs, registered, options)) {
        return registered;
    }
    OSRDestroySpatialReference(registered);
    return NULL;
}

/* The registered CRS that a definition without code stands for (ENVI and ESRI files), or NULL. */
static OGRSpatialReferenceH best_match(OGRSpatialReferenceH crs) {
    int n = 0;
    int *confidence = NULL;
    OGRSpatialReferenceH *match = OSRFindMatches(crs, NULL, &n, &confidence);
    OGRSpatialReferenceH best = NULL;
    for (int i = 0; i < n && best == NULL; i++) {
        const char *authority = OSRGetAuthorityName(match[i], NULL);
        const char *code = OSRGetAuthorityCode(match[i], NULL);
        /* From 70 on the definitions are equivalent, only the names differ. */
        if (confidence[i] >= 70 && authority != NULL && strcmp(authority, "EPSG") == 0 &&
            code != NULL) {
            best = new_crs();
            if (OSRImportFromEPSG(best, (int)strtol(code, NULL, 10)) != OGRERR_NONE) {
                OSRDestroySpatialReference(best);
                best = NULL;
            }
        }
    }
    OSRFreeSRSArray(match);
    CPLFree(confidence);
    return best;
}

static OGRSpatialReferenceH canonical(OGRSpatialReferenceH crs) {
    const char *authority = OSRGetAuthorityName(crs, NULL);
    const char *code = OSRGetAuthorityCode(crs, NULL);
    if (authority != NULL && code != NULL) {
        return strcmp(authority, "EPSG") == 0 ? from_register(crs, code) : NULL;
    }
    return best_match(crs);
}

tl_code tl_io_set_crs(tl_georef *geo, OGRSpatialReferenceH crs, tl_err *err) {
    geo->crs_wkt = NULL;
    geo->is_geographic = 0;
    geo->metres_per_unit = 1.0;
    geo->semi_major_m = 0.0;
    geo->inverse_flattening = 0.0;
    geo->degrees_per_unit = 1.0;
    geo->scale.is_set = 0;
    if (crs == NULL) {
        return TL_OK;
    }
    if (!OSRIsGeographic(crs) && !OSRIsProjected(crs)) {
        /* "Arbitrary" local systems cannot be transformed: they are treated as unknown, and lengths
         * stay as they are. */
        return TL_OK;
    }
    OGRSpatialReferenceH registered = canonical(crs);
    OGRSpatialReferenceH use = registered == NULL ? crs : registered;
    static const char *const options[] = {"FORMAT=WKT2_2019", "MULTILINE=NO", NULL};
    char *wkt = NULL;
    tl_code code = TL_OK;
    if (OSRExportToWktEx(use, &wkt, options) == OGRERR_NONE && wkt != NULL && wkt[0] != '\0') {
        geo->crs_wkt = tl_copy_text(wkt);
        if (geo->crs_wkt == NULL) {
            code = tl_no_memory(err, "a coordinate reference system");
        }
    }
    CPLFree(wkt);
    OGRErr missing = OGRERR_NONE;
    const double semi_major_m = OSRGetSemiMajor(use, &missing);
    geo->semi_major_m = missing == OGRERR_NONE ? semi_major_m : 0.0;
    const double inverse = OSRGetInvFlattening(use, &missing);
    geo->inverse_flattening = missing == OGRERR_NONE ? inverse : 0.0;
    geo->is_geographic = OSRIsGeographic(use) != 0;
    if (geo->is_geographic) {
        const double radians = OSRGetAngularUnits(use, NULL);
        const double degrees = radians / TL_RADIANS_PER_DEGREE;
        /* Registers write the degree with 15 digits. */
        geo->degrees_per_unit = radians > 0.0 && fabs(degrees - 1.0) > 1e-9 ? degrees : 1.0;
    } else {
        const double metres = OSRGetLinearUnits(use, NULL);
        geo->metres_per_unit = metres > 0.0 ? metres : 1.0;
    }
    OSRDestroySpatialReference(registered);
    return code;
}

OGRSpatialReferenceH tl_io_crs(const tl_georef *geo) {
    if (geo == NULL || geo->crs_wkt == NULL) {
        return NULL;
    }
    OGRSpatialReferenceH crs = new_crs();
    if (OSRSetFromUserInput(crs, geo->crs_wkt) != OGRERR_NONE) {
        OSRDestroySpatialReference(crs);
        return NULL;
    }
    return crs;
}

static const double unit_cells[6] = {0, 1, 0, 0, 0, -1};

static tl_code check_transform(const double t[6], tl_err *err) {
    for (int i = 0; i < 6; i++) {
        if (!isfinite(t[i])) {
            return tl_fail(
                err, TL_DATA,
                "number %d of the geotransform is %g; wanted finite numbers: set it again, "
                "for example with gdal_edit.py -a_ullr",
                i + 1, t[i]);
        }
    }
    return TL_OK;
}

/* A projected CRS that was assigned to a raster in degrees: positions within the ranges of latitude and longitude, and cells
 * that would be smaller than a millimetre. Slopes on such a raster are 90 degrees everywhere. */
static tl_code check_units(const tl_georef *geo, OGRSpatialReferenceH crs, double nrow, double ncol,
                           tl_err *err) {
    const double *t = geo->transform;
    const double right = t[0] + t[1] * ncol;
    const double lower = t[3] + t[5] * nrow;
    if (crs == NULL || !OSRIsProjected(crs) || fabs(t[1]) > 0.001 || fabs(t[5]) > 0.001 ||
        fmax(fabs(t[0]), fabs(right)) > 360.0 || fmax(fabs(t[3]), fabs(lower)) > 90.0) {
        return TL_OK;
    }
    return tl_fail(
        err, TL_DATA,
        "its CRS '%s' is in metres, but its position (%.6g, %.6g) and its cells of %.6g are "
        "in degrees; assign the CRS that they are in, for example with gdal_edit.py -a_srs "
        "EPSG:4326",
        OSRGetName(crs), t[0], t[3], t[1]);
}

/* The UTM zone of the mean position of the ground control points; 0 = unknown. */
static int utm_of_points(GDALDatasetH dataset) {
    const int n = GDALGetGCPCount(dataset);
    const GDAL_GCP *point = GDALGetGCPs(dataset);
    OGRSpatialReferenceH crs = GDALGetGCPSpatialRef(dataset);
    if (n < 1 || crs == NULL) {
        return 0;
    }
    double x = 0.0;
    double y = 0.0;
    for (int i = 0; i < n; i++) {
        x += point[i].dfGCPX / n;
        y += point[i].dfGCPY / n;
    }
    OGRSpatialReferenceH from = OSRClone(crs);
    OGRSpatialReferenceH wgs84 = new_crs();
    OSRSetAxisMappingStrategy(from, OAMS_TRADITIONAL_GIS_ORDER);
    (void)OSRImportFromEPSG(wgs84, 4326);
    OGRCoordinateTransformationH way = OCTNewCoordinateTransformation(from, wgs84);
    const int ok = way != NULL && OCTTransform(way, 1, &x, &y, NULL) && isfinite(x) && isfinite(y);
    OCTDestroyCoordinateTransformation(way);
    OSRDestroySpatialReference(wgs84);
    OSRDestroySpatialReference(from);
    return ok ? tl_io_utm_epsg(x, y) : 0;
}

static void note_placement(GDALDatasetH dataset, tl_georef *geo) {
    geo->placement = TL_NOT_PLACED;
    if (GDALGetGCPCount(dataset) > 0 || GDALGetMetadata(dataset, "RPC") != NULL ||
        GDALGetMetadata(dataset, "GEOLOCATION") != NULL) {
        geo->placement = TL_PLACED_BY_POINTS;
        geo->utm_epsg = utm_of_points(dataset);
    }
}

tl_code tl_io_read_georef(GDALDatasetH dataset, tl_georef *geo, int *flip, tl_err *err) {
    *geo = (tl_georef){.metres_per_unit = 1.0};
    *flip = 0;
    double *t = geo->transform;
    const int placed = GDALGetGeoTransform(dataset, t) == CE_None;
    if (placed) {
        TL_TRY(check_transform(t, err));
    } else {
        memcpy(t, unit_cells, sizeof unit_cells);
        note_placement(dataset, geo);
    }
    if (placed && t[5] > 0.0 && !(fabs(t[2]) > 0.0) && !(fabs(t[4]) > 0.0)) {
        *flip = 1;
        t[3] += t[5] * (double)GDALGetRasterYSize(dataset);
        t[5] = -t[5];
    }
    TL_TRY(tl_io_set_crs(geo, GDALGetSpatialRef(dataset), err));
    if (placed) {
        TL_TRY(check_units(geo, GDALGetSpatialRef(dataset), (double)GDALGetRasterYSize(dataset),
                           (double)GDALGetRasterXSize(dataset), err));
        tl_io_measure_scale(geo, GDALGetRasterYSize(dataset), GDALGetRasterXSize(dataset));
    }
    return TL_OK;
}

void tl_io_write_georef(GDALDatasetH dataset, const tl_georef *geo) {
    double t[6];
    memcpy(t, geo->transform, sizeof t);
    int is_plain = geo->crs_wkt == NULL;
    for (int i = 0; i < 6; i++) {
        is_plain = is_plain && !(fabs(t[i] - unit_cells[i]) > 0.0);
    }
    if (!is_plain) {
        GDALSetGeoTransform(dataset, t);
    }
    OGRSpatialReferenceH crs = tl_io_crs(geo);
    if (crs != NULL) {
        GDALSetSpatialRef(dataset, crs);
        OSRDestroySpatialReference(crs);
    }
}
