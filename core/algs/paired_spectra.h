/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pairs of scene and lab spectra of the same samples, at the same bands: what a fusion learns
 * from. */
#ifndef TL_ALGS_PAIRED_SPECTRA_H
#define TL_ALGS_PAIRED_SPECTRA_H

#include <jansson.h>

#include "algs/algorithm.h"
#include "base/matrix.h"
#include "spectra/resample.h"

/* The fewest pairs that a fusion is fitted on. */
enum { TL_LEAST_PAIRS = 10 };

/* Rows are the samples' own pixels in the order of the sample layer, then accepted neighbours.
 * Owner; zeroed = empty. */
typedef struct tl_paired_spectra {
    ptrdiff_t n;
    ptrdiff_t n_own;       /* the first n_own rows are own pixels */
    ptrdiff_t p;           /* bands used, rising wavelength */
    double *wavelength_nm; /* [p] */
    double *fwhm_nm;       /* [p]; NaN = unknown */
    tl_matrix satellite;   /* [n, p] */
    tl_matrix lab;         /* [n, p]; a neighbour has its sample's spectrum */
    ptrdiff_t *group; /* [n] equal for a sample, its neighbours and samples in the same pixel */
    int *own;         /* [n] */
    json_t *id;       /* list of the n_own sample ids */
    json_t *dropped_bands; /* list of {"wavelength_nm", "reason"} */
} tl_paired_spectra;

/* Reads the parameters scene, samples, id_field and lab of the job and pairs them by sample id.
 * Several lab spectra of one id are averaged. Bands are left out by the rules of
 * spectra/badbands.h, where the lab spectra do not reach, and where most samples lie on NoData;
 * samples are left out off the scene, on NoData, and without lab spectrum. Everything left out is
 * said in the log.
 *
 * response    how lab spectra become bands
 * neighbours  1: the pixels N, S, E, W of a sample with a spectral angle below 0.08 rad to its own
 *             pixel join with its lab spectrum, unless they are some sample's own pixel or lie next
 *             to two samples
 * pairs       uninitialised; empty on failure
 * NaN         no pair holds one
 * fails       TL_DATA fewer than TL_LEAST_PAIRS pairs or no band left, a scene without wavelengths
 *             or with values that are no reflectance; what the readers fail with */
tl_code tl_algs_pair_spectra(const tl_job *job, tl_response response, int neighbours,
                             tl_paired_spectra *pairs, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_paired_spectra_free(tl_paired_spectra *pairs);

#endif
