/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `simulatescene`: a study area with a known answer, from a DEM. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "hydro/twi.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "simulate/light.h"
#include "simulate/sampling.h"
#include "simulate/sensor.h"
#include "terrain/gradient.h"
#include "tools/scenes/simulatescene.h"

enum { SAMPLE_MARGIN = 2 };

static const double CELL_M = 30.0;
static const double BYTES_PER_CELL = 150.0; /* layers, ranking and flow accumulation together */
static const double WARN_MISS = 0.02;
static const double MIB = 1048576.0;

/* The four parameters of the distribution of one property. */
#define MOMENTS(id_, name, unit_, mean_, cv_, skewness_, kurtosis_)                \
    {.id = id_ "_mean",                                                            \
     .kind = TL_ARG_NUMBER,                                                        \
     .label = name " of the samples, mean",                                        \
     .unit = unit_,                                                                \
     .help = "Mean of the measured values; reached exactly.",                      \
     .fallback = mean_,                                                            \
     .advanced = 1,                                                                \
     .min = 0.001,                                                                 \
     .max = 1e6},                                                                  \
        {.id = id_ "_cv",                                                          \
         .kind = TL_ARG_NUMBER,                                                    \
         .label = name " of the samples, coefficient of variation",                \
         .unit = "",                                                               \
         .help = "Standard deviation divided by the mean.",                        \
         .fallback = cv_,                                                          \
         .advanced = 1,                                                            \
         .min = 0.01,                                                              \
         .max = 10.0},                                                             \
        {.id = id_ "_skewness",                                                    \
         .kind = TL_ARG_NUMBER,                                                    \
         .label = name " of the samples, skewness",                                \
         .unit = "",                                                               \
         .help = "0 is symmetric; above 0 a few values are large.",                \
         .fallback = skewness_,                                                    \
         .advanced = 1,                                                            \
         .min = -10.0,                                                             \
         .max = 30.0},                                                             \
    {                                                                              \
        .id = id_ "_kurtosis", .kind = TL_ARG_NUMBER,                              \
        .label = name " of the samples, excess kurtosis", .unit = "",              \
        .help = "0 for a normal distribution; at least skewness squared minus 2.", \
        .fallback = kurtosis_, .advanced = 1, .min = -2.0, .max = 1000.0           \
    }

static const tl_arg arguments[] = {
    {.id = "dem",
     .kind = TL_ARG_RASTER,
     .label = "Elevation",
     .unit = "m",
     .help = "Elevation in metres, in any CRS. The scene gets a grid of 30 m in the UTM zone of "
             "its centre."},
    {.id = "samples_count",
     .kind = TL_ARG_INTEGER,
     .label = "Number of samples",
     .unit = "",
     .help = "How many soil samples are drawn by stratified random sampling over the area.",
     .fallback = "91",
     .min = 10,
     .max = 10000},
    {.id = "mines",
     .kind = TL_ARG_INTEGER,
     .label = "Number of mines",
     .unit = "",
     .help = "Number of point sources of As and Cu. They are on high terrain, at positions that "
             "follow from the seed.",
     .fallback = "3",
     .min = 0,
     .max = TL_SIMULATE_MAX_MINES},
    {.id = "width_km",
     .kind = TL_ARG_NUMBER,
     .label = "Width",
     .unit = "km",
     .help = "Width of the area around the centre of the DEM. With 0 the whole width is used.",
     .fallback = "4.5",
     .min = 0,
     .max = 1000},
    {.id = "height_km",
     .kind = TL_ARG_NUMBER,
     .label = "Height",
     .unit = "km",
     .help = "Height of the area around the centre of the DEM. With 0 the whole height is used.",
     .fallback = "4.5",
     .min = 0,
     .max = 1000},
    {.id = "noise",
     .kind = TL_ARG_NUMBER,
     .label = "Signal-to-noise ratio",
     .unit = "",
     .help = "Signal-to-noise ratio of a band of medium quality at reflectance 0.3, after all "
             "corrections. Decrease it to simulate a noisier scene.",
     .fallback = "80",
     .min = 1,
     .max = 1e6},
    {.id = "own_share",
     .kind = TL_ARG_NUMBER,
     .label = "Variance within a cell",
     .unit = "",
     .help = "Share of the variance of the soil that changes within a cell of the scene, so that "
             "no map of the cells can show it. With 0 a sample is the mean of its cell.",
     .fallback = "0.1",
     .advanced = 1,
     .min = 0.0,
     .max = 0.9},
    {.id = "cloud",
     .kind = TL_ARG_NUMBER,
     .label = "Thin cloud",
     .unit = "",
     .help = "Strength of the thin cloud in the right half of the scene, from 0 (clear) to 1 (a "
             "third of the light).",
     .fallback = "0.5",
     .min = 0,
     .max = 1},
    {.id = "seed",
     .kind = TL_ARG_INTEGER,
     .label = "Seed",
     .unit = "",
     .help = "The same seed produces the same area to the last bit; another seed produces another "
             "area.",
     .fallback = "1",
     .min = -TL_ARG_LARGEST_INTEGER,
     .max = TL_ARG_LARGEST_INTEGER},
    MOMENTS("som", "SOM", "g/kg", "20", "0.32", "0.6", "0.72"),
    MOMENTS("as", "As", "mg/kg", "40", "1.7", "3.6", "17"),
    MOMENTS("cu", "Cu", "mg/kg", "30", "0.42", "1.6", "4.5"),
    {.id = "scene",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Scene",
     .help = "330 bands of surface reflectance (0 to 1) with wavelengths, 30 m, as GeoTIFF (.tif) "
             "or ENVI (.dat)."},
    {.id = "samples",
     .kind = TL_ARG_VECTOR_OUT,
     .layer = "samples",
     .label = "Samples",
     .help = "GeoPackage of points with id and the measured SOM_g_kg, As_mg_kg and Cu_mg_kg."},
    {.id = "lab",
     .kind = TL_ARG_SPECTRA_OUT,
     .label = "Laboratory spectra",
     .help =
         "CSV with id and reflectance from 400 to 2500 nm in steps of 1 nm, one row per sample."},
    {.id = "truth",
     .kind = TL_ARG_RASTER_OUT,
     .label = "True maps",
     .help = "Three layers: SOM (g/kg), As (mg/kg) and Cu (mg/kg) of every cell.",
     .style = "som"},
    {.id = "mine_points",
     .kind = TL_ARG_VECTOR_OUT,
     .layer = "mines",
     .label = "Mines",
     .help = "GeoPackage with the positions of the mines.",
     .optional = 1},
    {.id = "cloud_truth",
     .kind = TL_ARG_RASTER_OUT,
     .label = "True thin cloud",
     .help = "Share of the light of every cell that comes from the cloud, 0 to 1.",
     .optional = 1},
};

