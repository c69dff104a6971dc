/* SPDX-License-Identifier: GPL-2.0-or-later
 * From the composition of a soil to its reflectance. */
#include "simulate/soil_spectrum.h"

#include <math.h>

tl_simulate_absorption tl_simulate_absorption_at(double wl_nm) {
    const double from_blue = wl_nm - 400.0;
    tl_simulate_absorption k;
    k.mineral = 0.16 + 0.75 * exp(-from_blue / 280.0) +
                0.05 * tl_simulate_bump(wl_nm, 2345.0, 30.0) +
                0.10 * tl_simulate_bump(wl_nm, 2560.0, 120.0);
    k.som = 0.072 * exp(-from_blue / 420.0) + 0.0030 +
            0.0007 * tl_simulate_bump(wl_nm, 1730.0, 25.0) +
            0.0012 * tl_simulate_bump(wl_nm, 2310.0, 25.0) +
            0.0009 * tl_simulate_bump(wl_nm, 2350.0, 20.0);
    k.clay = 0.0012 + 0.0050 * tl_simulate_bump(wl_nm, 2206.0, 20.0) +
             0.0020 * tl_simulate_bump(wl_nm, 2165.0, 22.0) +
             0.0034 * tl_simulate_bump(wl_nm, 1413.0, 13.0) +
             0.0022 * tl_simulate_bump(wl_nm, 1908.0, 18.0);
    k.iron = 0.30 * exp(-from_blue / 85.0) + 0.070 * tl_simulate_bump(wl_nm, 485.0, 38.0) +
             0.060 * tl_simulate_bump(wl_nm, 535.0, 32.0) +
             0.018 * tl_simulate_bump(wl_nm, 665.0, 45.0) +
             0.030 * tl_simulate_bump(wl_nm, 905.0, 75.0);
    k.dark = 0.055 + 0.020 * exp(-from_blue / 600.0);
    k.water = 0.0012 + 0.0006 * tl_simulate_bump(wl_nm, 975.0, 28.0) +
              0.0016 * tl_simulate_bump(wl_nm, 1190.0, 30.0) +
              0.026 * tl_simulate_bump(wl_nm, 1435.0, 38.0) +
              0.010 * tl_simulate_bump(wl_nm, 1510.0, 60.0) +
              0.075 * tl_simulate_bump(wl_nm, 1928.0, 38.0) +
              0.024 * tl_simulate_bump(wl_nm, 2005.0, 65.0) +
              0.030 * tl_simulate_bump(wl_nm, 2600.0, 130.0);
    return k;
}

double tl_simulate_reflectance(const tl_simulate_soil *soil, const tl_simulate_absorption *k) {
    const double parts = k->mineral + soil->som_g_kg * soil->humus * k->som +
                         soil->clay_pct * k->clay + soil->iron_pct * k->iron +
                         soil->dark_pct * k->dark + soil->water_pct * k->water;
    /* Water between the grains makes them scatter more forward, so the light penetrates deeper. */
    const double f = soil->grain * (1.0 + 0.045 * soil->water_pct) * parts;
    return 1.0 + f - sqrt(f * (f + 2.0));
}

double tl_simulate_air_dry_water(double clay_pct, double som_g_kg) {
    return 0.5 + 0.06 * clay_pct + 0.02 * som_g_kg;
}

double tl_simulate_residue_reflectance(double wl_nm) {
    const double rise = 0.10 + 0.36 * (1.0 - exp(-(wl_nm - 400.0) / 330.0));
    const double fall = 1.0 - 0.22 * fmax(0.0, wl_nm - 1300.0) / 1200.0;
    const double dips = 0.05 * tl_simulate_bump(wl_nm, 1450.0, 45.0) +
                        0.020 * tl_simulate_bump(wl_nm, 1730.0, 30.0) +
                        0.08 * tl_simulate_bump(wl_nm, 1930.0, 45.0) +
                        0.050 * tl_simulate_bump(wl_nm, 2100.0, 45.0) +
                        0.035 * tl_simulate_bump(wl_nm, 2310.0, 40.0);
    return rise * fall - dips;
}
