/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scale of a map by distances on the ellipsoid; see map_scale.h. */
#include "io/map_scale.h"

#include <math.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "base/angle_units.h"
#include "io/georef_gdal.h"

/* A map whose scale is that near to 1 is used as it is. */
static const double tolerance = 0.002;

/* Length of the measured pieces: short against any projection, long against rounding. */
static const double piece_m = 200.0;

typedef struct ruler {
    const tl_georef *geo;
    OGRCoordinateTransformationH to_degrees;
} ruler;

/* A point of the ellipsoid in metres from its centre. */
static void to_space(const tl_georef *geo, double longitude, double latitude, double point[3]) {
    const double f = geo->inverse_flattening > 0.0 ? 1.0 / geo->inverse_flattening : 0.0;
    const double e2 = f * (2.0 - f);
    const double lambda = longitude * TL_RADIANS_PER_DEGREE;
    const double phi = latitude * TL_RADIANS_PER_DEGREE;
    const double normal = geo->semi_major_m / sqrt(1.0 - e2 * sin(phi) * sin(phi));
    point[0] = normal * cos(phi) * cos(lambda);
    point[1] = normal * cos(phi) * sin(lambda);
    point[2] = normal * (1.0 - e2) * sin(phi);
}

/* True metres per map metre around a position, in a direction of the map; NaN where the map does not
 * reach. */
static double scale_at(const ruler *r, double x, double y, double east, double north) {
    const double half = 0.5 * piece_m / r->geo->metres_per_unit;
    double across[2] = {x - half * east, x + half * east};
    double along[2] = {y - half * north, y + half * north};
    double from[3];
    double to[3];
    if (!OCTTransform(r->to_degrees, 2, across, along, NULL)) {
        return (double)NAN;
    }
    to_space(r->geo, across[0], along[0], from);
    to_space(r->geo, across[1], along[1], to);
    const double dx = to[0] - from[0];
    const double dy = to[1] - from[1];
    const double dz = to[2] - from[2];
    const double ratio = sqrt(dx * dx + dy * dy + dz * dz) / piece_m;
    return isfinite(ratio) && ratio > 0.0 ? ratio : (double)NAN;
}

static double difference(double value, double from) {
    return isnan(value) ? 0.0 : fabs(value / from - 1.0);
}

static void measure(const ruler *r, ptrdiff_t nrow, ptrdiff_t ncol, tl_map_scale *scale) {
    const double *t = r->geo->transform;
    const double west = t[0];
    const double middle = west + 0.5 * (double)ncol * t[1];
    double farthest = 0.0;
    *scale = (tl_map_scale){
        .is_set = 1, .y = t[3], .step = (double)nrow * t[5] / (TL_MAP_SCALE_POINTS - 1)};
    for (int i = 0; i < TL_MAP_SCALE_POINTS && scale->is_set; i++) {
        const double y = scale->y + (double)i * scale->step;
        const double across = scale_at(r, middle, y, 1.0, 0.0);
        const double along = scale_at(r, middle, y, 0.0, 1.0);
        scale->across[i] = across;
        scale->along[i] = along;
        scale->is_set = !isnan(across) && !isnan(along);
        farthest = fmax(farthest, fmax(fabs(across - 1.0), fabs(along - 1.0)));
        for (int end = 0; end < 2 && scale->is_set; end++) {
            const double x = west + (end == 0 ? 0.0 : (double)ncol * t[1]);
            scale->spread =
                fmax(scale->spread, fmax(difference(scale_at(r, x, y, 1.0, 0.0), across),
                                         difference(scale_at(r, x, y, 0.0, 1.0), along)));
        }
    }
    scale->is_set = scale->is_set && farthest > tolerance;
}

/* 1 when the formula of the transverse Mercator projection alone shows that the middle column is
 * nearer to scale 1 than the tolerance: maps of UTM and Gauss-Kruger zones, for which setting up a
 * transformation would take longer than opening the file. The scale grows from that of the central
 * meridian with the square of the distance from it; the smallest radius of curvature of the Earth
 * bounds it from above. */
static int is_plain_zone(OGRSpatialReferenceH map, const tl_georef *geo, ptrdiff_t ncol) {
    static const double smallest_radius_m = 6.33e6;
    static const double share = 0.9;
    const char *name = OSRGetAttrValue(map, "PROJECTION", 0);
    if (name == NULL || strcmp(name, SRS_PT_TRANSVERSE_MERCATOR) != 0 ||
        !(geo->semi_major_m > 6.37e6 && geo->semi_major_m < 6.39e6)) {
        return 0;
    }
    const double on_meridian = OSRGetProjParm(map, SRS_PP_SCALE_FACTOR, 1.0, NULL);
    const double meridian = OSRGetProjParm(map, SRS_PP_FALSE_EASTING, 0.0, NULL);
    const double middle = geo->transform[0] + 0.5 * (double)ncol * geo->transform[1];
    const double away_m = (middle - meridian) * geo->metres_per_unit / on_meridian;
    const double highest = on_meridian * cosh(away_m / smallest_radius_m);
    return on_meridian > 1.0 - share * tolerance && highest < 1.0 + share * tolerance;
}

void tl_io_measure_scale(tl_georef *geo, ptrdiff_t nrow, ptrdiff_t ncol) {
    const double *t = geo->transform;
    geo->scale.is_set = 0;
    if (geo->crs_wkt == NULL || geo->is_geographic || !(geo->semi_major_m > 0.0) ||
        fabs(t[2]) > 0.0 || fabs(t[4]) > 0.0 || !(fabs(t[5]) > 0.0)) {
        return;
    }
    OGRSpatialReferenceH map = tl_io_crs(geo);
    OGRSpatialReferenceH degrees =
        map == NULL || is_plain_zone(map, geo, ncol) ? NULL : OSRCloneGeogCS(map);
    if (degrees != NULL) {
        OSRSetAxisMappingStrategy(degrees, OAMS_TRADITIONAL_GIS_ORDER);
        (void)OSRSetAngularUnits(degrees, SRS_UA_DEGREE, TL_RADIANS_PER_DEGREE);
        const ruler r = {geo, OCTNewCoordinateTransformation(map, degrees)};
        if (r.to_degrees != NULL) {
            measure(&r, nrow, ncol, &geo->scale);
        }
        OCTDestroyCoordinateTransformation(r.to_degrees);
    }
    OSRDestroySpatialReference(degrees);
    OSRDestroySpatialReference(map);
}
