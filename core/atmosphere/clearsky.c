/* SPDX-License-Identifier: GPL-2.0-or-later
 * A clear-sky atmosphere computed from published formulas, without any external file. */
#include "atmosphere/clearsky.h"

#include <math.h>

#include "atmosphere/gases.h"
#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/parfor.h"

enum { N_NODES = 40 };

static const double first_nm = 300.0;
static const double last_nm = 4000.0;

tl_clear_sky tl_atmosphere_clear_sky_default(void) {
    return (tl_clear_sky){
        .view = {.sun_zenith_deg = 40.0},
        .ozone_atm_cm = 0.30,
        .angstrom = 1.14,
        .aerosol_albedo = 0.945,
        .aerosol_forward = 0.65,
    };
}

tl_scattering tl_atmosphere_clear_sky_scattering(const tl_clear_sky *sky, double aod_550,
                                                 double wavelength_nm) {
    /* The albedo decreases with the logarithm of the wavelength: equation 15 of the source. */
    const double turn = log(wavelength_nm / 400.0);
    const tl_layer_optics layer = {
        .rayleigh_depth = tl_atmosphere_rayleigh_depth(wavelength_nm) *
                          tl_atmosphere_pressure_part(sky->elevation_m),
        .aerosol_depth = aod_550 * pow(wavelength_nm / 550.0, -sky->angstrom),
        .aerosol_albedo = sky->aerosol_albedo * exp(-0.095 * turn * turn),
        .aerosol_forward = sky->aerosol_forward,
    };
    return tl_atmosphere_scatter(&layer, &sky->view);
}

static double node_nm(ptrdiff_t i) {
    return first_nm * pow(last_nm / first_nm, (double)i / (double)(N_NODES - 1));
}

typedef struct work {
    const tl_clear_sky *sky;
    const tl_air_table *table;
    tl_scattering *node; /* [n_aod, N_NODES] */
} work;

static tl_code scatter_block(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    const work *w = arg;
    w->node[block] = tl_atmosphere_clear_sky_scattering(w->sky, w->table->aod[block / N_NODES],
                                                        node_nm(block % N_NODES));
    return TL_OK;
}

static double blend(double a, double b, double t) {
    return exp((1.0 - t) * log(fmax(a, 1e-12)) + t * log(fmax(b, 1e-12)));
}

/* Scattering between the nodes. */
static tl_scattering between(const tl_scattering *node, double nm) {
    const double inside = fmin(fmax(nm, first_nm), last_nm);
    const double at = log(inside / first_nm) / log(last_nm / first_nm) * (double)(N_NODES - 1);
    const ptrdiff_t low = at >= (double)(N_NODES - 1) ? N_NODES - 2 : (ptrdiff_t)at;
    const double t = at - (double)low;
    const tl_scattering *a = &node[low];
    const tl_scattering *b = &node[low + 1];
    return (tl_scattering){
        .path = blend(a->path, b->path, t),
        .down = blend(a->down, b->down, t),
        .up = blend(a->up, b->up, t),
        .direct = blend(a->direct, b->direct, t),
        .albedo = blend(a->albedo, b->albedo, t),
    };
}

static void fill_wavelength(const work *w, ptrdiff_t a, ptrdiff_t l) {
    const tl_clear_sky *sky = w->sky;
    const tl_air_table *table = w->table;
    const double nm = table->wavelength_nm[l];
    const tl_scattering s = between(w->node + a * N_NODES, nm);
    const double sun_mass = 1.0 / cos(sky->view.sun_zenith_deg * TL_PI / 180.0);
    const double view_mass = 1.0 / cos(sky->view.view_zenith_deg * TL_PI / 180.0);
    tl_gas_path path = {
        .air_mass = sun_mass + view_mass,
        .ozone_atm_cm = sky->ozone_atm_cm,
        .pressure_part = tl_atmosphere_pressure_part(sky->elevation_m),
    };
    const tl_gas_strength gas = tl_atmosphere_gas_strength(nm);
    const double down_share = sun_mass / path.air_mass;
    for (ptrdiff_t k = 0; k < table->n_water; k++) {
        path.water_g_cm2 = table->water_g_cm2[k];
        const tl_gas_transmittance full = tl_atmosphere_gases(&gas, &path);
        path.water_g_cm2 *= 0.5;
        const tl_gas_transmittance half = tl_atmosphere_gases(&gas, &path);
        const double both = full.water * full.ozone * full.mixed;
        const ptrdiff_t at = (a * table->n_water + k) * table->n_wavelength + l;
        table->path[at] = (float)(s.path * half.water * full.ozone * full.mixed);
        table->down[at] = (float)(s.down * pow(both, down_share));
        table->up[at] = (float)(s.up * pow(both, 1.0 - down_share));
        table->albedo[at] = (float)s.albedo;
    }
}

tl_code tl_atmosphere_clear_sky_fill(const tl_clear_sky *sky, int threads,
                                     const tl_progress *progress, tl_air_table *table,
                                     tl_err *err) {
    work w = {.sky = sky, .table = table};
    w.node = tl_acquire(table->n_aod * N_NODES, sizeof *w.node);
    if (w.node == NULL) {
        return tl_no_memory(err, "%td aerosol loads", table->n_aod);
    }
    const tl_code code =
        tl_parfor(threads, table->n_aod * N_NODES, scatter_block, &w, progress, err);
    for (ptrdiff_t a = 0; code == TL_OK && a < table->n_aod; a++) {
        for (ptrdiff_t l = 0; l < table->n_wavelength; l++) {
            fill_wavelength(&w, a, l);
        }
    }
    tl_release(w.node);
    return code;
}
