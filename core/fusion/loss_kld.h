/* SPDX-License-Identifier: GPL-2.0-or-later
 * The divergence of the latent code from the standard normal, in its three interpretations. */
#ifndef TL_FUSION_LOSS_KLD_H
#define TL_FUSION_LOSS_KLD_H

#include <stddef.h>

#include "fusion/vae_options.h"

/* sg is clamped to [-TL_VAE_SIGMA_LIMIT, TL_VAE_SIGMA_LIMIT], with gradient 0 outside. */
#define TL_VAE_SIGMA_LIMIT 10.0

/* The divergence, summed over latent units and averaged over rows. For one unit
 *   printed  exp(sg) - (1 + sg) + mu^2
 *   logvar   (exp(sg) - 1 - sg + mu^2) / 2
 *   logstd   (exp(2 sg) - 1 - 2 sg + mu^2) / 2
 *
 * mu, sg    [rows, latent]
 * weight    of the gradient
 * dmu, dsg  [rows, latent] weight times the gradient is added; both NULL = not wanted
 * NaN       makes the result NaN
 * cost      O(rows latent), no allocation
 * source    printed: eq. 2 of the paper named in docs/methods/fusion.md; logvar, logstd: Kingma &
 *           Welling 2014, Proc. ICLR, appendix B */
double tl_fusion_kld(tl_vae_sigma reading, ptrdiff_t rows, ptrdiff_t latent, const double *mu,
                     const double *sg, double weight, double *dmu, double *dsg);

/* The standard deviation e(sg) of the latent noise: exp(sg) for printed and logstd, exp(sg / 2) for
 * logvar.
 *
 * slope  out: its derivative, 0 outside the limits */
double tl_fusion_noise_sd(tl_vae_sigma reading, double sg, double *slope);

#endif
