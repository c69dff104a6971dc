/* SPDX-License-Identifier: GPL-2.0-or-later
 * The divergence of the latent code from the standard normal; see loss_kld.h. */
#include "fusion/loss_kld.h"

#include <math.h>

static double clamp_sigma(double sg, int *inside) {
    *inside = sg > -TL_VAE_SIGMA_LIMIT && sg < TL_VAE_SIGMA_LIMIT;
    return fmin(fmax(sg, -TL_VAE_SIGMA_LIMIT), TL_VAE_SIGMA_LIMIT);
}

/* The divergence of one unit and its two partial derivatives. */
static double one_unit(tl_vae_sigma reading, double mu, double sg, double *by_mu, double *by_sg) {
    switch (reading) {
        case TL_VAE_LOGVAR:
            *by_mu = mu;
            *by_sg = 0.5 * (exp(sg) - 1.0);
            return 0.5 * (exp(sg) - 1.0 - sg + mu * mu);
        case TL_VAE_LOGSTD:
            *by_mu = mu;
            *by_sg = exp(2.0 * sg) - 1.0;
            return 0.5 * (exp(2.0 * sg) - 1.0 - 2.0 * sg + mu * mu);
        case TL_VAE_PRINTED:
        default:
            *by_mu = 2.0 * mu;
            *by_sg = exp(sg) - 1.0;
            return exp(sg) - (1.0 + sg) + mu * mu;
    }
}

double tl_fusion_kld(tl_vae_sigma reading, ptrdiff_t rows, ptrdiff_t latent, const double *mu,
                     const double *sg, double weight, double *dmu, double *dsg) {
    const double share = weight / (double)rows;
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < rows * latent; i++) {
        int inside;
        double by_mu;
        double by_sg;
        sum += one_unit(reading, mu[i], clamp_sigma(sg[i], &inside), &by_mu, &by_sg);
        if (dmu != NULL) {
            dmu[i] += share * by_mu;
            dsg[i] += inside ? share * by_sg : 0.0;
        }
    }
    return sum / (double)rows;
}

double tl_fusion_noise_sd(tl_vae_sigma reading, double sg, double *slope) {
    int inside;
    const double half = reading == TL_VAE_LOGVAR ? 0.5 : 1.0;
    const double sd = exp(half * clamp_sigma(sg, &inside));
    *slope = inside ? half * sd : 0.0;
    return sd;
}
