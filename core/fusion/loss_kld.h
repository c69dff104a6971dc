/* SPDX-License-Identifier: GPL-2.0-or-later
 * The divergence of the latent code from the standard normal, in its three readings. */
#ifndef TL_FUSION_LOSS_KLD_H
#define TL_FUSION_LOSS_KLD_H

#include <stddef.h>

#include "fusion/vae_options.h"

/* sg counts as clamped to [-TL_VAE_SIGMA_LIMIT, TL_VAE_SIGMA_LIMIT], with gradient 0 outside. */
#define TL_VAE_SIGMA_LIMIT 10.0

/* Sum over latent units, mean over rows; mu and sg [rows, latent]. Adds weight times the gradient
 * to dmu and dsg (both [rows, latent], or both NULL). printed  exp(sg) - (1 + sg) + mu^2 (Eq. 2 of
 * the article) logvar   (exp(sg) - 1 - sg + mu^2) / 2       (Kingma & Welling 2014) logstd   (exp(2
 * sg) - 1 - 2 sg + mu^2) / 2 */
double tl_fusion_kld(tl_vae_sigma reading, ptrdiff_t rows, ptrdiff_t latent, const double *mu,
                     const double *sg, double weight, double *dmu, double *dsg);

/* The standard deviation e(sg) of the latent noise, and its derivative (0 outside the limits):
 * exp(sg) for printed and logstd, exp(sg / 2) for logvar. */
double tl_fusion_noise_sd(tl_vae_sigma reading, double sg, double *slope);

#endif