static const char *const property_id[TL_SIMULATE_PROPERTIES] = {"som", "as", "cu"};
static const char *const property_field[TL_SIMULATE_PROPERTIES] = {"SOM_g_kg", "As_mg_kg",
                                                                   "Cu_mg_kg"};

static void free_simulation(tl_simulation *s) {
    tl_grid_free(&s->dem);
    tl_grid_free(&s->slope);
    tl_grid_free(&s->twi);
    tl_release(s->light);
    tl_simulate_area_free(&s->area);
    tl_release(s->row);
    tl_release(s->col);
    tl_matrix_free(&s->scores);
    tl_matrix_free(&s->measured);
    tl_release(s->true_som);
    for (int j = 0; j < TL_SIMULATE_PROPERTIES; j++) {
        tl_simulate_marginal_free(&s->marginal[j]);
    }
}

/* --- area --- */

/* The DEM on the grid of the scene. */
static tl_code read_area(const tl_job *job, tl_grid *dem, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const char *path = tl_job_text(job, "dem");
    tl_grid like = {0};
    tl_code code = TL_OK;
    TL_CHECK(store->metric_grid(path, "dem", CELL_M, 1000.0 * tl_job_number(job, "width_km"),
                                1000.0 * tl_job_number(job, "height_km"), &like.nrow, &like.ncol,
                                &like.geo, err));
    const double needed = BYTES_PER_CELL * (double)like.nrow * (double)like.ncol;
    if (needed > tl_job_memory_bytes(job)) {
        code = tl_fail(err, TL_ARG,
                       "an area of %td x %td cells needs %.0f MiB, but 'memory' allows %.0f MiB; "
                       "choose a smaller 'width_km' and 'height_km', or more 'memory'",
                       like.ncol, like.nrow, needed / MIB, tl_job_memory_bytes(job) / MIB);
        goto done;
    }
    TL_CHECK(store->read_grid_like(path, "dem", 1, &like, TL_BILINEAR, dem, err));
done:
    tl_grid_free(&like);
    return code;
}

