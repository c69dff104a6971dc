/* SPDX-License-Identifier: GPL-2.0-or-later
 * LS-factor, three published forms; see ls_factor.h. */
#include "hydro/ls_factor.h"

#include <math.h>

/* Length in metres and sine of the slope (9 %) of the unit plot of the equation. */
static const double plot_m = 22.13;
static const double plot_sine = 0.0896;

double tl_hydro_ls_moore_of_logs(double log_sine, double log_sca) {
    return 1.4 * exp(tl_hydro_ls_moore_log(log_sine, log_sca));
}

double tl_hydro_ls_moore(double slope_rad, double sca_m) {
    return tl_hydro_ls_moore_of_logs(log(sin(slope_rad)), log(sca_m));
}

double tl_hydro_ls_boehner_selige(double slope_rad, double sca_m) {
    const double s = sin(slope_rad);
    const double exponent = slope_rad > 0.0505 ? 0.5 : 3.0 * pow(slope_rad, 0.6);
    return pow(sca_m / plot_m, exponent) * (65.41 * s * s + 4.56 * s + 0.065);
}

double tl_hydro_ls_desmet_govers(double slope_rad, double inflow_m2, double cell_m, double x) {
    const double s = sin(slope_rad);
    /* Ratio of rill to interrill erosion, and the exponent that follows from it (McCool et al.
     * 1989). */
    const double ratio = (s / plot_sine) / (3.0 * pow(s, 0.8) + 0.56);
    const double m = ratio / (1.0 + ratio);
    const double length = (pow(inflow_m2 + cell_m * cell_m, m + 1.0) - pow(inflow_m2, m + 1.0)) /
                          (pow(cell_m, m + 2.0) * pow(x, m) * pow(plot_m, m));
    /* 9 % is the steepness where McCool's two lines meet. */
    const double steepness = slope_rad < atan(0.09) ? 10.8 * s + 0.03 : 16.8 * s - 0.5;
    return length * steepness;
}
