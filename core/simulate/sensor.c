/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scene of the study area from a satellite like GF-5. */
#include "simulate/sensor.h"

#include <math.h>

#include "base/alloc.h"
#include "base/parfor.h"

double tl_simulate_response(double wl_nm, double centre_nm, double fwhm_nm) {
    const double sigma = fwhm_nm / (2.0 * sqrt(2.0 * log(2.0)));
    return fabs(wl_nm - centre_nm) <= 4.0 * sigma ? tl_simulate_bump(wl_nm, centre_nm, sigma) : 0.0;
}

/* Optical depth at a wavelength: the flat-topped water bands near 1395 and 1870 nm are opaque, the
 * others are dips. */
static double gas_depth(double wl_nm) {
    const double opaque_1400 = 6.0 * exp(-pow(fabs(wl_nm - 1396.0) / 50.0, 4.0));
    const double opaque_1900 = 7.0 * exp(-pow(fabs(wl_nm - 1874.0) / 85.0, 4.0));
    return opaque_1400 + opaque_1900 + 0.35 * tl_simulate_bump(wl_nm, 762.0, 3.5) +
           0.30 * tl_simulate_bump(wl_nm, 940.0, 18.0) +
           0.45 * tl_simulate_bump(wl_nm, 1130.0, 18.0) +
           0.35 * tl_simulate_bump(wl_nm, 2010.0, 14.0) +
           0.25 * tl_simulate_bump(wl_nm, 2060.0, 14.0) + 0.60 * exp((wl_nm - 2513.0) / 60.0);
}

/* Noise relative to mid quality: weak light at both ends, SWIR worse than VNIR, opaque bands
 * worst. */
static double noise_level(double wl_nm, int detector) {
    const double ends =
        1.0 + 4.0 * exp(-(wl_nm - 390.0) / 22.0) + 3.0 * exp(-(2513.0 - wl_nm) / 60.0);
    const double blind = fmin(exp(gas_depth(wl_nm)), 40.0);
    return ends * (detector == 2 ? 1.5 : 0.8) * blind;
}

/* Averages the absorptions over the band's response on a grid of 1 nm. */
static void average_over_band(tl_simulate_band *b) {
    const double reach = 2.0 * b->fwhm_nm;
    double weights = 0.0;
    tl_simulate_absorption sum = {0};
    const int last_nm = (int)floor(b->centre_nm + reach);
    for (int nm = (int)ceil(b->centre_nm - reach); nm <= last_nm; nm++) {
        const double wl = (double)nm;
        const double w = tl_simulate_response(wl, b->centre_nm, b->fwhm_nm);
        const tl_simulate_absorption k = tl_simulate_absorption_at(wl);
        weights += w;
        sum.mineral += w * k.mineral;
        sum.som += w * k.som;
        sum.clay += w * k.clay;
        sum.iron += w * k.iron;
        sum.dark += w * k.dark;
        sum.water += w * k.water;
    }
    b->absorption =
        (tl_simulate_absorption){sum.mineral / weights, sum.som / weights,  sum.clay / weights,
                                 sum.iron / weights,    sum.dark / weights, sum.water / weights};
}

void tl_simulate_sensor_bands(tl_simulate_band *band) {
    for (int j = 0; j < TL_SIMULATE_BANDS; j++) {
        tl_simulate_band *b = &band[j];
        const int vnir = j < TL_SIMULATE_BANDS_VNIR;
        b->detector = vnir ? 1 : 2;
        b->centre_nm = vnir ? 390.324 + 4.2876 * (double)j
                            : 1004.57 + 8.429 * (double)(j - TL_SIMULATE_BANDS_VNIR);
        b->fwhm_nm = vnir ? 5.0 : 10.0;
        average_over_band(b);
        b->residue = tl_simulate_residue_reflectance(b->centre_nm);
        b->cloud = 0.62 * pow(b->centre_nm / 550.0, -0.9);
        b->gas = gas_depth(b->centre_nm);
        b->noise = noise_level(b->centre_nm, b->detector);
    }
}

/* The disturbances of one cell, in addition to the properties of the bands. */
typedef struct cell_state {
    tl_simulate_soil soil;
    double residue; /* share of the ground */
    double light;   /* brightness from the uncorrected sun angle */
    double gas;     /* error of the gas correction, share of the optical depth */
    double seam;    /* factor of the second detector */
    double cloud;   /* share of cloud light */
} cell_state;

double tl_simulate_cloud_share(double strength, double layer) {
    return 0.35 * strength * layer;
}

