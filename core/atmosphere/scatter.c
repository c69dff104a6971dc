/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scattering of light by air and aerosol, of all orders. */
#include "atmosphere/scatter.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/angle_units.h"

/* Directions: a Gauss rule on 0..1, and those of the sun and of the sensor with weight 0. */
enum { N_GAUSS = 12, SUN = N_GAUSS, SENSOR, N_MU, N_TERMS = 2 * N_GAUSS };

/* Asymmetry of the molecules' scattering for a depolarisation of 0.0279: (1 - g) / (1 + 2 g) with
 * g = 0.0279 / (2 - 0.0279). */
static const double rayleigh_shape = 0.958725;

typedef struct rule {
    double mu[N_MU];
    double weight[N_MU]; /* 2 mu w, weights of the flux through a level */
} rule;

typedef struct square {
    double v[N_MU][N_MU];
} square;

/* Nodes and weights of Gauss and Legendre on 0..1 by Newton steps on the polynomial. */
static void set_rule(double mu_sun, double mu_sensor, rule *r) {
    for (int i = 0; i < N_GAUSS; i++) {
        double x = cos(TL_PI * ((double)i + 0.75) / ((double)N_GAUSS + 0.5));
        double slope = 1.0;
        for (int step = 0; step < 20; step++) {
            double before = 1.0;
            double now = x;
            for (int l = 2; l <= N_GAUSS; l++) {
                const double next =
                    ((2.0 * l - 1.0) * x * now - ((double)l - 1.0) * before) / (double)l;
                before = now;
                now = next;
            }
            slope = (double)N_GAUSS * (x * now - before) / (x * x - 1.0);
            x -= now / slope;
        }
        r->mu[i] = 0.5 * (1.0 + x);
        r->weight[i] = 2.0 * r->mu[i] / ((1.0 - x * x) * slope * slope);
    }
    r->mu[SUN] = mu_sun;
    r->mu[SENSOR] = mu_sensor;
    r->weight[SUN] = 0.0;
    r->weight[SENSOR] = 0.0;
}

static void multiply(const rule *r, const square *a, const square *b, square *out) {
    memset(out, 0, sizeof *out);
    for (int i = 0; i < N_MU; i++) {
        for (int k = 0; k < N_GAUSS; k++) {
            const double f = a->v[i][k] * r->weight[k];
            for (int j = 0; j < N_MU; j++) {
                out->v[i][j] += f * b->v[k][j];
            }
        }
    }
}

/* Normalised associated Legendre functions of order m, degrees m .. N_TERMS - 1. */
static void legendre(int m, double mu, double y[N_TERMS]) {
    double first = 1.0;
    for (int k = 1; k <= m; k++) {
        first *= sqrt((2.0 * k - 1.0) / (2.0 * k)) * sqrt(fmax(0.0, 1.0 - mu * mu));
    }
    y[m] = first;
    double before = 0.0;
    for (int l = m; l + 1 < N_TERMS; l++) {
        y[l + 1] = ((2.0 * l + 1.0) * mu * y[l] - sqrt((double)l * l - (double)m * m) * before) /
                   sqrt(((double)l + 1.0) * ((double)l + 1.0) - (double)m * m);
        before = y[l];
    }
}

/* Reflection and transmission of a layer that is so thin that light scatters at most once.
 *
 * term  [N_TERMS] moments of the phase function times the single scattering albedo */
static void thin_layer(const rule *r, int m, const double *term, double depth, square *reflect,
                       square *transmit) {
    double y[N_MU][N_TERMS];
    for (int i = 0; i < N_MU; i++) {
        legendre(m, r->mu[i], y[i]);
    }
    for (int i = 0; i < N_MU; i++) {
        for (int j = 0; j < N_MU; j++) {
            double ahead = 0.0;
            double back = 0.0;
            for (int l = m; l < N_TERMS; l++) {
                const double part = (2.0 * l + 1.0) * term[l] * y[i][l] * y[j][l];
                ahead += part;
                back += (l + m) % 2 == 0 ? part : -part;
            }
            const double thin = depth / (4.0 * r->mu[i] * r->mu[j]);
            reflect->v[i][j] = thin * back;
            transmit->v[i][j] = thin * ahead;
        }
    }
}

