/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slope length and steepness factor (LS) of the universal soil loss equation. */
#ifndef TL_HYDRO_LS_FACTOR_H
#define TL_HYDRO_LS_FACTOR_H

typedef enum tl_ls_method {
    TL_LS_MOORE = 0,     /* Moore, Grayson & Ladson 1991 */
    TL_LS_DESMET_GOVERS, /* Desmet & Govers 1996, steepness of McCool et al. 1987 */
    TL_LS_BOEHNER_SELIGE /* Boehner & Selige 2006 */
} tl_ls_method;

/* Which variant of Desmet & Govers. */
typedef enum tl_ls_form {
    TL_LS_PUBLISHED = 0, /* from the area that flows in, over the flow width */
    /* as SAGA 8.5 computes it from the specific catchment area, which it uses in place of the inflowing
     * area, without the flow width */
    TL_LS_SAGA
} tl_ls_form;

/* LS of one cell.
 *
 * slope_rad  slope in radians, in [0, pi/2)
 * sca_m      specific catchment area, m2 per m
 * returns    1.4 (sca / 22.13)^0.4 (sin(slope) / 0.0896)^1.3, no unit
 * NaN        when either is NaN
 * source     Moore, Grayson & Ladson 1991, Hydrol. Process. 5:3 */
double tl_hydro_ls_moore(double slope_rad, double sca_m);

/* Logarithm of LS / 1.4 by the logarithms of sin(slope) and of the specific area. The numbers are
 * those of the unit plot, 22.13 m and the sine of 9 %, 0.0896. */
static inline double tl_hydro_ls_moore_log(double log_sine, double log_sca) {
    return 0.4 * (log_sca - 3.0969341540629585) + 1.3 * (log_sine - -2.4123999590012524);
}

/* The same from the logarithms of sin(slope), which is -infinity where flat, and of sca. */
double tl_hydro_ls_moore_of_logs(double log_sine, double log_sca);

/* LS of one cell: (sca / 22.13)^k (65.41 s^2 + 4.56 s + 0.065) with s = sin(slope), and k = 0.5
 * above 0.0505 rad, 3 slope^0.6 below. Arguments and NaN are those of tl_hydro_ls_moore.
 *
 * source  Boehner & Selige 2006, Goettinger Geogr. Abh. 115:13 */
double tl_hydro_ls_boehner_selige(double slope_rad, double sca_m);

/* LS of one cell from the area that drains into it.
 *
 * slope_rad  slope in radians, in [0, pi/2)
 * inflow_m2  area that drains into the cell, without its own
 * cell_m     side of the cell in metres
 * x          |sin a| + |cos a| for the direction of descent a
 * returns    no unit
 * NaN        when any argument is NaN
 * source     length: Desmet & Govers 1996, J. Soil Water Conserv. 51:427; its exponent: McCool et
 *            al. 1989, Trans. ASAE 32:1571; steepness: McCool et al. 1987, Trans. ASAE 30:1387 */
double tl_hydro_ls_desmet_govers(double slope_rad, double inflow_m2, double cell_m, double x);

#endif