static cell_state state_of(const tl_simulate_area *area, const tl_simulate_faults *faults,
                           ptrdiff_t at) {
    float *const *layer = area->layer;
    const double score[4] = {
        (double)layer[TL_SIMULATE_LAYER_CLAY][at], (double)layer[TL_SIMULATE_LAYER_IRON][at],
        (double)layer[TL_SIMULATE_LAYER_DARK][at], (double)layer[TL_SIMULATE_LAYER_HUMUS][at]};
    cell_state s;
    s.soil = tl_simulate_soil_of((double)layer[TL_SIMULATE_LAYER_SOM][at], score);
    s.soil.water_pct += 6.0 * exp(0.60 * (double)layer[TL_SIMULATE_LAYER_MOISTURE][at]);
    /* Fields are rougher than a sieved sample: shadows between clods act as a longer path. */
    s.soil.grain = 1.25;
    s.residue = fmin(0.6, 0.10 * exp(0.75 * (double)layer[TL_SIMULATE_LAYER_RESIDUE][at]));
    const double light = (double)layer[TL_SIMULATE_LAYER_LIGHT][at];
    s.light = 1.0 + 0.2 * (fmax(0.3, fmin(1.7, light)) - 1.0);
    s.gas = 0.04 + 0.04 * (double)layer[TL_SIMULATE_LAYER_GAS][at];
    s.seam = 1.025 + 0.010 * (double)layer[TL_SIMULATE_LAYER_SEAM][at];
    s.cloud = tl_simulate_cloud_share(faults->cloud, (double)layer[TL_SIMULATE_LAYER_CLOUD][at]);
    return s;
}

typedef struct scene_job {
    const tl_simulate_area *area;
    const tl_simulate_band *band;
    const tl_simulate_faults *faults;
    const float *stripe;
    int64_t seed;
    ptrdiff_t row0;
    ptrdiff_t n_rows;
    float *out;
} scene_job;

static void cell_spectrum(const scene_job *job, ptrdiff_t row, ptrdiff_t col) {
    const ptrdiff_t ncol = job->area->ncol;
    const ptrdiff_t at = row * ncol + col;
    const ptrdiff_t plane = job->n_rows * ncol;
    float *out = job->out + (row - job->row0) * ncol + col;
    if (isnan(job->area->layer[TL_SIMULATE_LAYER_SOM][at])) {
        for (int j = 0; j < TL_SIMULATE_BANDS; j++) {
            out[j * plane] = NAN;
        }
        return;
    }
    const cell_state s = state_of(job->area, job->faults, at);
    const double sigma = 0.3 / job->faults->snr;
    double z[4] = {0};
    for (int j = 0; j < TL_SIMULATE_BANDS; j++) {
        const tl_simulate_band *b = &job->band[j];
        if (j % 4 == 0) {
            /* The counter's second word holds row and group of bands: 83 groups, below 2^32. */
            tl_simulate_normal4(job->seed, TL_SIMULATE_USE_SENSOR, col, row * 128 + j / 4, z);
        }
        const double soil = tl_simulate_reflectance(&s.soil, &b->absorption);
        const double ground = s.light * (soil + s.residue * (b->residue - soil));
        const double seen = ground * exp(-s.gas * b->gas) * (b->detector == 2 ? s.seam : 1.0);
        const double veiled = seen + s.cloud * (b->cloud - seen);
        const double gain = (double)job->stripe[j * ncol + col];
        out[j * plane] = (float)(gain * veiled + sigma * b->noise * z[j % 4]);
    }
}

/* Every detector element of the SWIR array has its own small gain error, which causes stripes along
 * the columns; the VNIR array has a third of it. stripe is [TL_SIMULATE_BANDS, ncol]. */
static void draw_stripes(const tl_simulate_band *band, int64_t seed, ptrdiff_t ncol,
                         float *stripe) {
    for (ptrdiff_t j = 0; j < TL_SIMULATE_BANDS; j++) {
        const double size = band[j].detector == 2 ? 0.003 : 0.001;
        double z[4] = {0};
        for (ptrdiff_t c = 0; c < ncol; c++) {
            if (c % 4 == 0) {
                tl_simulate_normal4(seed, TL_SIMULATE_USE_STRIPE, c / 4, j, z);
            }
            stripe[j * ncol + c] = (float)(1.0 + size * z[c % 4]);
        }
    }
}

static tl_code scene_row(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    const scene_job *job = arg;
    const ptrdiff_t row = job->row0 + block;
    for (ptrdiff_t c = 0; c < job->area->ncol; c++) {
        cell_spectrum(job, row, c);
    }
    return TL_OK;
}

tl_code tl_simulate_scene_rows(const tl_simulate_area *area, const tl_simulate_band *band,
                               const tl_simulate_faults *faults, int64_t seed, ptrdiff_t row0,
                               ptrdiff_t n_rows, int threads, const tl_progress *p, float *out,
                               tl_err *err) {
    if (row0 < 0 || n_rows < 1 || row0 + n_rows > area->nrow) {
        return tl_fail(err, TL_ARG, "rows %td to %td of a scene of %td rows", row0,
                       row0 + n_rows - 1, area->nrow);
    }
    if (!(faults->snr > 0.0) || !(faults->cloud >= 0.0 && faults->cloud <= 1.0)) {
        return tl_fail(err, TL_ARG, "signal to noise %g must be above 0, cloud %g in 0 to 1",
                       faults->snr, faults->cloud);
    }
    float *stripe = tl_acquire(TL_SIMULATE_BANDS * area->ncol, sizeof *stripe);
    if (stripe == NULL) {
        return tl_no_memory(err, "a scene of %td columns", area->ncol);
    }
    draw_stripes(band, seed, area->ncol, stripe);
    scene_job job = {area, band, faults, stripe, seed, row0, n_rows, out};
    const tl_code code = tl_parfor(threads, n_rows, scene_row, &job, p, err);
    tl_release(stripe);
    return code;
}