static tl_code wetness_of(const tl_grid *dem, const tl_grid *slope, const tl_progress *p,
                          tl_grid *twi, tl_err *err) {
    const tl_flow_options flow = {
        .method = TL_FLOW_MFD, .edge = TL_FLOW_EDGE_SAGA, .convergence = 1.1, .unit = TL_FLOW_M2};
    const tl_progress part[2] = {tl_progress_part(p, 0.0, 0.5), tl_progress_part(p, 0.5, 1.0)};
    tl_grid filled = {0};
    tl_grid area = {0};
    tl_grid sca = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_hydro_fill(dem, TL_FILL_MIN_SLOPE_DEG, &filled, &part[0], err));
    TL_CHECK(tl_hydro_accumulate(&filled, &flow, &area, &part[1], err));
    TL_CHECK(tl_hydro_sca(&filled, &area, &sca, err));
    TL_CHECK(tl_hydro_twi(slope, &sca, twi, err));
done:
    tl_grid_free(&filled);
    tl_grid_free(&area);
    tl_grid_free(&sca);
    return code;
}

static tl_code build_area(const tl_job *job, const tl_progress *p, tl_simulation *s, tl_err *err) {
    const tl_progress part[3] = {tl_progress_part(p, 0.1, 0.2), tl_progress_part(p, 0.2, 0.5),
                                 tl_progress_part(p, 0.5, 1.0)};
    tl_grid aspect = {0};
    tl_code code = TL_OK;
    TL_CHECK(read_area(job, &s->dem, err));
    TL_CHECK(tl_terrain_slope(&s->dem, TL_SLOPE_HORN, TL_SLOPE_RADIAN, &s->slope, &aspect, &part[0],
                              err));
    TL_CHECK(wetness_of(&s->dem, &s->slope, &part[1], &s->twi, err));
    const ptrdiff_t cells = s->dem.nrow * s->dem.ncol;
    s->light = tl_acquire(cells, sizeof *s->light);
    if (s->light == NULL) {
        code = tl_fail(err, TL_NOMEM, "no memory for the sunlight of %td cells", cells);
        goto done;
    }
    tl_simulate_light(s->slope.data, aspect.data, cells, s->light);
    const tl_simulate_terrain terrain = {s->dem.nrow,   s->dem.ncol, CELL_M,  s->dem.data,
                                         s->slope.data, s->twi.data, s->light};
    TL_CHECK(tl_simulate_area_init(&s->area, &terrain, (ptrdiff_t)tl_job_integer(job, "mines"),
                                   s->seed, &part[2], err));
done:
    tl_grid_free(&aspect);
    return code;
}

/* --- samples --- */

static double moment_of(const tl_job *job, int property, const char *moment) {
    char id[32];
    snprintf(id, sizeof id, "%s_%s", property_id[property], moment);
    return tl_job_number(job, id);
}

static void put_moments(tl_job *job, int property, const tl_simulate_moments *m) {
    json_t *object = tl_json_object();
    tl_json_put(object, "mean", tl_json_number(m->mean));
    tl_json_put(object, "cv", tl_json_number(m->cv));
    tl_json_put(object, "skewness", tl_json_number(m->skewness));
    tl_json_put(object, "excess_kurtosis", tl_json_number(m->kurtosis));
    tl_job_put_json(job, property_field[property], object);
}

/* Fits the transform of one property to the samples and measures them with it. */
static tl_code measure_property(tl_job *job, tl_simulation *s, int property, tl_err *err) {
    const tl_simulate_moments wanted = {
        moment_of(job, property, "mean"), moment_of(job, property, "cv"),
        moment_of(job, property, "skewness"), moment_of(job, property, "kurtosis")};
    tl_simulate_moments reached;
    double *z = tl_acquire(2 * s->n, sizeof *z);
    if (z == NULL) {
        return tl_fail(err, TL_NOMEM, "no memory for %td samples", s->n);
    }
    double *error = z + s->n;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        z[i] = tl_matrix_row(&s->scores, i)[property];
        error[i] = tl_simulate_assay_error(s->seed, i, (tl_simulate_property)property);
    }
    tl_code code =
        tl_simulate_marginal_fit(z, error, s->n, &wanted, &s->marginal[property], &reached, err);
    if (code != TL_OK) {
        code = tl_fail_in(err, code, property_field[property]);
        goto done;
    }
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const double truth = tl_simulate_marginal_value(&s->marginal[property], z[i]);
        tl_matrix_row(&s->measured, i)[property] = truth * (1.0 + error[i]);
        if (property == TL_SIMULATE_SOM) {
            s->true_som[i] = truth;
        }
    }
    put_moments(job, property, &reached);
    const int missed = tl_simulate_moments_miss(&reached, &wanted) > WARN_MISS;
    tl_job_log(job, missed ? TL_WARNING : TL_INFO,
               "%s of the samples: mean %.4g, coefficient of variation %.3f, skewness %.2f, excess "
               "kurtosis %.2f%s",
               property_field[property], reached.mean, reached.cv, reached.skewness,
               reached.kurtosis,
               missed ? "; positive values cannot come closer to the wanted figures" : "");
