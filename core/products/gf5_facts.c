/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the metadata of an AHSI scene state; see gf5_facts.h. */
#include "products/gf5_facts.h"

#include <cpl_minixml.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static int days_of(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

int tl_products_gf5_utc(const char *text, char utc[32]) {
    int t[6] = {0};
    char split = ' ';
    const int n =
        sscanf(text, " %4d-%2d-%2d%c%2d:%2d:%2d", &t[0], &t[1], &t[2], &split, &t[3], &t[4], &t[5]);
    if (n != 7 || (split != ' ' && split != 'T') || t[0] < 1950 || t[0] > 2100 || t[1] < 1 ||
        t[1] > 12 || t[2] < 1 || t[2] > days_of(t[0], t[1]) || t[3] < 0 || t[3] > 23 || t[4] < 0 ||
        t[4] > 59 || t[5] < 0 || t[5] > 60) {
        return 0;
    }
    t[3] -= 8;
    if (t[3] < 0) {
        t[3] += 24;
        t[2]--;
    }
    if (t[2] < 1) {
        t[0] -= t[1] == 1 ? 1 : 0;
        t[1] = t[1] == 1 ? 12 : t[1] - 1;
        t[2] = days_of(t[0], t[1]);
    }
    (void)snprintf(utc, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", t[0], t[1], t[2], t[3], t[4], t[5]);
    return 1;
}

/* Text of the first element of one of two names, at any depth; NULL when there is none. */
static const char *element(CPLXMLNode *root, const char *name, const char *other) {
    CPLXMLNode *node = CPLSearchXMLNode(root, name);
    if (node == NULL && other != NULL) {
        node = CPLSearchXMLNode(root, other);
    }
    return node == NULL ? NULL : CPLGetXMLValue(node, NULL, NULL);
}

static void number(CPLXMLNode *root, const char *name, const char *other, double low, double high,
                   double *fact) {
    const char *text = element(root, name, other);
    double value = 0.0;
    if (text != NULL && tl_parse_number(text, &value) && value >= low && value <= high) {
        *fact = value;
    }
}

static void name_sensor(CPLXMLNode *root, tl_scene_facts *facts) {
    const char *satellite = element(root, "=SatelliteID", "=Satellite");
    const char *sensor = element(root, "=SensorID", "=Sensor");
    if (satellite != NULL && satellite[0] != '\0') {
        (void)snprintf(facts->sensor, sizeof facts->sensor, "%s %s", satellite,
                       sensor == NULL || sensor[0] == '\0' ? "AHSI" : sensor);
    }
}

/* The mean of the corners, where the centre itself is missing. */
static void centre_of_corners(CPLXMLNode *root, tl_scene_facts *facts) {
    static const char *const corner[] = {"TopLeft", "TopRight", "BottomRight", "BottomLeft"};
    double sum[2] = {0.0, 0.0};
    for (int i = 0; i < 4; i++) {
        char name[64];
        double latitude = NAN;
        double longitude = NAN;
        (void)snprintf(name, sizeof name, "=%sLatitude", corner[i]);
        number(root, name, NULL, -90.0, 90.0, &latitude);
        (void)snprintf(name, sizeof name, "=%sLongitude", corner[i]);
        number(root, name, NULL, -180.0, 180.0, &longitude);
        sum[0] += latitude;
        sum[1] += longitude;
    }
    if (!isfinite(facts->latitude_deg) && isfinite(sum[0]) && isfinite(sum[1])) {
        facts->latitude_deg = sum[0] / 4.0;
        facts->longitude_deg = sum[1] / 4.0;
    }
}

tl_code tl_products_gf5_facts_read(const char *xml, const char *what, tl_scene_facts *facts,
                                   tl_err *err) {
    CPLXMLNode *root = CPLParseXMLString(xml);
    if (root == NULL) {
        return tl_fail(err, TL_FORMAT, "%s is not an XML document, or is cut off", what);
    }
    number(root, "=CenterLatitude", "=SceneCenterLat", -90.0, 90.0, &facts->latitude_deg);
    number(root, "=CenterLongitude", "=SceneCenterLong", -180.0, 180.0, &facts->longitude_deg);
    centre_of_corners(root, facts);
    number(root, "=SolarZenith", "=SunZenith", 0.0, 180.0, &facts->sun_zenith_deg);
    number(root, "=SolarAzimuth", "=SunAzimuth", -180.0, 360.0, &facts->sun_azimuth_deg);
    number(root, "=SatelliteZenith", "=ViewZenith", 0.0, 90.0, &facts->view_zenith_deg);
    number(root, "=SatelliteAzimuth", "=ViewAzimuth", -180.0, 360.0, &facts->view_azimuth_deg);
    name_sensor(root, facts);
    const char *time = element(root, "=CenterTime", "=StartTime");
    if (time != NULL) {
        (void)tl_products_gf5_utc(time, facts->utc);
    }
    const char *level = element(root, "=ProductLevel", NULL);
    if (level != NULL && level[0] != '\0') {
        (void)snprintf(facts->level, sizeof facts->level, "%s", level);
    }
    CPLDestroyXMLNode(root);
    return TL_OK;
}
