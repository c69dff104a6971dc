/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of height units, and checks of a georeference; see dem_units.h. */
#include "recipes/dem_units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name; /* in lower case */
    double metres;
} units[] = {{"m", 1.0},
             {"metre", 1.0},
             {"metres", 1.0},
             {"meter", 1.0},
             {"meters", 1.0},
             {"metro", 1.0},
             {"ft", 0.3048},
             {"foot", 0.3048},
             {"feet", 0.3048},
             {"international foot", 0.3048},
             {"us survey foot", 1200.0 / 3937.0},
             {"us survey feet", 1200.0 / 3937.0},
             {"us-ft", 1200.0 / 3937.0},
             {"ftus", 1200.0 / 3937.0},
             {"us-foot", 1200.0 / 3937.0},
             {"foot_us", 1200.0 / 3937.0},
             {"km", 1000.0},
             {"dm", 0.1},
             {"cm", 0.01},
             {"centimetre", 0.01},
             {"mm", 0.001}};

static void lower(const char *text, char small[32]) {
    size_t n = 0;
    for (; text[n] != '\0' && n < 31; n++) {
        small[n] = (char)tolower((unsigned char)text[n]);
    }
    small[n] = '\0';
}

/* Metres per unit; 0 for an unknown unit. */
static double metres_of(const char *unit) {
    char small[32];
    lower(unit, small);
    for (ptrdiff_t i = 0; i < TL_COUNT(units); i++) {
        if (strcmp(units[i].name, small) == 0) {
            return units[i].metres;
        }
    }
    return 0.0;
}

/* Programs write such words where they know no unit. */
static int is_unnamed(const char *unit) {
    static const char *const words[] = {"",     "unspecified", "unknown", "undefined",
                                        "none", "unitless",    "n/a",     "-"};
    char small[32];
    lower(unit, small);
    int found = 0;
    for (ptrdiff_t i = 0; i < TL_COUNT(words); i++) {
        found = found || strcmp(small, words[i]) == 0;
    }
    return found;
}

/* The height unit that the file names; "" when it names none or cannot be opened, which is reported
 * when the file is read. */
static void read_unit(const tl_job *job, char unit[32]) {
    const tl_store *store = tl_job_store(job);
    tl_raster *raster = NULL;
    unit[0] = '\0';
    if (store->open_raster(tl_job_text(job, "dem"), "dem", &raster, NULL) != TL_OK) {
        return;
    }
    const tl_raster_info *info = store->raster_info(raster);
    const char *band = info->bands.n > 0 ? info->bands.band[0].unit : "";
    (void)snprintf(unit, 32, "%s", band[0] != '\0' ? band : info->height_unit);
    store->close_raster(raster);
}

tl_code tl_recipes_height_factor(const tl_job *job, double *factor, tl_err *err) {
    *factor = tl_job_number(job, "z_factor");
    if (*factor > 0.0) {
        return TL_OK;
    }
    char unit[32];
    read_unit(job, unit);
    *factor = is_unnamed(unit) ? 1.0 : metres_of(unit);
    if (!(*factor > 0.0)) {
        return tl_fail(
            err, TL_DATA,
            "parameter 'dem': the values of '%s' are in '%s', which is no known unit of height; "
            "wanted elevations in metres, or the metres per unit as z_factor",
            tl_job_text(job, "dem"), unit);
    }
    if (*factor < 1.0 || *factor > 1.0) {
        tl_job_log(
            job, TL_INFO,
            "dem: the heights of the file are in '%s' and are converted to metres (z_factor)",
            unit);
    }
    return TL_OK;
}

/* Without a grid on the ground nothing is known of the size of cells. */
static tl_code check_placement(const tl_job *job, const tl_georef *geo, tl_err *err) {
    const char *path = tl_job_text(job, "dem");
    if (geo->placement == TL_NOT_PLACED) {
        return tl_fail(
            err, TL_DATA,
            "parameter 'dem': '%s' has no georeference, so the size of its cells is "
            "unknown; assign one with gdal_translate -a_srs EPSG:CODE -a_ullr WEST NORTH "
            "EAST SOUTH '%s' placed.tif, or with ground control points and gdalwarp",
            path, path);
    }
    if (geo->placement == TL_PLACED_BY_POINTS) {
        char epsg[16] = "CODE";
        if (geo->utm_epsg > 0) {
            (void)snprintf(epsg, sizeof epsg, "%d", geo->utm_epsg);
        }
        return tl_fail(
            err, TL_DATA,
            "parameter 'dem': '%s' is placed by ground control points or a sensor model "
            "and has no grid; run gdalwarp -t_srs EPSG:%s -r bilinear '%s' warped.tif and "
            "use warped.tif",
            path, epsg, path);
    }
    return TL_OK;
}

tl_code tl_recipes_settle_position(const tl_job *job, tl_georef *geo, tl_err *err) {
    enum { SAGA = 1 };
    TL_TRY(check_placement(job, geo, err));
    if (fabs(geo->transform[2]) + fabs(geo->transform[4]) > 0.0) {
        return tl_fail(err, TL_DATA,
                       "parameter 'dem': '%s' is rotated; wanted rows from west to east, as "
                       "gdalwarp writes them",
                       tl_job_text(job, "dem"));
    }
    if (geo->is_geographic && tl_job_has(job, "compatible") &&
        tl_job_choice(job, "compatible") == SAGA) {
        geo->is_geographic = 0;
        geo->metres_per_unit = 1.0;
        tl_job_log(
            job, TL_WARNING,
            "dem: its cells are in degrees, which compatible saga uses as metres, as SAGA does; "
            "slopes are then near 90 degrees; leave compatible out for true metres");
    } else if (geo->scale.is_set && tl_job_has(job, "compatible") &&
               tl_job_choice(job, "compatible") == SAGA) {
        geo->scale.is_set = 0;
        tl_job_log(
            job, TL_WARNING,
            "dem: map metres are used as metres on the Earth because of compatible saga, as SAGA "
            "does; leave compatible out for true metres");
    }
    return TL_OK;
}