done:
    tl_release(z);
    return code;
}

static tl_code take_samples(tl_job *job, tl_simulation *s, tl_err *err) {
    s->n = (ptrdiff_t)tl_job_integer(job, "samples_count");
    s->own_share = tl_job_number(job, "own_share");
    s->row = tl_acquire(s->n, sizeof *s->row);
    s->col = tl_acquire(s->n, sizeof *s->col);
    s->true_som = tl_acquire(s->n, sizeof *s->true_som);
    if (s->row == NULL || s->col == NULL || s->true_som == NULL) {
        return tl_fail(err, TL_NOMEM, "no memory for %td samples", s->n);
    }
    TL_TRY(tl_matrix_init(&s->measured, s->n, TL_SIMULATE_PROPERTIES, err));
    TL_TRY(tl_simulate_sample_cells(s->seed, s->dem.data, s->dem.nrow, s->dem.ncol, SAMPLE_MARGIN,
                                    s->n, s->row, s->col, err));
    TL_TRY(tl_simulate_sample_scores(&s->area, s->seed, s->own_share, s->row, s->col, s->n,
                                     &s->scores, err));
    for (int j = 0; j < TL_SIMULATE_PROPERTIES; j++) {
        TL_TRY(measure_property(job, s, j, err));
    }
    tl_simulate_area_fix(&s->area, s->marginal);
    return TL_OK;
}

/* --- the run --- */

static tl_code run(tl_job *job, tl_err *err) {
    const tl_progress *p = tl_job_progress(job);
    const tl_progress part[2] = {tl_progress_part(p, 0.0, 0.3), tl_progress_part(p, 0.35, 1.0)};
    tl_simulation s = {.seed = tl_job_integer(job, "seed")};
    tl_code code = TL_OK;
    TL_CHECK(build_area(job, &part[0], &s, err));
    TL_CHECK(take_samples(job, &s, err));
    TL_CHECK(tl_simulatescene_write_samples(job, &s, err));
    TL_CHECK(tl_simulatescene_write_lab(job, &s, err));
    TL_CHECK(tl_simulatescene_write_truth(job, &s, err));
    if (tl_job_output(job, "cloud_truth") != NULL) {
        TL_CHECK(tl_simulatescene_write_cloud(job, &s, err));
    }
    if (tl_job_output(job, "mine_points") != NULL) {
        TL_CHECK(tl_simulatescene_write_mines(job, &s, err));
    }
    TL_CHECK(tl_simulatescene_write_scene(job, &s, &part[1], err));
    tl_job_put_number(job, "rows", (double)s.dem.nrow);
    tl_job_put_number(job, "columns", (double)s.dem.ncol);
    tl_job_put_number(job, "bands", TL_SIMULATE_BANDS);
    tl_job_put_number(job, "samples_count", (double)s.n);
done:
    free_simulation(&s);
    return code;
}

const tl_algorithm tl_alg_simulatescene = {
    .id = "simulatescene",
    .title = "Simulate a study area",
    .group = "Prepare",
    .summary =
        "Creates a study area with a known answer from a DEM: scene, laboratory spectra, "
        "samples and true maps.",
    .help =
        "True maps of soil organic matter, arsenic and copper follow the terrain (elevation, "
        "slope, wetness), mines on high terrain, and smooth random variation. Soil samples "
        "are drawn by stratified random sampling; the measured values have the mean, "
        "coefficient of variation, skewness and excess kurtosis of the parameters.\n"
        "Laboratory spectra and a scene like that of GF-5 AHSI (330 bands, 390 to 2513 nm, "
        "30 m) are computed from the organic matter, clay, iron oxides, opaque minerals and "
        "water of the soil. Arsenic and copper have no absorption of their own; they are "
        "visible only through the components that they correlate with. The scene has the "
        "defects of real ones: detector seam, stripes, noise, residual gases, moisture, crop "
        "residue, and thin cloud in the right half.\n"
        "Use it to plan a sampling campaign: change the number of samples, the noise or the "
        "cloud, train a model, and compare its map with the true one. The same seed produces "
        "the same bytes.",
    .example =
        "tilth simulatescene --dem dem.tif --scene scene.tif --samples samples.gpkg --lab lab.csv "
        "--truth truth.tif",
    .citation = "docs/methods/simulation.md",
    .tags = "simulation,sampling design,synthetic,hyperspectral,GF-5,SOM,As,Cu",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