/* Adds the layer to an identical one. */
static void double_layer(const rule *r, double depth, square *reflect, square *transmit) {
    double gone[N_MU];
    for (int i = 0; i < N_MU; i++) {
        gone[i] = exp(-depth / r->mu[i]);
    }
    /* Light reflected between the two: S = Q + Q S. */
    square q;
    square s;
    square next;
    multiply(r, reflect, reflect, &q);
    s = q;
    for (int order = 0; order < 40; order++) {
        multiply(r, &q, &s, &next);
        double change = 0.0;
        for (int i = 0; i < N_MU; i++) {
            for (int j = 0; j < N_MU; j++) {
                next.v[i][j] += q.v[i][j];
                change = fmax(change, fabs(next.v[i][j] - s.v[i][j]));
            }
        }
        s = next;
        if (change < 1e-14) {
            break;
        }
    }
    square down;
    multiply(r, &s, transmit, &down);
    for (int i = 0; i < N_MU; i++) {
        for (int j = 0; j < N_MU; j++) {
            down.v[i][j] += transmit->v[i][j] + s.v[i][j] * gone[j];
        }
    }
    square up;
    multiply(r, reflect, &down, &up);
    for (int i = 0; i < N_MU; i++) {
        for (int j = 0; j < N_MU; j++) {
            up.v[i][j] += reflect->v[i][j] * gone[j];
        }
    }
    square more;
    multiply(r, transmit, &up, &more);
    square through;
    multiply(r, transmit, &down, &through);
    for (int i = 0; i < N_MU; i++) {
        for (int j = 0; j < N_MU; j++) {
            reflect->v[i][j] += gone[i] * up.v[i][j] + more.v[i][j];
            transmit->v[i][j] =
                gone[i] * down.v[i][j] + transmit->v[i][j] * gone[j] + through.v[i][j];
        }
    }
}

/* The fluxes come from the part without azimuth. */
static void fluxes(const rule *r, double depth, const square *reflect, const square *transmit,
                   tl_scattering *out) {
    out->direct = exp(-depth / r->mu[SENSOR]);
    out->down = exp(-depth / r->mu[SUN]);
    out->up = out->direct;
    out->albedo = 0.0;
    for (int i = 0; i < N_GAUSS; i++) {
        out->down += r->weight[i] * transmit->v[i][SUN];
        out->up += r->weight[i] * transmit->v[i][SENSOR];
        for (int j = 0; j < N_GAUSS; j++) {
            out->albedo += r->weight[i] * r->weight[j] * reflect->v[i][j];
        }
    }
}

tl_scattering tl_atmosphere_scatter(const tl_layer_optics *layer, const tl_view *view) {
    tl_scattering out = {0.0, 1.0, 1.0, 1.0, 0.0};
    const double depth = layer->rayleigh_depth + layer->aerosol_depth;
    if (!(depth > 0.0)) {
        return out;
    }
    rule r;
    set_rule(cos(view->sun_zenith_deg * TL_PI / 180.0), cos(view->view_zenith_deg * TL_PI / 180.0),
             &r);
    double term[N_TERMS];
    for (int l = 0; l < N_TERMS; l++) {
        const double molecules = l == 0 ? 1.0 : (l == 2 ? 0.1 * rayleigh_shape : 0.0);
        term[l] =
            (layer->rayleigh_depth * molecules + layer->aerosol_depth * layer->aerosol_albedo *
                                                     pow(layer->aerosol_forward, (double)l)) /
            depth;
    }
    /* A depth of 1e-6 leaves out a millionth of the scattering. */
    int doublings = 0;
    while (ldexp(depth, -doublings) > 1e-6) {
        doublings++;
    }
    /* Sunlight travels away from the sun, hence the half turn. */
    const double turn = (view->relative_azimuth_deg - 180.0) * TL_PI / 180.0;
    for (int m = 0; m < N_TERMS; m++) {
        square reflect;
        square transmit;
        thin_layer(&r, m, term, ldexp(depth, -doublings), &reflect, &transmit);
        for (int k = doublings; k > 0; k--) {
            double_layer(&r, ldexp(depth, -k), &reflect, &transmit);
        }
        if (m == 0) {
            fluxes(&r, depth, &reflect, &transmit, &out);
        }
        const double part = (m == 0 ? 1.0 : 2.0) * reflect.v[SENSOR][SUN];
        out.path += part * cos((double)m * turn);
        if (m > 0 && fabs(part) < 1e-7) {
            break;
        }
    }
    return out;
}

double tl_atmosphere_rayleigh_depth(double wavelength_nm) {
    const double um = wavelength_nm * 1e-3;
    const double square_um = um * um;
    return 0.0021520 * (1.0455996 - 341.29061 / square_um - 0.90230850 * square_um) /
           (1.0 + 0.0027059889 / square_um - 85.968563 * square_um);
}
