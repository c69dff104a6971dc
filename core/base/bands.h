/* SPDX-License-Identifier: GPL-2.0-or-later
 * The band table: what is known about every band of a scene. Every reader fills it, every writer
 * stores it. */
#ifndef TL_BASE_BANDS_H
#define TL_BASE_BANDS_H

#include <stddef.h>

#include "base/status.h"

typedef enum tl_quantity {
    TL_QUANTITY_UNKNOWN = 0,
    TL_QUANTITY_DN,
    TL_QUANTITY_RADIANCE,
    TL_QUANTITY_TOA_REFLECTANCE,
    TL_QUANTITY_REFLECTANCE,
    TL_QUANTITY_OTHER
} tl_quantity;

typedef struct tl_band {
    int index;        /* 1-based number in the file */
    int detector;     /* 1, 2, ...; counts up where the wavelength steps back in file order */
    double centre_nm; /* NaN = unknown */
    double fwhm_nm;   /* NaN = unknown */
    int fwhm_assumed; /* 1: half the spacing to both neighbours, because the file has none */
    int good;         /* 0: not to be used, for the stated reason */
    char reason[96];  /* why it is not good; empty when good */
    double scale;     /* physical value = scale * stored + offset */
    double offset;
    int has_nodata;
    double nodata; /* stored value that means NoData */
    char unit[24]; /* of the physical value, may be empty */
    char name[96]; /* band description of the file, may be empty */
    char from[48]; /* where the wavelength was read, for example "ENVI header" */
} tl_band;

typedef struct tl_bands {
    ptrdiff_t n;
    tl_band *band; /* file order */
    tl_quantity quantity;
} tl_bands;

/* n bands with unknown wavelength, scale 1, offset 0, all good.
 *
 * b      uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_bands_init(tl_bands *b, ptrdiff_t n, tl_err *err);

/* Deep copy into the uninitialised to.
 *
 * fails  TL_NOMEM */
tl_code tl_bands_copy(tl_bands *to, const tl_bands *from, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_bands_free(tl_bands *b);

/* 1 when every band has a wavelength. */
int tl_bands_have_wavelengths(const tl_bands *b);

/* 1 when every band that is good has one, and there is such a band. */
int tl_bands_good_have_wavelengths(const tl_bands *b);

/* Fills missing FWHM with half the distance to both neighbours in wavelength order, flagged as
 * assumed, and numbers the detectors. Bands without wavelength are left alone.
 *
 * fails  TL_NOMEM */
tl_code tl_bands_complete(tl_bands *b, tl_err *err);

/* The bands by increasing wavelength.
 *
 * order  [b->n] positions (0-based) in b->band; unknown wavelengths last, ties in file order */
void tl_bands_order(const tl_bands *b, ptrdiff_t *order);

/* Stored values of that size and above are no measurement of anything: programs write 1e30, 9.97e36,
 * -3.4e38 and the like where they have no value. */
#define TL_BAND_STORED_LIMIT 1e30F

/* The stored values that mean NoData: from low to high, both included; low is above high when there
 * are none. A value of a thousand or more is matched to six digits (and to less than half a unit, so
 * that no whole number next to it is meant), because many programs write the tag of a file with
 * fewer digits than its cells. */
typedef struct tl_nodata_range {
    float low;
    float high;
} tl_nodata_range;

tl_nodata_range tl_bands_nodata_range(const tl_band *b);

/* The physical value of a stored one: scale * stored + offset. Every front end calls this function,
 * so that all produce the same bytes.
 *
 * NaN    where stored is in the NoData range of the band, is not finite or reaches
 *        TL_BAND_STORED_LIMIT */
float tl_band_value(const tl_band *b, float stored);

#endif
