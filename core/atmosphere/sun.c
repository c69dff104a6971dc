/* SPDX-License-Identifier: GPL-2.0-or-later
 * Position of the sun; see sun.h. */
#include "atmosphere/sun.h"

#include <math.h>
#include <stdio.h>

#include "base/angle_units.h"

typedef struct moment {
    int year, month, day, hour, minute;
    double second;
} moment;

static tl_code read_moment(const char *utc, moment *m, tl_err *err) {
    if (utc == NULL ||
        sscanf(utc, "%4d-%2d-%2dT%2d:%2d:%2lf", &m->year, &m->month, &m->day, &m->hour, &m->minute,
               &m->second) != 6 ||
        m->year < 1950 || m->year > 2100 || m->month < 1 || m->month > 12 || m->day < 1 ||
        m->day > 31 || m->hour < 0 || m->hour > 23 || m->minute < 0 || m->minute > 59 ||
        !(m->second >= 0.0 && m->second < 61.0)) {
        return tl_fail(
            err, TL_ARG,
            "the time '%s' is not a time in UTC; wanted for example 2022-04-24T03:12:05Z",
            utc == NULL ? "" : utc);
    }
    return TL_OK;
}

/* Days since 2000 January 1, 12 h UTC, by the civil calendar. */
static double days_since_2000(const moment *m) {
    const int before_march = m->month < 3;
    const int y = m->year - before_march;
    const int shifted = m->month + (before_march ? 9 : -3);
    const int day_of_year = (153 * shifted + 2) / 5 + m->day - 1;
    const double day = 365.0 * y + y / 4 - y / 100 + y / 400 + day_of_year - 730425.5;
    return day + (m->hour + (m->minute + m->second / 60.0) / 60.0) / 24.0;
}

static double turn(double degrees) {
    const double rest = fmod(degrees, 360.0);
    return rest < 0.0 ? rest + 360.0 : rest;
}

tl_code tl_atmosphere_sun(const char *utc, double latitude_deg, double longitude_deg, tl_sun *sun,
                          tl_err *err) {
    moment m;
    TL_TRY(read_moment(utc, &m, err));
    if (!(fabs(latitude_deg) <= 90.0 && fabs(longitude_deg) <= 360.0)) {
        return tl_fail(err, TL_ARG, "latitude %g, longitude %g is not a position on the earth",
                       latitude_deg, longitude_deg);
    }
    const double n = days_since_2000(&m);
    const double anomaly = turn(357.528 + 0.9856003 * n) * TL_RADIANS_PER_DEGREE;
    const double mean = turn(280.460 + 0.9856474 * n);
    const double ecliptic =
        turn(mean + 1.915 * sin(anomaly) + 0.020 * sin(2.0 * anomaly)) * TL_RADIANS_PER_DEGREE;
    const double obliquity = (23.439 - 4.0e-7 * n) * TL_RADIANS_PER_DEGREE;
    const double ascension =
        atan2(cos(obliquity) * sin(ecliptic), cos(ecliptic)) / TL_RADIANS_PER_DEGREE;
    const double declination = asin(sin(obliquity) * sin(ecliptic));
    const double hours = m.hour + (m.minute + m.second / 60.0) / 60.0;
    const double sidereal = 15.0 * (6.697375 + 0.0657098242 * n + hours) + longitude_deg;
    const double hour_angle = turn(sidereal - ascension) * TL_RADIANS_PER_DEGREE;
    const double latitude = latitude_deg * TL_RADIANS_PER_DEGREE;
    const double sine =
        sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour_angle);
    const double east = -cos(declination) * sin(hour_angle);
    const double north =
        sin(declination) * cos(latitude) - cos(declination) * sin(latitude) * cos(hour_angle);
    sun->zenith_deg = acos(fmin(1.0, fmax(-1.0, sine))) / TL_RADIANS_PER_DEGREE;
    sun->azimuth_deg = turn(atan2(east, north) / TL_RADIANS_PER_DEGREE);
    sun->distance_au = 1.00014 - 0.01671 * cos(anomaly) - 0.00014 * cos(2.0 * anomaly);
    return TL_OK;
}
